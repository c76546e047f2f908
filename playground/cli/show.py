"""``show``: tells all that is known of a stored run, as a table or as a line of JSON."""

import argparse
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime

from playground import environment, formats
from playground.analysis import diagnosis, names
from playground.analysis.diagnosis import Diagnosis
from playground.cli import CommandError
from playground.cli.selection import add_run, stored_run
from playground.config import differences
from playground.results import Scores
from playground.store import SPLITS, Run, RunStore

EXAMPLES = """\
examples:
  python -m playground show digits-mlp
  python -m playground show 3f2a91c0 --json
  python -m playground show cures-dropout --quick

A run is named by the first digits of its name, 8 or more, which `run` prints and a link holds; or
by its recipe or file of settings. The first line is what it is called on the pages.

exit codes:
  0 shown, 2 not stored
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "show",
        help="show a stored run",
        description="Show what a stored run is called, what it came to, and how it was computed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_run(parser)
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON, with every setting"
    )
    parser.set_defaults(command=show)


def show(arguments: argparse.Namespace) -> int:
    """Print the run."""
    folder = environment.read().runs
    if not folder.is_dir():  # a store would be made there
        raise CommandError("There is no run folder: name one in PLAYGROUND_RUNS, or train a run.")
    with closing(RunStore(folder)) as store:
        run = stored_run(store, arguments.what, arguments.quick)
        found = diagnosis.of_run(store, run)
    if arguments.json:
        print(as_json(run, found))
    else:
        lines = [as_table(run), run.message, *sentences(found)]
        print("\n".join(line for line in lines if line))
    return 0


def sentences(found: Iterable[Diagnosis]) -> list[str]:
    """Write what a run's figures show, and what to try, a line each."""
    return [
        " ".join([one.sentence, one.evidence, *(f"Try: {c.label}." for c in one.changes)])
        for one in found
    ]


def as_json(run: Run, found: Iterable[Diagnosis], cached: bool | None = None) -> str:
    """Return the run as one line of JSON; a split without images has null for its scores.

    ``findings`` are what its figures show, each with the settings to try as ``--set`` takes them.
    ``mirrored`` are the test scores with each image's mirrored copy, null if not asked for.
    ``cached`` is whether the store had the run; None if that was not the question.
    """
    scores = {split: run.scores[split] for split in SPLITS}
    return json.dumps(
        {
            "name": names.of_run(run),
            "run": run.name,
            "status": run.status,
            "message": run.message,
            **({} if cached is None else {"cached": cached}),
            "parameters": run.parameters,
            **{split: asdict(found) if found else None for split, found in scores.items()},
            "mirrored": asdict(run.mirrored) if run.mirrored else None,
            "epochs": run.epochs,
            "best_epoch": run.best_epoch,
            "submitted": datetime.fromtimestamp(run.submitted, UTC).isoformat(),
            "seconds": run.seconds,
            "device": run.device,
            "path": run.execution_text,
            "versions": run.versions,
            "fingerprint": run.fingerprint,
            "findings": [_finding(run, one) for one in found],
            "config": json.loads(run.config_json),
        }
    )


def _finding(run: Run, one: Diagnosis) -> dict[str, object]:
    tries = [
        {path: after for path, (_, after) in differences(run.config, change.config).items()}
        for change in one.changes
    ]
    return {
        "kind": one.kind,
        "sentence": one.sentence,
        "evidence": one.evidence,
        "epoch": one.epoch,
        "try": tries,
    }


def as_table(run: Run) -> str:
    """Return what the run is called, and its figures, one a line, with their names in a column."""
    best = f" (best: {run.best_epoch:,})" if run.best_epoch else ""
    asked = f" of {run.config.run.epochs:,}" if run.is_readable else ""
    rows = {
        "Run": run.name,
        "Status": run.status,
        "Epochs": f"{run.epochs:,}{asked}{best}",
        "Parameters": "-" if run.parameters is None else f"{run.parameters:,}",
        **{split.capitalize(): _format_scores(run.scores[split]) for split in SPLITS},
        **({"Mirrored": _format_scores(run.mirrored)} if run.mirrored else {}),
        "Training": "-" if run.seconds is None else f"{run.seconds:.1f} s on {run.device}",
        **({"Computed": run.execution_text} if run.execution_text else {}),
    }
    return "\n".join([names.of_run(run), *(f"{name:<12}{value}" for name, value in rows.items())])


def when(run: Run) -> str:
    """Return when a run was trained, and for how long."""
    return f"trained on {formats.local_minute(run.submitted)} in {run.seconds:.1f} s"


def _format_scores(scores: Scores | None) -> str:
    if scores is None:
        return "-"
    loss, accuracy = formats.loss(scores.loss), formats.share(scores.accuracy)
    return f"loss {loss:<8}   accuracy {accuracy:>8}   {scores.images:,} images"

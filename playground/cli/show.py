"""A stored run as a table, and as a line of JSON."""

import json
from dataclasses import asdict

from playground import formats
from playground.results import Scores
from playground.store import SPLITS, Run


def as_json(run: Run, *, cached: bool) -> str:
    """Return the run as one line of JSON; a split without images has null for its scores.

    ``mirrored`` are the test scores with each image's mirrored copy, null if not asked for.
    """
    scores = {split: run.scores[split] for split in SPLITS}
    return json.dumps(
        {
            "run": run.name,
            "status": run.status,
            "message": run.message,
            "cached": cached,
            "parameters": run.parameters,
            **{split: asdict(found) if found else None for split, found in scores.items()},
            "mirrored": asdict(run.mirrored) if run.mirrored else None,
            "epochs": run.epochs,
            "best_epoch": run.best_epoch,
            "seconds": run.seconds,
            "device": run.device,
            "path": run.execution_text,
            "versions": run.versions,
            "fingerprint": run.fingerprint,
            "config": json.loads(run.config_json),
        }
    )


def as_table(run: Run) -> str:
    """Return the run's figures, one a line, with their names in a column."""
    best = f" (best: {run.best_epoch:,})" if run.best_epoch else ""
    rows = {
        "Run": run.name,
        "Status": run.status,
        "Epochs": f"{run.epochs:,} of {run.config.run.epochs:,}{best}",
        "Parameters": f"{run.parameters:,}",
        **{split.capitalize(): _format_scores(run.scores[split]) for split in SPLITS},
        **({"Mirrored": _format_scores(run.mirrored)} if run.mirrored else {}),
        "Training": f"{run.seconds:.1f} s on {run.device}",
        **({"Computed": run.execution_text} if run.execution_text else {}),
    }
    return "\n".join(f"{name:<12}{value}" for name, value in rows.items())


def when(run: Run) -> str:
    """Return when a run was trained, and for how long."""
    return f"trained on {formats.local_minute(run.submitted)} in {run.seconds:.1f} s"


def _format_scores(scores: Scores | None) -> str:
    if scores is None:
        return "-"
    return f"loss {scores.loss:.4f}   accuracy {scores.accuracy:7.2%}   {scores.images:,} images"

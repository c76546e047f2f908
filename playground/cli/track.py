"""``track``: sends a stored run, sweep or search to TensorBoard's files or to MLflow."""

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from playground import environment, tracking
from playground.cli import CommandError
from playground.cli.selection import stored_run
from playground.store import RunStore
from playground.tracking import TrackedRun, TrackedStudy, TrackingError

EXAMPLES = """\
examples:
  python -m playground track digits-mlp --tensorboard logs
  python -m playground track 3f2a91c0 --mlflow http://localhost:5000
  python -m playground track 3f2a91c0 --tensorboard logs --mlflow sqlite:///mlflow.db

A sweep or a search is named by the first digits of its link, and sent with those of its runs that
finished. Sent again, nothing is there twice: TensorBoard's files are replaced, MLflow keeps what it
has. What it needs beside the playground comes with: pip install -e ".[tracking]"
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "track",
        help="send a run or a sweep to TensorBoard or MLflow",
        description="Send a stored run, or the finished runs of a stored sweep or search, to "
        "TensorBoard's files or to MLflow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what",
        metavar="NAME_OR_HASH",
        help="a recipe's name, or the first digits (8 at least) of a stored run, sweep or search",
    )
    parser.add_argument("--quick", action="store_true", help="the run of a recipe's quick form")
    parser.add_argument(
        "--tensorboard",
        metavar="FOLDER",
        help="where to write files; - writes a zip archive to standard output",
    )
    parser.add_argument(
        "--mlflow",
        nargs="?",
        const="",
        metavar="URI",
        help="a server or an SQLite file; MLFLOW_TRACKING_URI if only --mlflow is given",
    )
    parser.set_defaults(command=track)


def track(arguments: argparse.Namespace) -> int:
    """Send it, and print what was written where."""
    folder, uri = arguments.tensorboard, arguments.mlflow
    if folder is None and uri is None:
        raise CommandError("Say where to send it: --tensorboard FOLDER, --mlflow URI, or both.")
    if uri == "" and not (uri := os.environ.get("MLFLOW_TRACKING_URI", "")):
        raise CommandError("Give --mlflow an address, or set MLFLOW_TRACKING_URI to one.")
    if folder is not None and "://" in folder:
        raise CommandError(
            f"--tensorboard {folder} is no folder of this machine: name one, and copy it from "
            "there."
        )
    with closing(RunStore(environment.read().runs)) as store:
        try:
            sent = _meant(store, arguments.what, arguments.quick)
            if folder == "-":
                _tensorboard_zip(sent)
            elif folder is not None:
                _tensorboard(sent, Path(folder))
            if uri is not None:
                _mlflow(sent, uri)
        except TrackingError as error:
            raise CommandError(str(error)) from None
    return 0


def _meant(store: RunStore, what: str, quick: bool) -> TrackedRun | TrackedStudy:
    """Return the stored sweep or search of that name, or else the run."""
    if not quick and (study := store.studies.by_prefix(what)):
        return tracking.study_of(store, study)
    return tracking.tracked_run_of(store, stored_run(store, what, quick))


def _tensorboard(sent: TrackedRun | TrackedStudy, folder: Path) -> None:
    with _bar(sent) as bar:
        place = tracking.to_tensorboard(sent, folder, _reporting(bar))
    print(f"TensorBoard: {_describe(sent)} in {place}; tensorboard --logdir {folder} shows it.")


def _tensorboard_zip(sent: TrackedRun | TrackedStudy) -> None:
    """Write the files to standard output, as a zip archive: what the app hands out."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "files")
        tracking.to_tensorboard(sent, files, lambda done, of: None)
        archive = shutil.make_archive(str(Path(folder, "logs")), "zip", files)
        sys.stdout.buffer.write(Path(archive).read_bytes())


def _mlflow(sent: TrackedRun | TrackedStudy, uri: str) -> None:
    with _bar(sent) as bar:
        found = tracking.to_mlflow(sent, uri, _reporting(bar))
    left = f"; {found.left:,} there already" if found.left else ""
    print(
        f"MLflow: {_describe(sent)} in the experiment {tracking.EXPERIMENT} "
        f"({found.written:,} sent{left})."
    )


def _describe(sent: TrackedRun | TrackedStudy) -> str:
    if isinstance(sent, TrackedRun):
        return f"{sent.label} (run {sent.run.name[:12]})"
    return f"{len(sent.runs):,} of the {sent.asked:,} runs of this {sent.study.kind}"


def _bar(sent: TrackedRun | TrackedStudy) -> tqdm:
    return tqdm(unit="run", file=sys.stderr, delay=1, disable=isinstance(sent, TrackedRun))


def _reporting(bar: tqdm) -> tracking.Report:
    def report(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)

    return report

"""``export``: writes a stored run as a file of another kind."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing, redirect_stdout
from pathlib import Path

from playground import environment
from playground.cli import CommandError
from playground.cli.selection import NotStored, stored_run
from playground.config import RunConfig
from playground.errors import UserError
from playground.export import FILE_FORMATS, FileFormat, Subject, subject_of, subject_of_config
from playground.export.report import MAX_RUNS
from playground.store import RunStore

EXAMPLES = """\
examples:
  python -m playground export digits-mlp
  python -m playground export cures-dropout --quick --as onnx --folder exports
  python -m playground export 3f2a91c0 --as report --with 77be0d12 c4a9e5f3
  python -m playground export my-network.json --as config --stdout

A run is named by the first digits of its name, 8 or more, which `run` prints and a link holds; or
by its recipe or file of settings. It must have been trained: python -m playground run NAME.

exit codes:
  0 written, 2 could not be made or written
"""
WITHOUT_A_RUN = ("script", "notebook")
"""Formats that a config is enough for."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "export",
        help="write a stored run as a script, ONNX, a report and more",
        description="Write a stored run as a file. The formats: "
        + ", ".join(
            f"{name} ({file_format.title}, .{file_format.extension})"
            for name, file_format in FILE_FORMATS.items()
        )
        + ".",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what",
        metavar="NAME_OR_HASH",
        help="the first digits of a stored run's name, a recipe's name, or a file of settings",
    )
    parser.add_argument(
        "--as", dest="format", default="script", metavar="FORMAT", help="what to write; script"
    )
    parser.add_argument(
        "--with",
        dest="beside",
        action="extend",
        nargs="+",
        default=[],
        metavar="NAME_OR_HASH",
        help=f"more runs for the same file, if the format takes several; {MAX_RUNS} in all",
    )
    parser.add_argument("--quick", action="store_true", help="the run of a recipe's quick form")
    to = parser.add_mutually_exclusive_group()
    to.add_argument(
        "--folder", type=Path, default=Path(), help="where to write it; the current folder"
    )
    to.add_argument(
        "--stdout", action="store_true", help="write the file's content to standard output instead"
    )
    parser.set_defaults(command=export)


def export(arguments: argparse.Namespace) -> int:
    """Make the file, and write it into the folder or to standard output."""
    file_format = _file_format(arguments.format, len(arguments.beside))
    folders = environment.read()
    try:
        with closing(RunStore(folders.runs)) as store:
            try:
                first = stored_run(store, arguments.what, arguments.quick).name
            except NotStored as error:
                if arguments.format not in WITHOUT_A_RUN:
                    raise
                subjects = [_untrained(error.config, folders.data)]
            else:
                names = [first, *(stored_run(store, what).name for what in arguments.beside)]
                subjects = [subject_of(store, one, folders.data) for one in dict.fromkeys(names)]
        content = _made(file_format, subjects)
    except UserError as error:
        raise CommandError(str(error)) from None
    if arguments.stdout:
        sys.stdout.buffer.write(content)
    else:
        others = "_and_others" if len(subjects) > 1 else ""  # a run's own file stays
        name = f"{subjects[0].stem}{others}.{file_format.extension}"
        path = _write(arguments.folder, name, content)
        print(f"{path} ({len(content):,} bytes)")
    return 0


def _file_format(name: str, beside: int) -> FileFormat:
    if name not in FILE_FORMATS:
        raise CommandError(f"There is no format {name}: the formats are {', '.join(FILE_FORMATS)}.")
    file_format = FILE_FORMATS[name]
    if beside and not file_format.several:
        several = ", ".join(other for other, one in FILE_FORMATS.items() if one.several)
        raise CommandError(f"--as {name} takes one run: leave --with out, or use --as {several}.")
    if beside >= MAX_RUNS:
        raise CommandError(f"One file takes {MAX_RUNS} runs at most: leave some out of --with.")
    return file_format


def _untrained(config: RunConfig, data: Path) -> Subject:
    """Return what a script or notebook is made of if the run of ``config`` is not stored."""
    from playground import training  # here, as it imports torch, which takes seconds

    device, execution = training.planned_execution(config, data)
    return subject_of_config(config, data, device, execution, training.versions())


def _made(file_format: FileFormat, subjects: Sequence[Subject]) -> bytes:
    try:
        with redirect_stdout(sys.stderr):  # libraries that print; the file may go to stdout
            return file_format.make(subjects)
    except ImportError as error:
        if not error.name or error.name.startswith("playground"):
            raise
        package = error.name.partition(".")[0]
        raise CommandError(
            f"{file_format.title} needs the Python package {package}, which is not installed: "
            "python -m pip install -r requirements.txt."
        ) from None


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Write the file beside its place and put it there in one move."""
    path, beside = folder / name, folder / f".partial-{os.getpid()}-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written ({error.strerror}): name another folder with --folder."
        ) from None
    return path

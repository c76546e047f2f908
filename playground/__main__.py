"""The playground without a browser: ``python -m playground``."""

import argparse
import errno
import io
import os
import sys
from pathlib import Path

from playground import __version__
from playground.cli import (
    CommandError,
    export,
    fetch,
    inspect,
    process,
    recipes,
    reproduce,
    run,
    show,
    track,
)
from playground.data.datasets import DataError
from playground.environment import InvalidEnvironment, with_folders_named
from playground.store import StoreError

EXAMPLES = """\
examples:
  python -m playground recipes
  python -m playground run digits-mlp
  python -m playground run cifar10-cnn --set run.epochs=3 --json
  python -m playground show digits-mlp
  python -m playground export digits-mlp --as onnx
  python -m playground reproduce digits
  python -m playground track digits-mlp --tensorboard logs
  python -m playground fetch cifar10

PLAYGROUND_DATA names the data folder, PLAYGROUND_RUNS the folder of the runs.
"""
REFUSED, INTERRUPTED, BROKEN_PIPE = 2, 130, 141


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. ``argv`` is without the program's name."""
    _open_streams()
    try:
        return _run(argv)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC) or error.filename is not None:
            raise
        # Nobody reads any more, as after `| head`, or the disk is full. Python's own last flush
        # must not fail again.
        for stream in (sys.stdout, sys.stderr) if error.errno == errno.EPIPE else (sys.stdout,):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if error.errno == errno.EPIPE:
            return BROKEN_PIPE
        print("The output cannot be written: there is no room on its disk.", file=sys.stderr)
        return REFUSED


def _run(argv: list[str] | None) -> int:
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
    finally:
        sys.stdout.flush()  # what --help has printed
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return REFUSED
    for_pages = process.follow_app()
    try:
        code = arguments.command(arguments)
        sys.stdout.flush()
    except (CommandError, DataError, StoreError) as error:
        print(error if for_pages else with_folders_named(str(error)), file=sys.stderr)
        return REFUSED
    except InvalidEnvironment as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Interrupted.", file=sys.stderr)
        return INTERRUPTED
    return code


def _open_streams() -> None:
    """Have something to print to, and print what its encoding lacks as question marks."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us, as with `>&-`
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (it stays open)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m playground",
        description="Train small neural networks without a browser.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"network-playground {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (run, show, inspect, recipes, reproduce, export, track, fetch):
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())

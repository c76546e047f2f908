"""The playground without a browser: ``python -m playground``."""

import argparse
import os
import sys

from playground import __version__
from playground.cli import CommandError, export, fetch, recipes, reproduce, run, serving, track
from playground.datasets import DataError
from playground.runs import StoreError
from playground.settings import SettingsError

EXAMPLES = """\
examples:
  python -m playground recipes
  python -m playground run digits-mlp
  python -m playground run cifar10-cnn --set run.epochs=3 --json
  python -m playground export digits-mlp --as onnx
  python -m playground reproduce digits
  python -m playground track digits-mlp --tensorboard logs
  python -m playground fetch cifar10

PLAYGROUND_DATA names the data folder, PLAYGROUND_RUNS the folder of the runs.
"""
REFUSED, INTERRUPTED, BROKEN_PIPE = 2, 130, 141


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. ``argv`` is without the program's name."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return REFUSED
    serving.begin()
    try:
        code = arguments.command(arguments)
        sys.stdout.flush()
    except (CommandError, DataError, SettingsError, StoreError) as error:
        print(error, file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, as `| head` does; Python's own last flush must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


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
    for command in (run, recipes, reproduce, export, track, fetch):
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())

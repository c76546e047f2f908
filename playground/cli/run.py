"""``run``: trains a recipe or a file of settings in this process, or answers from the store."""

import argparse
import sys
from contextlib import closing

from playground import environment
from playground.analysis import diagnosis
from playground.cli import show, train
from playground.cli.selection import config_of
from playground.store import RunStore

EXAMPLES = """\
examples:
  python -m playground run digits-mlp
  python -m playground run digits-mlp --set optimizer.learning_rate=0.05 --set run.epochs=200
  python -m playground run cifar10-cnn --set data.train_images=5000 --json
  python -m playground run cures-dropout --quick
  python -m playground run my-network.json

The same settings on the same data are trained once: asked for again, they are answered from the
run folder, PLAYGROUND_RUNS. Ctrl-C stops the run and keeps what was reached.

exit codes:
  0 finished, 1 diverged, 2 could not be trained, 130 stopped by Ctrl-C
"""
EXIT_CODES = {"finished": 0, "diverged": 1, "stopped": 130}


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "run",
        help="train a network",
        description="Train a recipe, or the settings in a JSON file, and print what it became.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what",
        metavar="NAME_OR_FILE",
        help="a recipe's name, or a JSON file of settings; those it leaves out take their defaults",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="change one setting, such as run.epochs=5; may be given several times",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a recipe on fewer images and for fewer epochs"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON instead of a table"
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, or find the run in the store, and print it."""
    config = config_of(arguments.what, arguments.set, arguments.quick)
    folders = environment.read()
    with closing(RunStore(folders.runs)) as store:
        ended, cached = train.answer(config, folders.data, store)
        found = diagnosis.of_run(store, ended)
    if cached:
        print(f"Loaded from the store: {show.when(ended)}.", file=sys.stderr)
    if ended.message:
        print(ended.message, file=sys.stderr)
    if not arguments.json:
        print("\n".join(show.sentences(found)), end="\n" if found else "", file=sys.stderr)
    print(show.as_json(ended, found, cached) if arguments.json else show.as_table(ended))
    return EXIT_CODES[ended.status]

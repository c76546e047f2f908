"""``fetch``: puts a public data set into the data folder."""

import argparse
import sys

from tqdm import tqdm

from playground import environment
from playground.cli.process import Interrupts
from playground.config import DATA_KINDS
from playground.data import datasets
from playground.data.datasets import DataError

EXAMPLES = """\
examples:
  python -m playground fetch cifar10
  PLAYGROUND_DATA=/srv/data python -m playground fetch cifar10
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    sizes = {
        name: f"{data.short}: {data.download.size / 1e6:,.0f} MB"
        for name, data in DATA_KINDS.items()
        if data.download
    }
    parser = commands.add_parser(
        "fetch",
        help="download a data set",
        description=f"Download a data set ({'; '.join(sizes.values())}) into the data folder, "
        "PLAYGROUND_DATA.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dataset", choices=list(sizes), help="the data set")
    parser.set_defaults(command=fetch)


def fetch(arguments: argparse.Namespace) -> int:
    """Download a data set; if it is there already, make sure that it can be used, and say so."""
    folder, kind = environment.read().data, arguments.dataset
    there = datasets.ready(kind, folder)
    with (
        Interrupts() as interrupts,
        tqdm(unit="B", unit_scale=True, file=sys.stderr, delay=0.2) as bar,
    ):

        def report(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        try:
            datasets.fetch(kind, folder, report, interrupts.stop)
        except DataError as error:
            if not interrupts.asked:
                raise
            raise KeyboardInterrupt(str(error)) from None
    print(f"{DATA_KINDS[kind].short} is {'already' if there else 'now'} in {folder}.")
    return 0

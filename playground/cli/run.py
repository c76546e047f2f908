"""``run``: trains a recipe or a file of settings in this process, or answers from the store."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from playground import datasets, settings
from playground.cli import CommandError, show
from playground.cli.choose import chosen
from playground.cli.interrupts import Interrupts
from playground.config import RunConfig
from playground.records import EpochMetrics, Result
from playground.refusal import Refusal, explain
from playground.runs import Run, RunStore, StoreError

EXAMPLES = """\
examples:
  python -m playground run digits-mlp
  python -m playground run digits-mlp --set optimizer.learning_rate=0.05 --set run.epochs=200
  python -m playground run cifar10-cnn --set data.train_images=5000 --json
  python -m playground run my-network.json

The same settings on the same data are trained once: asked for again, they are answered from the
run folder, PLAYGROUND_RUNS. Ctrl-C stops the run and keeps what was reached.

exit codes:
  0 finished, 1 diverged, 2 could not be trained, 130 stopped by Ctrl-C
"""
EXIT_CODES = {"finished": 0, "diverged": 1, "stopped": 130}
STORE_INTERVAL = 0.2
"""Seconds between two writes of epochs to the store: a digits epoch takes a millisecond."""


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
        "--json", action="store_true", help="print one line of JSON instead of a table"
    )
    parser.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, or find the run in the store, and print it."""
    config = chosen(arguments.what, arguments.set)
    folders = settings.read()
    fingerprint = datasets.fingerprint(config.data, folders.data)
    with closing(RunStore(folders.runs)) as store:
        found = store.answer(config, fingerprint)
        ended = found or _train(config, fingerprint, folders.data, store)
    if found:
        print(f"From cache: {show.when(found)}.", file=sys.stderr)
    if ended.message:
        print(ended.message, file=sys.stderr)
    print(show.as_json(ended, cached=bool(found)) if arguments.json else show.as_table(ended))
    return EXIT_CODES[ended.status]


def _train(config: RunConfig, fingerprint: str, data: Path, store: RunStore) -> Run:
    """Train and keep the run, whatever becomes of it."""
    if not store.queue(config, fingerprint):
        raise CommandError(
            f"Another process is training this run ({config.name[:12]}): wait until it has ended."
        )
    from playground import training  # here, as it imports torch, which takes seconds

    with Interrupts() as interrupts:
        try:
            store.start(config.name)
            items = training.train(config, data, interrupts.stop)
            store.finish(config.name, _watched(items, config, store))
        except KeyboardInterrupt:
            store.end(config.name, "interrupted", "Ended by a second Ctrl-C.")
            raise
        except (Refusal, StoreError) as error:
            store.end(config.name, "failed", str(error))
            raise CommandError(str(error)) from None
        except Exception as error:
            store.end(config.name, "failed", explain(error))
            if isinstance(error, MemoryError) or "memory" in str(error).lower():
                raise CommandError(explain(error)) from None
            raise
    ended = store.get(config.name)
    assert ended is not None
    return ended


def _watched(items: Iterator[EpochMetrics | Result], config: RunConfig, store: RunStore) -> Result:
    """The result at the end of ``items``; shows and keeps the epochs as they come."""
    waiting: list[EpochMetrics] = []
    kept = time.perf_counter()
    with tqdm(total=config.run.epochs, unit="epoch", file=sys.stderr, miniters=1) as bar:
        for item in items:
            if isinstance(item, Result):
                return item
            bar.set_postfix(_figures(item), refresh=False)
            bar.update()
            waiting.append(item)
            if time.perf_counter() - kept >= STORE_INTERVAL:
                store.add_epochs(config.name, waiting)
                waiting, kept = [], time.perf_counter()
    raise AssertionError("training ends with a Result")


def _figures(epoch: EpochMetrics) -> dict[str, str]:
    figures = {"train loss": f"{epoch.train_loss:.4f}"}
    if epoch.validation_accuracy is not None:
        figures["validation accuracy"] = f"{epoch.validation_accuracy:.2%}"
    return figures

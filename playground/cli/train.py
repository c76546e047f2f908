"""A config trained in this process, or answered from the store."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from playground import formats
from playground.cli import CommandError
from playground.cli.process import Interrupts
from playground.config import RunConfig
from playground.data import datasets
from playground.errors import UserError, explain
from playground.results import EpochMetrics, Result
from playground.store import Run, RunStore, StoreError

STORE_INTERVAL = 0.2
"""Seconds between two writes of epochs to the store: a digits epoch takes a millisecond."""


def answer(config: RunConfig, data: Path, store: RunStore) -> tuple[Run, bool]:
    """Return the run of a config, and whether the store had it; ``data`` is the data folder.

    Raises CommandError if it cannot be trained, datasets.DataError without its data.
    """
    fingerprint = datasets.fingerprint(config.data, data)
    if found := store.answer(config, fingerprint):
        return found, True
    return _train(config, fingerprint, data, store), False


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
        except (UserError, StoreError) as error:
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
    """Return the result at the end of ``items``; shows and keeps the epochs as they come."""
    waiting: list[EpochMetrics] = []
    kept = time.perf_counter()
    with tqdm(total=config.run.epochs, unit="epoch", file=sys.stderr, miniters=1) as bar:
        for item in items:
            if isinstance(item, Result):
                return item
            bar.set_postfix(_figures(item, config.data.validation), refresh=False)
            bar.update()
            waiting.append(item)
            if time.perf_counter() - kept >= STORE_INTERVAL:
                store.add_epochs(config.name, waiting)
                waiting, kept = [], time.perf_counter()
    raise AssertionError("training ends with a Result")


def _figures(epoch: EpochMetrics, watched: str) -> dict[str, str]:
    figures = {"train loss": formats.loss(epoch.train_loss)}
    if epoch.validation_accuracy is not None:
        split = "test" if watched == "test" else "validation"
        figures[f"{split} accuracy"] = formats.share(epoch.validation_accuracy)
    return figures

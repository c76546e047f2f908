"""What runs on a Dask worker. The app imports this file, so torch is imported by name, within.

What goes back is plain: a Result, an array or a sentence, never an exception, since unpacking an
exception of torch would import torch in the app's process.
"""

import ctypes
import logging
import pkgutil
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from distributed import Event, WorkerPlugin, get_worker

from playground import environment
from playground.config import DataConfig, from_json
from playground.data import datasets
from playground.errors import UserError, explain
from playground.results import Result, Speed, StoredNetwork, TrainingRequest, WeightsNeeded, pack

log = logging.getLogger(__name__)

TRAIN = "playground.training:train"
TRAIN_TOGETHER = "playground.training:train_together"
ANSWER = "playground.training.loaded_network:answer"
LEND = "playground.training.stored_networks:receive_weights"
SPEED = "playground.training.speed:measure"
WARM_UP = "playground.training:warm_up"
DEVICE_KIND = "playground.training:device_kind"
FETCH = "playground.data.datasets:fetch"
TOPIC = "playground"
REPORT_INTERVAL = 0.2
"""Seconds between two reports of a run: a digits epoch takes a millisecond, an event as long."""


class WarmWorker(WorkerPlugin):
    """Makes a new worker ready: everything is imported, and used once."""

    def __init__(self, warm_up: str) -> None:
        self.warm_up = warm_up

    def setup(self, worker: Any) -> None:
        try:
            _call_once(self.warm_up)
        except Exception as error:  # as it is, it would make the app import torch
            log.exception("The worker could not be made ready")
            raise RuntimeError(f"{type(error).__name__}: {error}") from None


@cache
def _call_once(function: str) -> None:
    """Call a function by name, once in a process: a second app on the same worker comes here too,
    and warming up again would disturb the random numbers of a run that is on."""
    pkgutil.resolve_name(function)()


def device_kind(function: str) -> str:
    """Return the device that is taken if a config leaves it open, such as ``cpu``."""
    return pkgutil.resolve_name(function)()


def work(
    train: str,
    train_together: str,
    runs: list[TrainingRequest],
    data: str,
    key: str,
    seconds: float | None,
    handover: str | None = None,
) -> list[Result | str]:
    """Train one run or several together, and report to TOPIC as they go; for each its Result, or a
    sentence if there is none.

    A run's key names it in the reports, and the Dask event that asks it to stop. ``key`` is the
    event that says that some of them shall. A run that trains alone is stopped after so many
    ``seconds`` of training. Large weights are left in the folder ``handover``, if one is named.
    Dask calls this anew if a worker ended in the middle of it.
    """
    worker = get_worker()
    keys = [run.key for run in runs]
    clock = _TimeLimit(seconds)
    some, each = Event(key), [Event(run) for run in keys]
    results: list[Result | str] = ["Training ended without a result."] * len(runs)

    def tell(news: dict[int, dict[str, Any]]) -> None:
        on = (place for place in news if not isinstance(results[place], Result))
        events = [{"key": keys[place], **news[place]} for place in on]
        worker.log_event(TOPIC, {"runs": events})

    def report(epochs: float) -> None:
        tell({place: {"at": epochs} for place in range(len(runs))})

    def stopped() -> set[int]:
        # Each look is a round trip to the scheduler, so they are asked one by one only when told.
        if not some.is_set():
            return set()
        some.clear()
        return {place for place, event in enumerate(each) if event.is_set()}

    def items() -> Iterator[tuple[int, Any]]:
        configs = [from_json(run.config) for run in runs]
        folder = _folder(data)
        for config, run in zip(configs, runs, strict=True):
            _check(config.data, folder, run.fingerprint)
        if len(runs) > 1:
            yield from pkgutil.resolve_name(train_together)(configs, folder, stopped, report)
        else:
            stop = each[0].is_set
            weights = Path(handover, f"{keys[0]}.safetensors") if handover else None
            found = pkgutil.resolve_name(train)(
                configs[0], folder, lambda: clock.is_over() or stop(), report, weights
            )
            yield from ((0, clock.annotated(item)) for item in found)

    tell({place: {"began": True} for place in range(len(runs))})
    waiting: dict[int, dict[str, list[Any]]] = {}
    ended: dict[int, int] = {}
    """Runs that have ended but are not reported yet, and the latest epoch then."""
    latest = 0
    reported = 0.0
    try:
        for place, item in items():
            if isinstance(item, Result):
                results[place] = item
                ended[place] = latest
                continue
            latest = max(latest, item.epoch)
            # A run that ends early is not kept waiting for the others. Not so at the common end:
            # the scheduler remembers what is told, so results rather go with the return.
            for early in [place for place, epoch in ended.items() if epoch < latest]:
                del ended[early]
                result = results[early]
                assert isinstance(result, Result)
                worker.log_event(TOPIC, {"ended": keys[early], "result": pack(result)})
            waiting.setdefault(place, {"epochs": []})["epochs"].append(vars(item))
            if time.perf_counter() - reported >= REPORT_INTERVAL:
                tell(waiting)
                waiting, reported = {}, time.perf_counter()
    except Exception as error:
        if not isinstance(error, UserError):
            log.exception("Runs %s failed", keys)
        sentence = explain(error)
        results = [found if isinstance(found, Result) else sentence for found in results]
    finally:
        for event in (some, *each):
            event.clear()  # a signal that stays set would be kept by the scheduler for ever
        _give_back_memory()
    return results


class _TimeLimit:
    """Says when a run's time is over: from the first look on, when training has begun."""

    def __init__(self, most: float | None) -> None:
        """Make one; ``most`` is in seconds, None if it may go on."""
        self._most, self._began, self._over = most, 0.0, False

    def is_over(self) -> bool:
        """Tell whether the run has trained for as long as it may."""
        now = time.perf_counter()
        self._began = self._began or now
        self._over = self._most is not None and now - self._began >= self._most
        return self._over

    def annotated(self, item: Any) -> Any:
        """Annotate what training gave: a result says so if the clock has stopped its run."""
        if not (self._over and isinstance(item, Result) and item.status == "stopped"):
            return item
        message = f"{item.message} A run may train for {self._most:g} s here."
        return replace(item, message=message, limit=self._most)


def _folder(data: str) -> Path:
    """Return the data folder: this machine's own, if PLAYGROUND_DATA names one, else the app's."""
    return environment.data_override() or Path(data)


def _check(data: DataConfig, folder: Path, fingerprint: str) -> None:
    if datasets.fingerprint(data, folder) != fingerprint:
        raise datasets.DataError(
            f"The data on the worker's machine ({platform.node()}) is not what this run was asked "
            "for: put the same files there as the app has, and train again."
        )


def _give_back_memory() -> None:
    """Give free memory back to the system: the next run may need pieces of other sizes.

    Takes 5 to 20 ms after a run on CIFAR10. After ten runs of different shapes the worker held
    1,038 MB with it, and 1,448 without.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def ask(
    answer: str, function: str, stored: StoredNetwork, data: str, arguments: dict[str, Any]
) -> Any:
    """Ask a stored network, beside a run that is on; a sentence if it cannot be, and that its
    weights are wanted if they are not in the store here."""
    try:
        found = pkgutil.resolve_name(answer)(function, stored, _folder(data), arguments)
    except Exception as error:
        if not isinstance(error, UserError):
            log.exception("%s could not be answered", function)
        return explain(error)
    return WeightsNeeded(get_worker().address) if found is None else found


def lend(lend: str, stored: StoredNetwork, start: int, piece: bytes) -> str:
    """Take a piece of a network's weights; an empty string, or a sentence if it cannot."""
    try:
        pkgutil.resolve_name(lend)(stored, start, piece)
    except Exception as error:
        if not isinstance(error, UserError):
            log.exception("Weights could not be taken")
        return explain(error)
    return ""


def measure(measure: str, config: str, data: str, key: str) -> Speed | str | None:
    """Tell how fast a network trains here; a sentence if it cannot be told, None if it was
    stopped. ``key`` is the Dask event that asks for that."""
    stop = Event(key)
    try:
        return pkgutil.resolve_name(measure)(from_json(config), _folder(data), stop.is_set)
    except Exception as error:
        if not isinstance(error, UserError):
            log.exception("The speed could not be measured")
        return explain(error)
    finally:
        stop.clear()


def fetch(download: str, kind: str, data: str) -> str:
    """Download a data set on the worker's machine; an empty string, or a sentence if it
    failed."""
    worker, reported = get_worker(), 0.0

    def report(done: int, total: int) -> None:
        nonlocal reported
        if time.perf_counter() - reported >= REPORT_INTERVAL:
            worker.log_event(TOPIC, {"download": (kind, done, total)})
            reported = time.perf_counter()

    try:
        pkgutil.resolve_name(download)(kind, _folder(data), report)
    except Exception as error:
        if not isinstance(error, UserError):
            log.exception("The download failed")
        return explain(error)
    return ""

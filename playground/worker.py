"""What runs on a Dask worker. The app imports this file, so torch is imported by name, within.

What goes back is plain: a Result, an array or a sentence, never an exception, since unpacking an
exception of torch would import torch in the app's process.
"""

import logging
import pkgutil
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Event, WorkerPlugin, get_worker

from playground.config import from_json
from playground.records import Result
from playground.refusal import Refusal, explain

log = logging.getLogger(__name__)

TRAIN = "playground.training:train"
PREDICT = "playground.training.predict:predict"
WARM_UP = "playground.training:warm_up"
FETCH = "playground.datasets:fetch_cifar10"
TOPIC = "playground"
REPORT_INTERVAL = 0.2
"""Seconds between two reports of a run: a digits epoch takes a millisecond, an event as long."""


class WarmWorker(WorkerPlugin):
    """Makes a new worker ready: everything is imported, and used once."""

    def __init__(self, warm_up: str) -> None:
        self.warm_up = warm_up

    def setup(self, worker: Any) -> None:
        try:
            _once(self.warm_up)
        except Exception as error:  # as it is, it would make the app import torch
            log.exception("The worker could not be made ready")
            raise RuntimeError(f"{type(error).__name__}: {error}") from None


@cache
def _once(function: str) -> None:
    """Call a function by name, once in a process: a second app on the same worker comes here too,
    and warming up again would disturb the random numbers of a run that is on."""
    pkgutil.resolve_name(function)()


def work(train: str, config: str, data: str, key: str) -> Result | str:
    """Train, and report to TOPIC as it goes; the Result, or a sentence where there is none.

    ``key`` names the run in the reports, and the Dask event that asks it to stop.
    """
    worker, stop = get_worker(), Event(key)
    worker.log_event(TOPIC, {"key": key, "began": True})

    def report(epochs: float) -> None:
        worker.log_event(TOPIC, {"key": key, "at": epochs})

    waiting: list[dict[str, Any]] = []
    reported = 0.0
    try:
        items = pkgutil.resolve_name(train)(from_json(config), Path(data), stop.is_set, report)
        for item in items:
            if isinstance(item, Result):
                return item
            waiting.append(vars(item))
            if time.perf_counter() - reported >= REPORT_INTERVAL:
                worker.log_event(TOPIC, {"key": key, "epochs": waiting})
                waiting, reported = [], time.perf_counter()
    except Exception as error:
        if not isinstance(error, Refusal):
            log.exception("Run %s failed", key)
        return explain(error)
    finally:
        stop.clear()  # a signal that stays set would be kept by the scheduler for ever
    return "Training ended without a result."


def predict(
    predict: str, config: str, data: str, weights: bytes, pixels: np.ndarray, fingerprint: str
) -> np.ndarray | str:
    """What a network makes of pictures, beside a run that is on; a sentence where it cannot."""
    try:
        return pkgutil.resolve_name(predict)(
            from_json(config), Path(data), weights, pixels, fingerprint
        )
    except Exception as error:
        if not isinstance(error, Refusal):
            log.exception("The prediction failed")
        return explain(error)


def fetch(download: str, data: str) -> str:
    """Download on the worker's machine; an empty string, or a sentence where it failed."""
    worker, told = get_worker(), 0.0

    def report(done: int, total: int) -> None:
        nonlocal told
        if time.perf_counter() - told >= REPORT_INTERVAL:
            worker.log_event(TOPIC, {"download": (done, total)})
            told = time.perf_counter()

    try:
        pkgutil.resolve_name(download)(Path(data), report)
    except Exception as error:
        if not isinstance(error, Refusal):
            log.exception("The download failed")
        return explain(error)
    return ""

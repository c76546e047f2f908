"""What runs on a Dask worker. The app imports this file, so torch is imported by name, within.

What goes back is plain: a Result or a sentence, never an exception, since unpacking an exception of
torch would import torch in the app's process.
"""

import logging
import pkgutil
import time
from pathlib import Path
from typing import Any

from distributed import Event, WorkerPlugin, get_worker

from playground.config import from_json
from playground.records import Result

log = logging.getLogger(__name__)

TRAIN = "playground.training:train"
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
        pkgutil.resolve_name(self.warm_up)()


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
    except ValueError as error:  # the package's own errors are sentences for the user
        return str(error)
    except Exception as error:
        log.exception("Run %s failed", key)
        if isinstance(error, MemoryError) or "memory" in str(error).lower():
            return "There was not enough memory: use a smaller network, batch or number of images."
        return f"Training failed ({type(error).__name__}): {error}"
    return "Training ended without a result."


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
    except ValueError as error:
        return str(error)
    except Exception as error:
        log.exception("The download failed")
        return f"The download failed ({type(error).__name__}): {error}"
    return ""

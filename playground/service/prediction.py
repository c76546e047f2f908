"""A question to a stored run's network: a page's thread waits, the engine's thread answers."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from playground.errors import UserError, without_folders
from playground.results import StoredNetwork, WeightsNeeded
from playground.store import RunStore, StoreError, files

if TYPE_CHECKING:
    from playground.service.cluster import Cluster

log = logging.getLogger(__name__)

CANNOT_BE_READ = "The weights of this run cannot be read"


class NoPrediction(UserError):
    """A prediction that could not be had; the message is one sentence that says what to do."""


@dataclass
class PredictionRequest:
    """Pictures to be predicted. ``answer`` is float32 (n, classes), or why there is none."""

    stored: StoredNetwork
    pixels: np.ndarray
    """uint8 (n, height, width, channels)"""
    until: float
    """When nobody waits any longer, on the monotonic clock."""
    lent: bool = False
    """Whether the worker was lent the network for it."""
    answer: np.ndarray | str | None = None
    answered: threading.Event = field(default_factory=threading.Event)

    @property
    def late(self) -> bool:
        """Whether nobody waits any longer."""
        return time.monotonic() >= self.until

    def put_to(
        self,
        cluster: "Cluster",
        data: Path,
        wanted: Callable[[WeightsNeeded], None],
        worker: str | None = None,
    ) -> None:
        """Ask a worker, or the one of that address. Its answer is given on as it comes; ``wanted``
        is called if it has to be lent the network first."""
        from playground.service.cluster import result_of

        def take(future: Any) -> None:
            found = result_of(future)
            if isinstance(found, WeightsNeeded):
                wanted(found)
            else:
                self.give(cast("np.ndarray | str", found))

        try:
            cluster.predict(self.stored, data, self.pixels, take, worker)
        except Exception as error:
            log.exception("A prediction could not be handed over")
            self.give(f"The worker could not be asked ({without_folders(str(error))}): try again.")

    def give(self, answer: np.ndarray | str) -> None:
        """Wake whoever waits."""
        self.answer = answer
        self.answered.set()

    def wait(self) -> np.ndarray:
        """Wait for the probabilities. Raises NoPrediction, after a sentence or when it is too
        late."""
        if not self.answered.wait(self.until - time.monotonic()):
            raise NoPrediction("The worker did not answer in time: try again in a moment.")
        if not isinstance(self.answer, np.ndarray):
            raise NoPrediction(str(self.answer))
        return self.answer


def prediction_request(
    store: RunStore, name: str, pixels: np.ndarray, timeout: float
) -> PredictionRequest:
    """Make a request to a run's network, whose weights stay in the store. Raises NoPrediction."""
    try:
        run, path = store.get(name), store.weights(name)
        version = files.version(path) if path else None
    except StoreError as error:
        raise NoPrediction(f"{CANNOT_BE_READ}: {error}") from None
    except OSError as error:
        raise NoPrediction(f"{CANNOT_BE_READ} ({error.strerror}): try again.") from None
    if run is None:
        raise NoPrediction("This run is not stored here any more: train it again to use it.")
    if run.is_active:
        raise NoPrediction("This run has no weights yet: wait until it has ended.")
    if version is None:
        raise NoPrediction("This run left no weights: train it again to use it.")
    folder = str(store.folder.absolute())
    stored = StoredNetwork(run.name, run.config_json, run.fingerprint, run.ended, folder, *version)
    return PredictionRequest(stored, pixels, time.monotonic() + timeout)

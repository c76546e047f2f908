"""A question to a stored run's network: a page's thread waits, the engine's thread answers."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.errors import UserError, without_folders
from playground.results import StoredNetwork, WeightsNeeded
from playground.store import RunStore, StoreError, files

if TYPE_CHECKING:
    from playground.service.cluster import Cluster

log = logging.getLogger(__name__)

CANNOT_BE_READ = "The weights of this run cannot be read"


class NoAnswer(UserError):
    """An answer that could not be had; the message is one sentence that says what to do."""


@dataclass
class Question:
    """A question: the name of a function that takes a loaded network, and its other arguments.
    ``answer`` is what it gives; a sentence if there is none."""

    stored: StoredNetwork
    function: str
    arguments: dict[str, Any]
    until: float
    """When nobody waits any longer, on the monotonic clock."""
    lent: bool = False
    """Whether the worker was lent the network for it."""
    answer: Any = None
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
                self.give(found)

        try:
            cluster.ask(self.function, self.stored, data, self.arguments, take, worker)
        except Exception as error:
            log.exception("A question could not be handed over")
            self.give(f"The worker could not be asked ({without_folders(str(error))}): try again.")

    def give(self, answer: Any) -> None:
        """Wake whoever waits."""
        self.answer = answer
        self.answered.set()

    def wait(self) -> Any:
        """Wait for the answer. Raises NoAnswer, after a sentence or when it is too
        late."""
        if not self.answered.wait(self.until - time.monotonic()):
            raise NoAnswer("The worker did not answer in time: try again in a moment.")
        if isinstance(self.answer, str):
            raise NoAnswer(self.answer)
        return self.answer


def question_to(
    store: RunStore, name: str, function: str, arguments: dict[str, Any], timeout: float
) -> Question:
    """Make a question to a run's network, whose weights stay in the store. Raises NoAnswer."""
    try:
        run, path = store.get(name), store.weights(name)
        version = files.version(path) if path else None
    except StoreError as error:
        raise NoAnswer(f"{CANNOT_BE_READ}: {error}") from None
    except OSError as error:
        raise NoAnswer(f"{CANNOT_BE_READ} ({error.strerror}): try again.") from None
    if run is None:
        raise NoAnswer("This run is not stored here any more: train it again to use it.")
    if run.is_active:
        raise NoAnswer("This run has no weights yet: wait until it has ended.")
    if version is None:
        raise NoAnswer("This run left no weights: train it again to use it.")
    folder = str(store.folder.absolute())
    stored = StoredNetwork(run.name, run.config_json, run.fingerprint, run.ended, folder, *version)
    return Question(stored, function, arguments, time.monotonic() + timeout)

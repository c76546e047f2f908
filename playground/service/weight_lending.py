"""Networks lent to workers that cannot read the store, as its folder is another machine's."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from playground.results import StoredNetwork
from playground.service.question import CANNOT_BE_READ, Question
from playground.store import files

if TYPE_CHECKING:
    from playground.service.cluster import Cluster

log = logging.getLogger(__name__)

PIECE = 4 * 2**20
"""Bytes that are under way at once: a network of 198 MB, sent whole, takes several times that."""


class WeightLender:
    """For the engine's thread. A network goes to a worker once, a piece at a time, however many
    ask for it meanwhile."""

    def __init__(
        self,
        ask: Callable[[Question, str], None],
        then: Callable[[Callable[[], None]], None],
    ) -> None:
        """Make one; ``ask`` puts a request to the worker of an address; ``then`` has the engine's
        thread call something, as a worker's answers come on others."""
        self._ask, self._then = ask, then
        self._waiting: dict[tuple[str, StoredNetwork], list[Question]] = {}

    def lend(self, cluster: "Cluster", request: Question, worker: str) -> None:
        """Send a request's network to the worker of this address, then ask it again."""
        if request.lent:
            request.give("The worker could not keep this network: try again in a moment.")
            return
        request.lent = True
        waiting = self._waiting.setdefault((worker, request.stored), [])
        waiting.append(request)
        if len(waiting) == 1:
            self._send(cluster, worker, request.stored, 0)

    def forget(self) -> None:
        """Give up what is on its way: the connection has ended."""
        self._waiting.clear()

    def _send(self, cluster: "Cluster", worker: str, stored: StoredNetwork, start: int) -> None:
        """Send the piece from ``start`` on; the next one once it is there."""
        from playground.service.cluster import result_of

        known = stored.size, stored.changed
        try:
            piece = files.weights_piece(Path(stored.store), stored.run, known, start, PIECE)
            if piece is None:
                self._end(worker, stored, f"{CANNOT_BE_READ} any more: load this page again.")
                return
            sent = partial(self._sent, cluster, worker, stored, start + len(piece))
            cluster.lend(
                *(stored, start, piece, worker),
                lambda future: self._then(partial(sent, result_of(future))),
            )
        except Exception as error:
            log.exception("The network of run %s could not be sent", stored.run)
            why = getattr(error, "strerror", None) or type(error).__name__
            self._end(worker, stored, f"{CANNOT_BE_READ} for the worker ({why}): try again.")

    def _sent(
        self, cluster: "Cluster", worker: str, stored: StoredNetwork, until: int, problem: str
    ) -> None:
        if problem:
            self._end(worker, stored, problem)
        elif until < stored.size:
            self._send(cluster, worker, stored, until)
        else:
            for request in self._waiting.pop((worker, stored), []):
                self._ask(request, worker)

    def _end(self, worker: str, stored: StoredNetwork, problem: str) -> None:
        for request in self._waiting.pop((worker, stored), []):
            request.give(problem)

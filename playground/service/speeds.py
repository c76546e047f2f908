"""How fast networks train here: measured by the worker while nothing trains, and by runs.

A measuring never makes a run wait: it begins only if no run is on, one at a time, and is ended
when one comes.
"""

import logging
import math
import queue
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from playground.config import RunConfig
from playground.data import datasets
from playground.errors import UserError
from playground.network import Plan, duration, plan_of
from playground.results import Speed
from playground.service.jobs import PATIENCE, Jobs
from playground.store import RunStore

if TYPE_CHECKING:
    from playground.service.cluster import Cluster

log = logging.getLogger(__name__)

MAX_KNOWN = 1000
MAX_WANTED = 4
"""Measurings that wait; a page that still wants an older one asks for it again."""
FRESH = 120.0
"""Seconds after which a measuring that is asked for is repeated: the machine may have been busy.
Its answer stands until then."""
MIN_SECONDS = 0.5
"""Training time from which a run's own epochs tell more than a measuring does."""


@dataclass
class _Measuring:
    shape: str
    key: str
    cluster: "Cluster"
    stop_sent: float | None = None
    """When it was asked to stop, on the monotonic clock."""


class Speeds:
    """The speeds one engine knows. Any thread may ask, or tell what a run took; the engine's thread
    measures."""

    def __init__(self, jobs: Jobs, store: RunStore, data: Path, inbox: "queue.Queue[Any]") -> None:
        """Make one; ``inbox`` is the engine's: a message wakes it, and brings what was measured."""
        self._jobs, self._store, self._data, self._inbox = jobs, store, data, inbox
        self._lock = threading.Lock()
        self._known: dict[str, Speed | None] = {}
        """By shape; None if it cannot be measured."""
        self._fresh_until: dict[str, float] = {}
        """By shape, on the monotonic clock."""
        self._wanted: dict[str, RunConfig] = {}
        """By shape, the latest last."""
        self._on: _Measuring | None = None

    def of(self, config: RunConfig) -> Speed | None:
        """Tell how fast the config's like trains, or None if that is not known: then it is
        measured as soon as no run is on. Raises datasets.DataError."""
        shape = self._shape(config)
        with self._lock:
            known = self._known.get(shape)
            fresh = self._fresh_until.get(shape, math.inf) > time.monotonic()
            if (shape in self._known and fresh) or shape in self._wanted:
                return known
            self._wanted[shape] = config
            if len(self._wanted) > MAX_WANTED:
                del self._wanted[next(iter(self._wanted))]
        self._inbox.put(("measure", None))
        return known

    def seconds(self, config: RunConfig) -> float | None:
        """Tell how long the config's run takes (at most, if it may stop early); None if that
        is not known. Raises datasets.DataError or network.ImpossibleNetwork."""
        speed = self.of(config)
        return duration.seconds(config, *self._sizes(config), speed) if speed else None

    def is_estimate(self, config: RunConfig) -> bool:
        """Tell whether ``seconds`` is an estimate from the network's size, as it is too large to be
        measured. Raises datasets.DataError."""
        shape = self._shape(config)  # which may have the data prepared: not under the lock
        with self._lock:
            speed = self._known.get(shape)
        return speed is not None and speed.estimated

    def known(self, config: RunConfig) -> float | None:
        """Return ``seconds``, without having it measured if it is not known."""
        shape = self._shape(config)  # as above
        with self._lock:
            speed = self._known.get(shape)
        return duration.seconds(config, *self._sizes(config), speed) if speed else None

    def known_of(self, shape: str) -> Speed | None:
        """Return the speed of a shape with its data's fingerprint behind it, if that is known."""
        with self._lock:
            return self._known.get(shape)

    def awaited(self, config: RunConfig) -> bool:
        """Tell whether it is still to be measured. Raises datasets.DataError."""
        shape = self._shape(config)
        with self._lock:
            return shape not in self._known

    def _sizes(self, config: RunConfig) -> tuple[Plan, dict[str, int]]:
        facts = datasets.facts(config.data, self._data)
        plan = plan_of(config, facts)
        return plan, facts.images_of(config.data)

    def _shape(self, config: RunConfig) -> str:
        return duration.shape(config) + datasets.fingerprint(config.data, self._data)

    # --- for the engine's thread ---

    @property
    def measuring(self) -> bool:
        """Whether the worker measures just now."""
        return self._on is not None

    def work(self, cluster: "Cluster | None") -> None:
        """Give way to a run, or begin to measure what was asked for last."""
        if self._on and self._on.cluster is not cluster:
            self._on = None  # its worker is gone, and no answer will come
        busy = bool(self._jobs.submitted()) or self._jobs.any_waits()
        if self._on and busy:
            self._give_way(self._on)
        if self._on or busy or cluster is None:
            return
        with self._lock:
            if not self._wanted:
                return
            shape, config = next(reversed(self._wanted.items()))
        on = self._on = _Measuring(shape, f"speed-{uuid4().hex}", cluster)
        try:
            cluster.measure(
                config.canonical(),
                self._data,
                on.key,
                lambda future: self._inbox.put(("measured", (on, future))),
            )
        except Exception:  # the client has closed: the engine connects again
            log.exception("A speed could not be measured")
            self._on = None

    def _give_way(self, on: _Measuring) -> None:
        now = time.monotonic()
        if on.stop_sent is None:
            on.stop_sent = now
            on.cluster.stop(on.key)
        elif now - on.stop_sent > PATIENCE:
            on.stop_sent = now
            if not on.cluster.end_workers():  # a scheduler's: the run waits on the worker instead
                self._on = None

    def take(self, ended: tuple[_Measuring, Any]) -> None:
        """Keep what was measured."""
        from playground.service.cluster import LOST, result_of

        on, future = ended
        found = result_of(future)
        if on is self._on:
            self._on = None
        if found is None or found == LOST:
            return  # a run came, or the worker went: it is measured later
        if not isinstance(found, Speed):
            log.info("No speed: %s", found)
        speed = found if isinstance(found, Speed) else None
        self._keep(on.shape, speed, time.monotonic() + FRESH)

    def learn(self, config: RunConfig, taken: float) -> None:
        """Take what a run took in all, ``taken`` seconds, once it has finished, in place of what
        was measured before it: of far fewer epochs, and of none of the slow ones."""
        run = self._store.get(config.name)
        if run is None or run.status != "finished":
            return
        if run.seconds is None or run.seconds < MIN_SECONDS:
            return
        try:
            shape, (plan, images) = self._shape(config), self._sizes(config)
        except UserError:
            return  # the data has gone meanwhile
        with self._lock:
            before = self._known.get(shape)
        history, start = self._store.epochs(config.name), before.start if before else None
        self._keep(shape, duration.speed_of_run(history, config, plan, images, taken, start))

    def _keep(self, shape: str, speed: Speed | None, fresh_until: float = math.inf) -> None:
        with self._lock:
            self._wanted.pop(shape, None)
            self._known.pop(shape, None)
            self._known[shape], self._fresh_until[shape] = speed, fresh_until
            if len(self._known) > MAX_KNOWN:
                oldest = next(iter(self._known))
                del self._known[oldest], self._fresh_until[oldest]

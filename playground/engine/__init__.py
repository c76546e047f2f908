"""The engine: submits runs to a worker, watches them, stops them, and keeps what they became.

``Engine.train`` is the cached training function: the same config asked for twice, by one person or
thirty, trains once. Training happens in another process (cluster.py, worker.py); the app's never
imports torch, and Dask only on the engine's thread.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from playground import datasets
from playground.config import RunConfig
from playground.records import EpochMetrics, Result
from playground.runs import RunStore, StoreError

if TYPE_CHECKING:
    from playground.cluster import Cluster

log = logging.getLogger(__name__)

START_AFTER = 1.0
"""Seconds the worker's start waits, so that the first page is drawn before it takes the CPU."""
LOOK_INTERVAL = 2.0
"""Seconds between two looks at whether the cluster still lives."""


@dataclass(frozen=True)
class Ticket:
    """What became of a request: the run's name, and how it is answered."""

    run: str
    how: Literal["cached", "joined", "submitted"]


@dataclass
class _Job:
    """A run that waits or trains here."""

    name: str
    config: RunConfig
    who: str
    """The session that asked first."""
    key: str
    """Names this one training of the run to the worker; another one of the same run has another."""
    submitted: bool = False
    epochs: float = 0.0
    """How many are done, with the share of the present one."""
    stopping: bool = False
    again: bool = False
    """Whether to train it anew once it has stopped."""
    first_epoch: threading.Event = field(default_factory=threading.Event)


@dataclass
class Download:
    """How far a download is; ``message`` is set where it failed."""

    done: int = 0
    total: int = 0
    active: bool = True
    message: str = ""


class Engine:
    """One for the app. Its methods may be called from any thread and return at once."""

    def __init__(self, store: RunStore, data: Path, scheduler: str | None = None) -> None:
        """``data`` is the data folder; ``scheduler`` the address of a Dask scheduler, or None for
        a worker of our own on this machine."""
        self.store, self.data, self.scheduler = store, data, scheduler
        self.problem = ""
        self.download: Download | None = None
        self._lock = threading.RLock()
        self._jobs: dict[str, _Job] = {}
        self._waiting: list[_Job] = []
        self._served: dict[str, float] = {}
        self._mail: queue.Queue[tuple[str, Any] | None] = queue.Queue()
        self._cluster: Cluster | None = None
        self._thread = threading.Thread(target=self._work_through_mail, name="engine", daemon=True)

    def start(self, after: float = 0.0) -> None:
        """Mark the runs an earlier app left unfinished, and start the worker in the background.

        ``after`` so many seconds, if no run is asked for sooner.
        """
        self.store.mark_interrupted()
        self._start_at = time.monotonic() + after
        self._thread.start()

    def close(self) -> None:
        """End the worker. Runs that are on are marked interrupted when the store opens next."""
        self._mail.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=20)

    @property
    def ready(self) -> bool:
        """Whether a worker is there and warm."""
        return self._cluster is not None

    # --- for the pages ---

    def train(self, config: RunConfig, who: str = "") -> Ticket:
        """The cached training function: answer from the store, join the run that is on, or submit.

        ``who`` is the session that asks; the queue takes turns between sessions.
        Raises datasets.DataError where the data is not there, StoreError where nothing can be kept.
        """
        fingerprint = datasets.fingerprint(config.data, self.data)
        with self._lock:
            if job := self._jobs.get(config.name):
                job.again = job.stopping  # who asks for a run that is being stopped wants it whole
                return Ticket(config.name, "joined")
            if self.store.answer(config, fingerprint):
                return Ticket(config.name, "cached")
            if not self.store.queue(config, fingerprint):  # another process trains it
                return Ticket(config.name, "joined")
            job = _Job(config.name, config, who, f"{config.name[:16]}-{uuid4().hex}")
            self._jobs[job.name] = job
            self._waiting.append(job)
        self._mail.put(("look", None))
        return Ticket(config.name, "submitted")

    def wait_for_first_epoch(self, name: str, seconds: float) -> None:
        """Wait until a run that is on has a first epoch to show, or has ended; not longer."""
        if job := self._jobs.get(name):
            job.first_epoch.wait(seconds)

    def stop(self, name: str) -> None:
        """Ask a run to stop. One that waits is ended at once, one that trains within a batch."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                return
            job.stopping = True
            if job in self._waiting:
                self._waiting.remove(job)
                del self._jobs[name]
                self.store.end(name, "stopped", "Stopped before it began.")
                return
        self._mail.put(("stop", job))

    def holds(self, name: str) -> bool:
        """Whether the run waits or trains here, and not in another process on the same store."""
        return name in self._jobs

    def stopping(self, name: str) -> bool:
        """Whether a stop was asked for and not yet reached."""
        job = self._jobs.get(name)
        return job is not None and job.stopping

    def progress(self, name: str) -> float:
        """How many epochs of a run that is on are done, with the share of the present one."""
        job = self._jobs.get(name)
        return job.epochs if job else 0.0

    def training(self) -> list[RunConfig]:
        """What trains now."""
        with self._lock:
            return [job.config for job in self._jobs.values() if job.submitted]

    def place(self, name: str) -> int:
        """The run's place in the queue, from 1; 0 where it does not wait."""
        with self._lock:
            names = [job.name for job in self._turns()]
        return names.index(name) + 1 if name in names else 0

    def fetch_cifar10(self) -> None:
        """Start CIFAR10's download on the worker's machine; ``download`` tells how far it is."""
        with self._lock:
            if self.download and self.download.active:
                return
            self.download = Download()
        self._mail.put(("fetch", None))

    # --- the engine's own thread ---

    def _work_through_mail(self) -> None:
        handlers: dict[str, Callable[[Any], None]] = {
            "event": self._take_event,
            "done": self._take_result,
            "stop": self._send_stop,
            "fetch": self._fetch,
            "fetched": self._take_download,
            "look": lambda _: self.store.mark_interrupted(),
        }
        while (mail := self._next_mail()) is not None:
            kind, content = mail
            try:
                handlers[kind](content)
                self._keep_connected()
                self._pump()
            except Exception:  # the engine must outlive whatever goes wrong with one run
                log.exception("The engine could not handle %r", kind)
        self._disconnect()

    def _next_mail(self) -> tuple[str, Any] | None:
        late = self._start_at - time.monotonic() if self._cluster is None else 0
        try:
            return self._mail.get(timeout=late if late > 0 else LOOK_INTERVAL)
        except queue.Empty:
            return ("look", None)

    def _keep_connected(self) -> None:
        """Connect where there is a reason to: it is time, a run waits, or the cluster broke."""
        if self._cluster is not None and self._cluster.broken:
            log.warning("The worker's processes ended; they are started again.")
            self._disconnect()
        due = time.monotonic() >= self._start_at and not self.problem
        if self._cluster is None and (due or self._waiting):
            self._connect()

    def _connect(self) -> None:
        from playground.cluster import Cluster, ClusterError  # see there

        try:
            self._cluster = Cluster(self.scheduler, lambda event: self._mail.put(("event", event)))
            self.problem = ""
        except ClusterError as error:
            self.problem = str(error)

    def _disconnect(self) -> None:
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            cluster.close()

    def _turns(self) -> list[_Job]:
        """The waiting jobs in the order they will run: sessions take turns."""
        served = dict(self._served)
        left, order = list(self._waiting), []
        while left:
            job = min(left, key=lambda job: served.get(job.who, 0.0))
            served[job.who] = max(served.values(), default=0.0) + 1
            left.remove(job)
            order.append(job)
        return order

    def _pump(self) -> None:
        """Hand runs to the cluster while a device is free."""
        while self._cluster is not None:
            with self._lock:
                on = sum(job.submitted for job in self._jobs.values())
                if not self._waiting or on >= self._cluster.devices:
                    return
                job = self._turns()[0]
                self._waiting.remove(job)
                self._served[job.who] = max(self._served.values(), default=0.0) + 1
                job.submitted = True
            done = partial(self._report, "done", job)
            try:
                self._cluster.train(job.config.canonical(), self.data, job.key, done)
            except Exception:  # the client has closed: the next look connects again
                log.exception("Run %s could not be handed over", job.name)
                with self._lock:
                    job.submitted = False
                    self._waiting.append(job)
                self._disconnect()

    def _report(self, kind: str, job: _Job | None, future: Any) -> None:
        self._mail.put((kind, (job, future)))

    def _send_stop(self, job: _Job) -> None:
        if self._cluster is not None:
            self._cluster.stop(job.key)

    def _take_event(self, event: dict[str, Any]) -> None:
        if "download" in event:
            if self.download:
                self.download.done, self.download.total = event["download"]
            return
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.key == event["key"]]
        job = jobs[0] if jobs else None
        if job is None:
            return
        job.epochs = event.get("at", job.epochs)
        if event.get("began"):
            self.store.start(job.name)
        if event.get("epochs"):
            self.store.add_epochs(job.name, [EpochMetrics(**epoch) for epoch in event["epochs"]])
            job.first_epoch.set()

    def _take_result(self, ended: tuple[_Job, Any]) -> None:
        from playground.cluster import result_of

        job, future = ended
        answer = result_of(future)
        try:
            if isinstance(answer, Result):
                self.store.finish(job.name, answer)
            else:
                self.store.end(job.name, "failed", answer)
        except StoreError as error:
            log.error("%s", error)
        finally:
            with self._lock:
                self._jobs.pop(job.name, None)
            job.first_epoch.set()
        if job.again:
            self.train(job.config, job.who)

    def _fetch(self, _: None) -> None:
        if self._cluster is None:
            self._connect()
        if self._cluster is None:
            self.download = Download(active=False, message=self.problem)
            return
        try:
            self._cluster.fetch(self.data, partial(self._report, "fetched", None))
        except Exception as error:
            log.exception("The download could not be started")
            self.download = Download(active=False, message=f"{error}: try again.")

    def _take_download(self, ended: tuple[None, Any]) -> None:
        from playground.cluster import result_of

        assert self.download is not None
        self.download.message = str(result_of(ended[1]))
        self.download.active = False

"""The engine: submits runs to a worker, watches them, stops them, and keeps what they became.

``Engine.train`` is the cached training function: the same config asked for twice, by one person or
thirty, trains once. Training happens in a Dask worker's process; this file names the training
function and never imports it, so the app's process never imports torch.
"""

import logging
import os
import pkgutil
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from distributed import Client, Event, Future, WorkerPlugin, get_worker
from distributed.deploy.subprocess import SubprocessCluster

from playground import datasets, embedded
from playground.config import RunConfig, from_json
from playground.records import EpochMetrics, Result
from playground.runs import RunStore, StoreError
from playground.settings import PROJECT

log = logging.getLogger(__name__)

TRAIN = "playground.training:train"
WARM_UP = "playground.training:warm_up"
FETCH = "playground.datasets:fetch_cifar10"
TOPIC = "playground"
REPORT_INTERVAL = 0.2
"""Seconds between two reports of a run: a digits epoch takes a millisecond, an event as long."""

KILLED = (
    "The process that trained this run ended suddenly: it was killed, or the machine ran out of "
    "memory. Train again, perhaps with a smaller network or batch."
)


@dataclass(frozen=True)
class Ticket:
    """What became of a request: the run's name, and how it is answered."""

    run: str
    how: Literal["cached", "joined", "submitted"]


@dataclass
class _Job:
    name: str
    config: RunConfig
    who: str
    key: str
    future: Future | None = None
    epochs: float = 0.0
    stopping: bool = False
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
        self._client: Client | None = None
        self._cluster: Any = None
        self._count = 0
        self._thread = threading.Thread(target=self._work_through_mail, name="engine", daemon=True)

    def start(self) -> None:
        """Mark the runs an earlier app left unfinished, and start the worker in the background."""
        self.store.mark_interrupted()
        self._thread.start()
        self._mail.put(("connect", None))

    def close(self) -> None:
        """End the worker. Runs that are on are marked interrupted when the store opens next."""
        self._mail.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=20)

    @property
    def ready(self) -> bool:
        """Whether a worker is there and warm."""
        return self._client is not None

    # --- for the pages ---

    def train(self, config: RunConfig, who: str = "") -> Ticket:
        """The cached training function: answer from the store, join the run that is on, or submit.

        ``who`` is the session that asks; the queue takes turns between sessions.
        Raises datasets.DataError where the data is not there, StoreError where nothing can be kept.
        """
        fingerprint = datasets.fingerprint(config.data, self.data)
        with self._lock:
            if config.name in self._jobs:
                return Ticket(config.name, "joined")
            if self.store.answer(config, fingerprint):
                return Ticket(config.name, "cached")
            if not self.store.queue(config, fingerprint):  # another process trains it
                return Ticket(config.name, "joined")
            self._count += 1
            job = _Job(config.name, config, who, f"{config.name[:16]}-{os.getpid()}-{self._count}")
            self._jobs[job.name] = job
            self._waiting.append(job)
        self._mail.put(("pump", None))
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

    def stopping(self, name: str) -> bool:
        """Whether a stop was asked for and not yet reached."""
        job = self._jobs.get(name)
        return job is not None and job.stopping

    def progress(self, name: str) -> float:
        """How many epochs of a run that is on are done, with the share of the present one."""
        job = self._jobs.get(name)
        return job.epochs if job else 0.0

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
            "connect": lambda _: self._connect(),
            "pump": lambda _: self._pump(),
            "event": self._take_event,
            "done": self._take_result,
            "stop": self._send_stop,
            "fetch": lambda _: self._fetch(),
            "fetched": self._take_download,
        }
        while (mail := self._mail.get()) is not None:
            kind, content = mail
            try:
                handlers[kind](content)
            except Exception:  # the engine must outlive whatever goes wrong with one run
                log.exception("The engine could not handle %r", kind)
        self._disconnect()

    def _connect(self) -> None:
        try:
            if self.scheduler:
                client = Client(self.scheduler, timeout="10s", set_as_default=False)
            else:
                # The worker's processes find this package wherever the app was started from.
                paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
                os.environ[embedded.APP] = str(os.getpid())
                os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
                self._cluster = SubprocessCluster(
                    n_workers=1,
                    threads_per_worker=2,  # a run and, beside it, light work
                    dashboard_address=None,
                    scheduler_kwargs={
                        "allowed_failures": 0,
                        "dashboard": False,
                        "preload": embedded.__name__,
                    },
                    worker_kwargs={
                        "resources": {"device": 1},
                        "local_directory": tempfile.gettempdir(),
                        "dashboard": False,
                        "preload_nanny": embedded.__name__,
                        # Threads that wait must not spin while the pages need the processor.
                        "env": {"OMP_WAIT_POLICY": "PASSIVE"},
                    },
                    shutdown_on_close=False,  # it ends itself, however the app ends
                )
                client = Client(self._cluster, set_as_default=False)
            client.subscribe_topic(TOPIC, lambda event: self._mail.put(("event", event[1])))
            client.wait_for_workers(1, timeout=60)
            client.register_plugin(WarmWorker(WARM_UP), name="playground-warm-up")
        except (OSError, RuntimeError, TimeoutError) as error:
            where = f"the scheduler {self.scheduler}" if self.scheduler else "a worker process"
            self.problem = f"Training is not possible: {where} could not be reached or started."
            log.error("%s %s", self.problem, error)
            self._disconnect()
            return
        self._client, self.problem = client, ""
        self._pump()

    def _disconnect(self) -> None:
        client, cluster, self._client, self._cluster = self._client, self._cluster, None, None
        for thing in (client, cluster):
            if thing is not None:
                try:
                    thing.close(timeout=10)
                except Exception:
                    log.exception("Closing %r failed", thing)

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
        """Hand runs to Dask while a device is free."""
        client = self._client
        if client is None:
            if not self._waiting or not self.problem:
                return
            self._connect()  # a scheduler that was away may be back
            return
        devices = max(1, len(client.nthreads())) if self.scheduler else 1
        while True:
            with self._lock:
                on = sum(job.future is not None for job in self._jobs.values())
                if not self._waiting or on >= devices:
                    return
                job = self._turns()[0]
                self._waiting.remove(job)
                self._served[job.who] = max(self._served.values(), default=0.0) + 1
                job.future = client.submit(
                    work,
                    TRAIN,
                    job.config.canonical(),
                    str(self.data),
                    job.key,
                    key=job.key,
                    resources={"device": 1},
                    retries=0,
                    pure=False,
                )
            job.future.add_done_callback(lambda _, job=job: self._mail.put(("done", job)))

    def _send_stop(self, job: _Job) -> None:
        if self._client is not None:
            Event(job.key, client=self._client).set()

    def _take_event(self, event: dict[str, Any]) -> None:
        if "download" in event:
            if self.download:
                self.download.done, self.download.total = event["download"]
            return
        job = next((job for job in self._jobs.values() if job.key == event["key"]), None)
        if job is None:
            return
        job.epochs = event.get("at", job.epochs)
        if event.get("began"):
            self.store.start(job.name)
        if event.get("epochs"):
            self.store.add_epochs(job.name, [EpochMetrics(**epoch) for epoch in event["epochs"]])
            job.first_epoch.set()

    def _take_result(self, job: _Job) -> None:
        assert job.future is not None
        answer: Result | str
        try:
            answer = job.future.result(timeout=60)
        except Exception:  # whatever ended the worker, the run must end with a word
            log.exception("Run %s ended without a result", job.name)
            answer = KILLED
        job.future.release()
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
        if self._client is not None and self._client.status != "running":
            self._disconnect()
            self._connect()
        self._pump()

    def _fetch(self) -> None:
        if self._client is None:
            self.download = Download(
                active=False, message=self.problem or "Starting up: try again."
            )
            return
        future = self._client.submit(fetch, FETCH, str(self.data), pure=False, retries=0)
        future.add_done_callback(lambda future: self._mail.put(("fetched", future)))

    def _take_download(self, future: Future) -> None:
        assert self.download is not None
        try:
            self.download.message = future.result(timeout=60)
        except Exception:
            log.exception("The download ended without a result")
            self.download.message = "The download ended suddenly: try again."
        future.release()
        self.download.active = False


# --- on the worker ---


class WarmWorker(WorkerPlugin):
    """Makes a new worker ready: everything is imported, and used once."""

    def __init__(self, warm_up: str) -> None:
        self.warm_up = warm_up

    def setup(self, worker: Any) -> None:
        pkgutil.resolve_name(self.warm_up)()


def work(train: str, config: str, data: str, key: str) -> Result | str:
    """Train on the worker and report as it goes; the Result, or a sentence where there is none."""
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
    except Exception as error:  # an exception sent as it is would make the app import torch
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
    return ""

"""The engine's own thread: the only one that speaks with the cluster."""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.errors import without_folders
from playground.results import TrainingRequest, WeightsNeeded
from playground.service import stacking
from playground.service.download import Download
from playground.service.jobs import PATIENCE, Job, Jobs
from playground.service.own_cluster import OwnCluster
from playground.service.question import Question
from playground.service.result_writer import ResultWriter
from playground.service.speeds import Speeds
from playground.service.weight_lending import WeightLender
from playground.store import RunStore

if TYPE_CHECKING:
    from playground.service.cluster import Cluster

log = logging.getLogger(__name__)

LOOK_INTERVAL = 2.0
"""Seconds between two looks at whether the cluster still lives."""
NOT_OBEYED = (
    "Stopped. One of its steps did not end for {:.0f} s, so its process was ended and nothing "
    "could be measured."
)
RETRY_AFTER = 5.0
"""Seconds from a connection that failed to the next try."""

Inbox = queue.Queue[tuple[str, Any] | None]
"""Messages to the thread: requests, and what the cluster reports; None ends it."""


class Dispatcher:
    """Connects to the cluster, hands it what waits, and has kept what comes back."""

    def __init__(
        self,
        store: RunStore,
        data: Path,
        scheduler: str | None,
        jobs: Jobs,
        speeds: Speeds,
        result_writer: ResultWriter,
        inbox: Inbox,
        seconds: float | None,
        end: Callable[[list[Job]], None],
    ) -> None:
        """Make one; ``seconds`` are those of training after which a run is stopped, None without a
        limit; ``end`` ends jobs that wait and are stopping."""
        self.problem = ""
        """Why no worker can be had, as a sentence; empty if one can."""
        self.cluster: Cluster | None = None
        self.devices, self.most = 1, 1
        """How many runs, or stacks of so many runs, can train at once, as last seen."""
        self._store, self._data, self._scheduler = store, data, scheduler
        self._jobs, self._speeds, self._inbox = jobs, speeds, inbox
        self._result_writer = result_writer
        self._seconds, self._end = seconds, end
        self._weight_lender = WeightLender(self._ask, lambda call: inbox.put(("call", call)))
        self._fetching: Download | None = None
        self._pending_downloads: deque[Download] = deque()
        self._retry_at = self._start_at = 0.0
        self._thread = threading.Thread(target=self._handle_messages, name="engine", daemon=True)
        self._writes: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        """What is to be kept, in order: by a thread of its own, as another program may hold the
        store for seconds, in which runs are to be stopped and asked all the same."""
        self._writer = threading.Thread(target=self._run_writes, name="keep", daemon=True)

    def start(self, after: float) -> None:
        """Begin; connect ``after`` so many seconds, if no run is asked for sooner."""
        self._start_at = time.monotonic() + after
        self._thread.start()
        self._writer.start()

    def close(self) -> None:
        """End the threads and the connection."""
        for thread, messages in ((self._thread, self._inbox), (self._writer, self._writes)):
            messages.put(None)
            if thread.is_alive():
                thread.join(timeout=20)

    def _run_writes(self) -> None:
        while (write := self._writes.get()) is not None:
            try:
                write()
            except Exception:  # what one run left is not the others' concern
                log.exception("What a worker told could not be kept")

    def _handle_messages(self) -> None:
        handlers: dict[str, Callable[[Any], None]] = {
            "event": self._receive_event,
            "done": self._receive_result,
            "stop": self._send_stop,
            "leave": self._send_leave_stack,
            "ask": self._ask,
            "call": lambda call: call(),
            "fetch": self._fetch,
            "measure": lambda _: None,  # that there is something to measure is seen below
            "measured": self._speeds.take,
            "look": self._look,
        }
        while (message := self._next_message()) is not None:
            kind, content = message
            try:
                handlers[kind](content)
                self._ensure_connected()
                self._end_unresponsive()
                self._speeds.work(self.cluster)
                if not self._speeds.measuring:  # a run that waits on a worker dies with it
                    self._submit_waiting()
            except Exception:  # the engine must outlive whatever goes wrong with one run
                log.exception("The engine could not handle %r", kind)
        self._disconnect()

    def _next_message(self) -> tuple[str, Any] | None:
        late = self._start_at - time.monotonic() if self.cluster is None else 0
        try:
            return self._inbox.get(timeout=late if late > 0 else LOOK_INTERVAL)
        except queue.Empty:
            return ("look", None)

    def _ensure_connected(self) -> None:
        """Connect if there is a reason to: it is time, a run waits, or the cluster broke."""
        if self.cluster is not None and self.cluster.broken:
            log.warning("The worker's processes ended; they are started again.")
            self._disconnect()
        now, waits = time.monotonic(), self._jobs.any_waits()
        if self.problem:  # a scheduler may come back by itself
            due = now >= self._retry_at and (waits or self._scheduler is not None)
        else:
            due = now >= self._start_at or waits
        if self.cluster is None and due:
            self._connect()

    def _connect(self) -> "Cluster | None":
        try:
            place = self._scheduler or OwnCluster()
        except OSError as error:
            log.exception("No worker")
            why = without_folders(str(error))
            self.problem = f"Training is not possible: no process could be started ({why})."
            self._retry_at = time.monotonic() + RETRY_AFTER
            return None
        # Here, while the cluster starts; see there.
        from playground.service.cluster import Cluster, ClusterError

        try:
            self.cluster = Cluster(place, lambda event: self._inbox.put(("event", event)))
            self.problem = ""
            self._note_room(self.cluster)
        except ClusterError as error:
            self.problem = str(error)
            self._retry_at = time.monotonic() + RETRY_AFTER
        return self.cluster

    def _disconnect(self) -> None:
        cluster, self.cluster = self.cluster, None
        self._weight_lender.forget()
        if cluster is not None:
            cluster.close()

    def _note_room(self, cluster: "Cluster") -> None:
        self.devices, self.most = cluster.devices, stacking.MAX_RUNS if cluster.stacks else 1

    def _submit_waiting(self) -> None:
        """Hand runs to the cluster while a device is free."""
        while (cluster := self.cluster) and self._jobs.any_waits():
            self._note_room(cluster)
            if not (jobs := self._jobs.submit_next(self.devices, self.most)):
                return
            try:
                cluster.train(
                    [
                        TrainingRequest(job.config.canonical(), job.key, job.fingerprint)
                        for job in jobs
                    ],
                    self._data,
                    jobs[0].group,
                    self._seconds,
                    self._store.handover_folder(),
                    lambda future, jobs=jobs: self._inbox.put(("done", (jobs, future))),
                )
            except Exception:  # the client has closed: the next look connects again
                log.exception("Runs %s could not be handed over", [job.name for job in jobs])
                self._jobs.put_back(jobs)
                self._disconnect()

    def _send_stop(self, job: Job) -> None:
        if self._jobs.is_waiting(job):  # again, since it could not be handed over
            self._writes.put(partial(self._end, [job]))
        elif self.cluster is not None:
            job.stop_sent = job.stop_sent or time.monotonic()
            self.cluster.stop(job.key)
            self.cluster.stop(job.group)

    def _send_leave_stack(self, job: Job) -> None:
        """Have a job leave its stack; not if it waits, since it could not be handed over."""
        if self.cluster is not None and not self._jobs.is_waiting(job):
            self.cluster.stop(job.key)
            self.cluster.stop(job.group)

    def _end_unresponsive(self) -> None:
        """Have the device free again if a run neither obeys a stop nor its limit of seconds."""
        late = [job for job in self._jobs.submitted() if self._is_late(job) and not job.ended]
        if late and self.cluster is not None and self.cluster.end_workers():
            for job in late:
                job.ended = NOT_OBEYED.format(PATIENCE)

    def _is_late(self, job: Job) -> bool:
        if job.returned:  # it waits to be kept
            return False
        if job.stop_sent is not None:
            return time.monotonic() - job.stop_sent > PATIENCE
        return self._seconds is not None and job.elapsed > self._seconds + PATIENCE

    def _look(self, _: None) -> None:
        if self._writes.empty():
            self._writes.put(self._result_writer.try_again)
            self._writes.put(self._store.mark_interrupted)

    def _receive_event(self, event: dict[str, Any]) -> None:
        if "download" in event:
            kind, *sizes = event["download"]
            if self._fetching and self._fetching.kind == kind:
                self._fetching.done, self._fetching.total = sizes
        else:
            if ended := self._jobs.of_key(event.get("ended", "")):
                ended.returned = True
            self._writes.put(partial(self._result_writer.event, event))

    def _receive_result(self, ended: tuple[list[Job], Any]) -> None:
        from playground.service.cluster import result_of

        jobs, future = ended
        for job in jobs:
            job.returned = True
        self._writes.put(partial(self._store_results, jobs, result_of(future)))

    def _store_results(self, jobs: list[Job], results: Any) -> None:
        self._result_writer.results(jobs, results)
        if len(jobs) == 1:
            self._speeds.learn(jobs[0].config, jobs[0].elapsed)
        self._inbox.put(("look", None))  # their device is free

    def _ask(self, request: Question, worker: str | None = None) -> None:
        if request.late:
            return
        if cluster := self.cluster or self._connect():

            def wanted(found: WeightsNeeded) -> None:
                lend = partial(self._weight_lender.lend, cluster, request, found.worker)
                self._inbox.put(("call", lend))

            request.put_to(cluster, self._data, wanted, worker)
        else:
            request.give(self.problem)

    def _fetch(self, asked: Download | None) -> None:
        """Begin the next download when it is asked for and when another has ended (None). They go
        one by one: each takes a thread of the worker, and a run needs the other."""
        if asked:
            self._pending_downloads.append(asked)
        while self._pending_downloads and not (self._fetching and self._fetching.active):
            self._fetching = self._pending_downloads.popleft()
            if cluster := self.cluster or self._connect():
                self._fetching.begin(cluster, self._data, lambda: self._inbox.put(("fetch", None)))
            else:
                self._fetching.end(self.problem)

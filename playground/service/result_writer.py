"""What a worker tells of its runs, kept in the store."""

import logging
import time
from collections.abc import Callable
from typing import Any

from playground.errors import explain
from playground.results import EpochMetrics, Result, unpack
from playground.service.jobs import Job, Jobs
from playground.service.limit_checker import LimitChecker
from playground.store import RunStore, StoreError

log = logging.getLogger(__name__)


class ResultWriter:
    """For one thread. ``again`` trains a run anew for those who wanted it while it was
    stopping."""

    def __init__(
        self,
        store: RunStore,
        jobs: Jobs,
        limit_checker: LimitChecker,
        again: Callable[[Job], object],
    ) -> None:
        self._store, self._jobs, self._again = store, jobs, again
        self._limit_checker = limit_checker
        self._unsaved: dict[str, tuple[Job, Result | str]] = {}
        self.problem = ""
        """Why runs that ended are not kept yet, as a sentence; empty while the store takes all."""

    def event(self, event: dict[str, Any]) -> None:
        """Keep what is told on the way: that runs began, how far they are, their epochs; and the
        result of one that ended before those it trained with."""
        if "ended" in event:
            self._end(self._jobs.of_key(event["ended"]), unpack(event["result"]))
        for one in event.get("runs", ()):
            self._progress(one)

    def results(self, jobs: list[Job], found: Any) -> None:
        """Keep what runs became that trained together, or one: a Result or the sentence with which
        it failed for each, or a sentence for all."""
        results = found if isinstance(found, list) else [found] * len(jobs)
        for job, result in zip(jobs, results, strict=True):
            self._end(self._jobs.of_key(job.key), result)

    def try_again(self) -> None:
        """Keep what the store did not take before: what was trained is not lost by a full disk, or
        by another program that holds the store."""
        for job, result in list(self._unsaved.values()):
            self._end(job, result)

    def _progress(self, news: dict[str, Any]) -> None:
        job = self._jobs.of_key(news["key"])
        if job is None:
            return
        job.epochs = news.get("at", job.epochs)
        if news.get("began"):
            job.began = time.monotonic()
            self._store.start(job.name)
        if news.get("epochs"):
            self._store.add_epochs(job.name, [EpochMetrics(**epoch) for epoch in news["epochs"]])
            job.first_epoch.set()

    def _end(self, job: Job | None, result: Result | str) -> None:
        """End a run; what goes wrong with it is not the others' concern."""
        if job is None:
            return  # its end is known already
        try:
            if kept := not _is_to_train_alone(job, result):
                self._save(job, result)
            with self._jobs.lock:  # who asks for it from now on finds it in the store
                over = kept and not _is_to_train_alone(job, result)
                if over:
                    self._jobs.end(job)
            if not over:
                visitor = self._jobs.visitor_of(job.who)
                self._store.queue(job.config, job.fingerprint, visitor)
        except StoreError as error:
            if job.name not in self._unsaved:
                log.warning("Run %s waits to be kept: %s", job.name, error)
            self._unsaved[job.name] = (job, result)
            self.problem = f"{error} What was trained waits until it can be kept."
            return
        self._unsaved.pop(job.name, None)
        if not self._unsaved:
            self.problem = ""
        self._store.clear_handover(job.key)
        if not over:
            alone = self._jobs.requeue_alone(job)
            if alone.stopping:  # meanwhile
                alone.ended = "Stopped before it began."
                self._end(alone, alone.ended)
            return
        job.first_epoch.set()
        self._again(job)

    def _save(self, job: Job, result: Result | str) -> None:
        """Store what a run came to. Raises StoreError if its row could not be closed at all."""
        try:
            if isinstance(result, Result):
                self._store.finish(job.name, result, self._limit_checker.most_bytes)
            elif job.ended:
                self._store.end(job.name, "stopped", job.ended)
            else:
                self._store.end(job.name, "failed", result)
        except StoreError:
            run = self._store.get(job.name)
            if run and run.is_active:
                raise
        except Exception as error:
            log.exception("Run %s could not be kept", job.name)
            self._store.end(job.name, "failed", explain(error))


def _is_to_train_alone(job: Job, result: Result | str) -> bool:
    """Tell whether it was taken out of a stack, so that what it came to there is not kept."""
    return job.leaves_stack and not job.stopping and isinstance(result, Result)

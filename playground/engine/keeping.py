"""What a worker tells of its runs, kept in the store."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playground.engine.jobs import Job, Jobs
from playground.engine.limiting import Limiting
from playground.records import EpochMetrics, Result, unpacked
from playground.refusal import explain
from playground.runs import RunStore, StoreError

log = logging.getLogger(__name__)


class Keeping:
    """For the engine's thread. ``again`` asks for a run anew that was wanted while it stopped."""

    def __init__(
        self, store: RunStore, jobs: Jobs, limiting: Limiting, again: Callable[[Job], object]
    ) -> None:
        self._store, self._jobs, self._limiting, self._again = store, jobs, limiting, again

    def event(self, event: dict[str, Any]) -> None:
        """Keep what is told on the way: that runs began, how far they are, their epochs; and the
        result of one that ended before those it trained with."""
        if "ended" in event:
            self._end(self._jobs.of_key(event["ended"]), unpacked(event["result"]))
        for one in event.get("runs", ()):
            self._progress(one)

    def results(self, jobs: list[Job], found: Any) -> None:
        """Keep what runs became that trained together, or one: a Result or the sentence with which
        it failed for each, or a sentence for all."""
        results = found if isinstance(found, list) else [found] * len(jobs)
        for job, result in zip(jobs, results, strict=True):
            self._end(self._jobs.of_key(job.key), result)

    def _progress(self, told: dict[str, Any]) -> None:
        job = self._jobs.of_key(told["key"])
        if job is None:
            return
        job.epochs = told.get("at", job.epochs)
        if told.get("began"):
            job.began = time.monotonic()
            self._store.start(job.name)
        if told.get("epochs"):
            self._store.add_epochs(job.name, [EpochMetrics(**epoch) for epoch in told["epochs"]])
            job.first_epoch.set()

    def _end(self, job: Job | None, result: Result | str) -> None:
        """Whatever goes wrong with one run here is not the others' concern."""
        if job is None:
            return  # its end is known already
        try:
            if isinstance(result, Result):
                self._store.finish(job.name, result)
                self._limiting.make_room(keep=job.name)
            else:
                self._store.end(job.name, "failed", result)
        except Exception as error:
            log.exception("Run %s could not be kept", job.name)
            with suppress(StoreError):  # else it would be shown as training for ever
                self._store.end(job.name, "failed", explain(error))
        finally:
            self._jobs.end(job)
            job.first_epoch.set()
        if job.again:
            try:
                self._again(job)
            except Exception:
                log.exception("Run %s could not be asked for again", job.name)

"""What a worker reports of its runs, kept in the store."""

import logging
from typing import Any

from playground.engine.jobs import Job, Jobs
from playground.records import EpochMetrics, Result
from playground.runs import RunStore, StoreError

log = logging.getLogger(__name__)


def keep_event(store: RunStore, jobs: Jobs, event: dict[str, Any]) -> None:
    """Keep what a run reports on its way: that it began, how far it is, its epochs."""
    job = jobs.of_key(event["key"])
    if job is None:
        return
    job.epochs = event.get("at", job.epochs)
    if event.get("began"):
        store.start(job.name)
    if event.get("epochs"):
        store.add_epochs(job.name, [EpochMetrics(**epoch) for epoch in event["epochs"]])
        job.first_epoch.set()


def keep_result(store: RunStore, jobs: Jobs, job: Job, result: Result | str) -> None:
    """Keep what a run became, a Result or the sentence with which it failed."""
    try:
        if isinstance(result, Result):
            store.finish(job.name, result)
        else:
            store.end(job.name, "failed", result)
    except StoreError as error:
        log.error("%s", error)
    finally:
        jobs.end(job)
        job.first_epoch.set()

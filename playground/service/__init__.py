"""The engine: submits runs to a worker, watches them, stops them, and keeps what they became.

``Engine.train`` is the cached training function: the same config asked for twice, by one person or
thirty, trains once. Training happens in another process (cluster, worker.py); the app's never
imports torch, and Dask only on the engine's thread.
"""

import logging
import queue
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.data import datasets
from playground.errors import UserError
from playground.network import plan_of
from playground.service import stacking
from playground.service.dispatcher import Dispatcher, Inbox
from playground.service.download import Download
from playground.service.exports import Exports
from playground.service.jobs import Job, Jobs, Ticket, job_of
from playground.service.lessons import Lessons, Standing
from playground.service.limit_checker import (
    LimitChecker,
    LimitError,
    beginning_within,
    limit_problems,
)
from playground.service.question import NoAnswer, question_to
from playground.service.queue_eta import QueueEta
from playground.service.result_writer import ResultWriter
from playground.service.searches import Searches
from playground.service.speeds import Speeds
from playground.service.submission import Submitter
from playground.service.sweeps import Sweeps
from playground.store import Run, RunStore, StoreError
from playground.worker import questions

log = logging.getLogger(__name__)

START_AFTER = 1.0
"""Seconds the worker's start waits, so that the first page is drawn before it takes the CPU."""

__all__ = [
    "START_AFTER",
    "Download",
    "Engine",
    "LimitError",
    "NoAnswer",
    "Standing",
    "Ticket",
    "beginning_within",
    "limit_problems",
]


class Engine:
    """One for the app. Any thread may call its methods; they return at once unless they wait."""

    def __init__(
        self,
        store: RunStore,
        data: Path,
        scheduler: str | None = None,
        limits: AppLimits = AppLimits(),  # noqa: B008 (it is frozen)
    ) -> None:
        """Make one: ``data`` is the data folder; ``scheduler`` the address of a Dask scheduler, or
        None for a worker of our own on this machine; ``limits`` hold for everyone."""
        self.store, self.data, self.scheduler, self.limits = store, data, scheduler, limits
        self.sweeps = Sweeps(self)
        self.searches = Searches(self)
        self.lessons = Lessons(self)
        self.exports = Exports(store.folder, data)
        self._jobs = Jobs()
        self._limit_checker = LimitChecker(limits, store, data)
        self._inbox: Inbox = queue.Queue()
        self.speeds = Speeds(self._jobs, store, data, self._inbox)
        self._queue_eta = QueueEta(self._jobs, self.speeds, limits.seconds)
        self._result_writer = ResultWriter(store, self._jobs, self._limit_checker, self._again)
        self._submitter = Submitter(
            self._jobs, store, self._limit_checker, self._inbox, self._again
        )
        self._downloads: dict[str, Download] = {}
        self._dispatcher = Dispatcher(
            store, data, scheduler, self._jobs, self.speeds, self._result_writer, self._inbox,
            limits.seconds, self._submitter.end,
        )  # fmt: skip

    def start(self, after: float = 0.0) -> None:
        """Mark the runs an earlier app left unfinished, and start the worker in the background.

        ``after`` so many seconds, if no run is asked for sooner.
        """
        self.store.mark_interrupted()
        self._dispatcher.start(after)

    def close(self) -> None:
        """End the worker. Runs that are on are marked interrupted when the store opens next."""
        self.exports.stop_all()
        self.searches.close()
        self._dispatcher.close()

    @property
    def ready(self) -> bool:
        """Whether a worker is there and warm."""
        return self._dispatcher.cluster is not None

    @property
    def problem(self) -> str:
        """Why no worker can be had, as a sentence; empty if one can."""
        return self._dispatcher.problem

    def download(self, kind: str) -> Download | None:
        """Tell how far a data set's download is; None if nobody asked for it."""
        return self._downloads.get(kind)

    # --- for the pages ---

    def train(self, config: RunConfig, who: str = "", with_files: bool = False) -> Ticket:
        """Train a run, cached: answer from the store, join the run that is on, or submit it.

        The run trains alone, whoever else waits: it is what its config says, to the last bit.
        ``who`` is the visitor who asks; the queue takes turns between them. ``with_files``, a
        stored run is trained anew whose weights or predictions were removed.
        Raises datasets.DataError if the data is not there, StoreError if nothing can be kept,
        LimitError if it asks for more than is allowed.
        """
        return self.train_all([config], who, with_files=with_files)[0]

    def train_all(
        self,
        configs: Iterable[RunConfig],
        who: str = "",
        visitor: str = "",
        with_files: bool = False,
        may_stack: bool = False,
    ) -> list[Ticket]:
        """Do ``train`` for each; all are there before the first one begins. If they
        ``may_stack``, those that can train together do, and a stored run that did so answers.
        ``who`` asks on behalf of ``visitor``, if one is named.

        Raises as ``train`` does, and then nothing was asked for."""
        asked = []
        for config in configs:
            facts = datasets.facts(config.data, self.data)
            self._limit_checker.check(config, facts)
            # The clock of a stack runs for all: with less to do, each would get less of its time.
            may = may_stack and self.limits.seconds is None
            stack_key = stacking.key(config, facts) if may else None
            fingerprint = datasets.fingerprint(config.data, self.data)
            asked.append(job_of(config, who, stack_key, fingerprint))
        return self._submitter.enter(asked, who, visitor, with_files, may_stack)

    def refusal(self, config: RunConfig) -> str:
        """Tell why ``train`` would refuse a config, as a sentence; empty if it would not."""
        try:
            facts = datasets.facts(config.data, self.data)
            self._limit_checker.check(config, facts)
            plan_of(config, facts)
        except UserError as error:
            return str(error)
        return ""

    def answer(self, config: RunConfig) -> Run | None:
        """Find the stored run that answers ``train`` of this config, or None. Raises
        datasets.DataError."""
        fingerprint = datasets.fingerprint(config.data, self.data)
        return self.store.answer(config, fingerprint, self.limits.seconds)

    def _again(self, job: Job) -> None:
        """Train a run anew for those who wanted it while it was stopping."""
        for who in job.again:
            try:
                # If it is wanted alone, its stack_key is None; a sweep's may be stacked again.
                self.train_all([job.config], who, may_stack=job.stack_key is not None)
            except Exception:
                log.exception("Run %s could not be asked for again", job.name)

    def wait_for_first_epoch(self, name: str, seconds: float) -> None:
        """Wait until a run that is on has a first epoch to show, or has ended; not longer."""
        if job := self._jobs.get(name):
            job.first_epoch.wait(seconds)

    def stop(self, name: str) -> None:
        """Ask a run to stop. One that waits is ended at once, one that trains within a batch.
        Raises StoreError if it waits on, since that cannot be written."""
        self._submitter.end(self._jobs.stop([name]))

    def stop_all(self, who: str, visitor: str | None = None) -> bool:
        """Stop the runs that this visitor, sweep or search asked for and nobody else.

        Of a sweep or search for one ``visitor``: False if it goes on, since others began it too.
        """
        with self._jobs.lock:
            if visitor is not None and not self._jobs.withdraw_from(who, visitor):
                return False
            stopped = self._jobs.withdraw(who)
        try:
            self._submitter.end(stopped)
        except StoreError:  # its runs wait on: they stay this visitor's, to be stopped again
            if visitor is not None:
                self._jobs.act_for(who, visitor, on=True)
            raise
        return True

    def stop_everything(self) -> None:
        """Stop every run, sweep, search and export, whoever asked for it. For a teacher."""
        stopped = self._jobs.stop_everything()  # first, so that nothing begins meanwhile
        self.searches.stop_all()
        self.exports.stop_all()
        self._submitter.end(stopped)

    @property
    def count(self) -> int:
        """How many runs wait or train here."""
        return self._jobs.count

    @property
    def waiting(self) -> int:
        """How many runs wait here, whoever asked for them."""
        return self._jobs.waiting

    def has_runs_of(self, who: str) -> bool:
        """Tell whether any run is on for this visitor, sweep or search alone."""
        return bool(self._jobs.alone(who))

    def act_for(self, who: str, visitor: str, on: bool = False) -> None:
        """Let ``who``, a sweep or a search, from now on ask on behalf of this visitor; of nobody
        else unless it is ``on``, as it is if it has a run here."""
        self._jobs.act_for(who, visitor, on)

    def is_of(self, who: str, visitor: str) -> bool:
        """Tell whether ``who`` asks on behalf of this visitor."""
        return self._jobs.is_of(who, visitor)

    def withdraw_from(self, who: str, visitor: str) -> bool:
        """Let ``who`` no longer ask on behalf of this visitor; whether it now asks for nobody."""
        return self._jobs.withdraw_from(who, visitor)

    def owns(self, name: str, visitor: str) -> bool:
        """Tell whether this visitor asked for a run that is on, with others or alone."""
        return self._jobs.owns(name, visitor)

    def give_up(self, name: str, visitor: str) -> bool:
        """Stop a run as far as this visitor is concerned; False if it goes on, since others
        asked for it too, or the visitor did not."""
        stopped = self._jobs.give_up(name, visitor)
        self._submitter.end(stopped or [])
        return stopped is not None

    def alone(self, name: str, who: str) -> bool:
        """Tell whether the run is on for this visitor, sweep or search alone."""
        return name in self._jobs.alone(who)

    def has_run(self, name: str) -> bool:
        """Tell whether the run waits or trains here, and not in another process on the same
        store."""
        return self._jobs.get(name) is not None

    def stopping(self, name: str) -> bool:
        """Tell whether a stop was asked for and not yet reached."""
        job = self._jobs.get(name)
        return job is not None and job.stopping

    def is_leaving_stack(self, name: str) -> bool:
        """Tell whether the run is being taken out of a stack, to be trained alone from its
        start."""
        job = self._jobs.get(name)
        return job is not None and job.leaves_stack

    def progress(self, name: str) -> float:
        """Count how many epochs of a run that is on are done, with the share of the present one."""
        job = self._jobs.get(name)
        return job.epochs if job else 0.0

    def elapsed(self, run: Run) -> float:
        """Return the seconds that a run that is on has trained; 0 if that cannot be told."""
        job = self._jobs.get(run.name)
        return job.elapsed if job else run.since

    @property
    def storage_problem(self) -> str:
        """Why runs that ended here are not kept yet, as a sentence; empty if all are."""
        return self._result_writer.problem

    def training(self) -> list[RunConfig]:
        """List the configs that train now; of several that train together, the first."""
        groups = {job.group: job.config for job in reversed(self._jobs.submitted())}
        return list(groups.values())

    @property
    def room(self) -> tuple[int, int]:
        """How many runs, or stacks of runs, can train at once, one at least, and how many a stack
        may have."""
        return max(self._dispatcher.devices, 1), self._dispatcher.most

    def expected(self, config: RunConfig) -> float | None:
        """Return the seconds that a run of this config takes, as measured or estimated; None if
        that is not known."""
        try:
            return self.speeds.known(config)
        except UserError:  # its data has gone
            return None

    def place(self, name: str) -> int:
        """Return the run's place in the queue, from 1; 0 if it does not wait."""
        return self._jobs.place(name)

    def seconds_until_turn(self, name: str) -> float | None:
        """Estimate the seconds until a waiting run's turn comes; None if that is not known."""
        return self._queue_eta.of(name, self._dispatcher.devices, self._dispatcher.most)

    def predict(self, run: str, pixels: np.ndarray, timeout: float = 20) -> np.ndarray:
        """Predict pictures with a stored run's network: probabilities, float32 (n, classes).

        ``pixels`` is uint8 (n, height, width, channels) from 0 to the data set's ``max_pixel``.
        Waits for the worker, which answers beside a run that is on; after ``timeout`` seconds no
        longer. Raises NoAnswer.
        """
        return self.ask(run, questions.PREDICT, timeout, pixels=pixels)

    def ask(self, run: str, function: str, timeout: float = 20, **arguments: Any) -> Any:
        """Ask a stored run's network: ``function`` is one of ``worker.questions``, which says what
        it takes and gives. Waits as ``predict`` does. Raises NoAnswer."""
        question = question_to(self.store, run, function, arguments, timeout)
        self._inbox.put(("ask", question))
        return question.wait()

    def fetch(self, kind: str) -> None:
        """Start a data set's download on the worker's machine; ``download`` tells how far it is."""
        with self._jobs.lock:  # two visitors may press at once
            if (found := self.download(kind)) and found.active:
                return
            self._downloads[kind] = Download(kind)
            self._inbox.put(("fetch", self._downloads[kind]))

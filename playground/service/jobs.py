"""The runs that wait or train here, and whose turn it is."""

import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from playground.config import RunConfig
from playground.service import stacking
from playground.service.fair_queue import FairQueue

PATIENCE = 10.0
"""Seconds from a stop that a worker does not obey until its process is ended. It obeys within two,
but within one call of a library it cannot."""


@dataclass(frozen=True)
class Ticket:
    """What became of a request: the run's name, and how it is answered."""

    run: str
    how: Literal["cached", "joined", "submitted"]


@dataclass(eq=False)
class Job:
    """A run that waits or trains here, or is just being entered in the store."""

    name: str
    config: RunConfig
    fingerprint: str
    """That of the data it was asked for."""
    who: str
    """Who asked first: a visitor, a sweep or a search."""
    key: str
    """Names this one training of the run to the worker; another one of the same run has another."""
    stack_key: str | None = None
    """Equal for jobs that may train together; None if it trains alone."""
    leaves_stack: bool = False
    """Whether it is being taken out of the stack in which it trains, to be trained alone."""
    group: str = ""
    """The key of those it was handed to the cluster with: its own if it trains alone."""
    submitted: bool = False
    epochs: float = 0.0
    """How many are done, with the share of the present one."""
    began: float | None = None
    """When its training began, by a clock that nobody sets (``time.monotonic``)."""
    stopping: bool = False
    stop_sent: float | None = None
    """When its worker was asked to stop it, by the same clock."""
    returned: bool = False
    """Whether its worker is done with it."""
    ended: str = ""
    """Why its worker's process was ended, as a sentence; empty if it was not."""
    others: set[str] = field(default_factory=set)
    """The others who asked for it since."""
    again: list[str] = field(default_factory=list)
    """Those who asked for it while it was stopping: for them it is trained anew."""
    settled: threading.Event = field(default_factory=threading.Event)
    """Set once the store has it, or it is here no more."""
    problem: str = ""
    """Why the store did not take it, as a sentence."""
    first_epoch: threading.Event = field(default_factory=threading.Event)

    @property
    def elapsed(self) -> float:
        """Seconds since its training began; 0 if it has not."""
        return 0.0 if self.began is None else time.monotonic() - self.began

    @property
    def ready(self) -> bool:
        """Whether it may begin."""
        return self.settled.is_set() and not self.stopping

    @property
    def stacked(self) -> bool:
        """Whether it trains in one stack with others."""
        return self.submitted and self.group != self.key

    @property
    def askers(self) -> set[str]:
        """Those who want it; once it is stopping, those who want it anew."""
        return set(self.again) if self.stopping else {self.who, *self.others}

    def join(self, who: str) -> bool:
        """Let ``who`` ask for it too; whether they did not before. A run that is being stopped will
        be trained anew for them."""
        if new := who not in self.askers:
            self.again.append(who) if self.stopping else self.others.add(who)
        return new

    def train_alone(self) -> bool:
        """Have it train alone: one that waits will; whether it is to be taken out of its stack."""
        self.stack_key = None
        new = self.stacked and not self.stopping and not self.leaves_stack
        self.leaves_stack |= new
        return new

    def withdraw(self, who: str) -> None:
        """Take back a ``join``."""
        self.others.discard(who)
        self.again = [one for one in self.again if one != who]


def job_of(config: RunConfig, who: str, stack_key: str | None = None, fingerprint: str = "") -> Job:
    """Make a job for a run that ``who`` asks for."""
    key = f"{config.name[:16]}-{uuid4().hex}"
    return Job(config.name, config, fingerprint, who, key, stack_key)


class Jobs:
    """Every job here by its run's name, and the queue of those that wait.

    Safe to use from several threads; hold ``lock`` if two calls belong together, and never over
    a read or a write of the store, which may wait for seconds.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._here: dict[str, Job] = {}
        self._waiting: list[Job] = []
        self._fair_queue = FairQueue()
        self._places: dict[str, int] | None = None
        """The waiting runs' places, from 1; None if they have changed."""

    def get(self, name: str) -> Job | None:
        """Return the run's job, if it waits or trains here."""
        return self._here.get(name)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._here)

    def of_key(self, key: str) -> Job | None:
        """Find the job that the worker knows by this key."""
        with self.lock:
            return next((job for job in self._here.values() if job.key == key), None)

    # --- who asks ---

    def act_for(self, who: str, visitor: str, on: bool = False) -> Callable[[], object]:
        """Let ``who``, a sweep or a search, from now on ask on behalf of this visitor; of nobody
        else unless it is ``on``, as it is if it has a run here. Gives what takes that back."""
        with self.lock:
            asking = {one for job in self._here.values() for one in job.askers}
            on = on or who in asking
            if on and self.is_of(who, visitor):
                return lambda: None
            self._fair_queue.act_for(who, visitor, not on, asking)
            self._places = None
        return lambda: self.withdraw_from(who, visitor)

    def withdraw_from(self, who: str, visitor: str) -> bool:
        """Let ``who`` no longer ask on behalf of this visitor; whether it now asks for nobody."""
        with self.lock:
            self._places = None
            return self._fair_queue.withdraw(who, visitor)

    def is_of(self, who: str, visitor: str) -> bool:
        """Tell whether ``who`` is this visitor, or asks on their behalf."""
        return self._fair_queue.is_of(who, visitor)

    def owns(self, name: str, visitor: str) -> bool:
        """Tell whether this visitor, or who asks on their behalf, wants a run that is on."""
        with self.lock:
            job = self._here.get(name)
            return job is not None and any(self.is_of(who, visitor) for who in job.askers)

    def give_up(self, name: str, visitor: str) -> list[Job] | None:
        """Take a visitor out of a run's askers, with what asks on their behalf alone; ``stop`` it
        if nobody is left who wants it. None if it goes on; if the visitor did not want
        it, nothing is changed."""
        with self.lock:
            job = self._here.get(name)
            if job is None or not self.owns(name, visitor):
                return None
            left = {who for who in job.askers if not self._fair_queue.is_only_of(who, visitor)}
            if job.stopping:
                job.again = [who for who in job.again if who in left]
            elif left:
                job.who = job.who if job.who in left else min(left)
                job.others = left - {job.who}
                self._places = None
            return None if left else self.stop([name])

    def alone(self, who: str) -> set[str]:
        """List the names of the runs that ``who`` asked for and nobody else."""
        with self.lock:
            return {job.name for job in self._here.values() if job.who == who and not job.others}

    def withdraw(self, who: str) -> list[Job]:
        """Take ``who`` out of its jobs: those that others asked for too are theirs from now on.

        The rest is stopping from now on; gives those as ``stop`` does.
        """
        rest = []
        with self.lock:
            self._places = None
            for job in self._here.values():
                if job.who == who and not job.others:
                    rest.append(job.name)
                elif job.who == who:
                    job.who = job.others.pop()
                job.withdraw(who)
            return self.stop(rest)

    def stop(self, names: Iterable[str]) -> list[Job]:
        """Mark jobs as stopping, so that those that wait do not begin; gives those whose end is the
        caller's to see to.

        One that is being entered is ended by who enters it, and one that waits by who stopped it
        first.
        """
        with self.lock:
            jobs = [job for name in names if (job := self._here.get(name))]
            found = [job for job in jobs if job.submitted or job.ready]
            for job in jobs:
                job.stopping = True
            return found

    def stop_everything(self) -> list[Job]:
        """Do ``stop`` for all, which nobody gets anew."""
        with self.lock:
            for job in self._here.values():
                job.again.clear()
            return self.stop(list(self._here))

    def resume(self, jobs: Iterable[Job]) -> None:
        """Let jobs wait on whose stop could not be written."""
        with self.lock:
            for job in jobs:
                job.stopping = False
                job.others |= set(job.again) - {job.who}
                job.again.clear()

    def visitor_of(self, who: str) -> str:
        """Return the visitor behind ``who``: the first who began that sweep or search."""
        with self.lock:
            return self._fair_queue.visitor(who)

    def waiting_of(self, who: str) -> int:
        """Count how many runs wait that ``who``, or the visitor behind them, asked for first."""
        with self.lock:
            visitor = self._fair_queue.visitor(who)
            return sum(self._fair_queue.visitor(job.who) == visitor for job in self._waiting)

    @property
    def waiting(self) -> int:
        """How many runs wait, whoever asked for them."""
        return len(self._waiting)

    # --- the queue ---

    def reserve(self, jobs: Iterable[Job]) -> list[Job]:
        """Have these here that are not, until the caller will ``settle`` them; gives those."""
        with self.lock:
            reserved = [job for job in jobs if self._here.setdefault(job.name, job) is job]
            for job in reserved:  # perhaps not for the first time
                job.settled.clear()
            return reserved

    def unsettled(self, names: Iterable[str]) -> Job | None:
        """Find one of these that is just being entered in the store, if any is."""
        with self.lock:
            found = (job for name in names if (job := self._here.get(name)))
            return next((job for job in found if not job.settled.is_set()), None)

    def wait(self, jobs: Collection[Job]) -> None:
        """Let jobs that are here take their place in the queue; they begin once settled."""
        with self.lock:
            self._waiting += jobs
            self._rank()  # so that they stand in line from now on

    def settle(self, jobs: Sequence[Job], entered: Collection[str], problem: str = "") -> list[Job]:
        """Say which of the reserved jobs the store took: the others are here no more, because of
        ``problem``. Gives those that were stopped meanwhile, to be ended by the caller."""
        with self.lock:
            for job in jobs:
                if job.name not in entered:
                    job.problem = problem
                    self._drop(job)
                job.settled.set()
            return [job for job in jobs if job.name in entered and job.stopping]

    def is_waiting(self, job: Job) -> bool:
        """Tell whether a job waits and does not train."""
        return job in self._waiting

    def end(self, job: Job) -> None:
        """Take a job out that has ended, or is not to begin."""
        with self.lock:
            self._drop(job)

    def _drop(self, job: Job) -> None:
        self._here.pop(job.name, None)
        if job in self._waiting:
            self._waiting.remove(job)
            self._places = None

    def submit_next(self, devices: int, most: int = stacking.MAX_RUNS) -> list[Job]:
        """Take the job whose turn it is, with those that wait and may train with it, whoever asked
        for them, ``most`` in all; now counted as submitted. Empty while all devices are taken.
        If several are free, those alike are shared out among them."""
        with self.lock:
            groups = {job.group for job in self.submitted()}
            order = self._order() if len(groups) < devices else []
            ready = [job for job in order if job.ready]
            if not ready:
                return []
            chosen = next(_together(ready, most, devices - len(groups)))
            first = chosen[0]
            for job in chosen:
                self._waiting.remove(job)
                job.submitted = True
                job.group = first.key if len(chosen) == 1 else f"together-{first.key}"
            self._fair_queue.serve(first.who)
            self._rank()
            return chosen

    def put_back(self, jobs: list[Job]) -> None:
        """Let jobs wait again that could not be handed over."""
        with self.lock:
            for job in jobs:
                job.submitted, job.group, job.began, job.leaves_stack = False, "", None, False
            self._waiting[:0] = jobs
            self._places = None

    def requeue_alone(self, job: Job) -> Job:
        """Let a job wait that left its stack: as another one, as the stack may still tell of it.
        Gives that."""
        with self.lock:
            new = job_of(job.config, job.who, None, job.fingerprint)
            new.others, new.stopping, new.again = job.others, job.stopping, job.again
            new.settled.set()
            self._here[job.name] = new
            self.wait([new])
            return new

    def submitted(self) -> list[Job]:
        """List the jobs that the cluster has."""
        with self.lock:
            return [job for job in self._here.values() if job.submitted]

    def any_waits(self) -> bool:
        """Tell whether any job waits."""
        return bool(self._waiting)

    def place(self, name: str) -> int:
        """Return the run's place in the queue, from 1; 0 if it does not wait."""
        with self.lock:
            return (self._places if self._places is not None else self._rank()).get(name, 0)

    def _order(self) -> list[Job]:
        return self._fair_queue.order(self._waiting, self.submitted())

    def _rank(self) -> dict[str, int]:
        order = self._order()
        self._places = {job.name: place for place, job in enumerate(order, 1)}
        return self._places

    def ahead(self, free: int = 1, most: int = stacking.MAX_RUNS) -> list[list[Job]]:
        """List those that wait as they will be handed over, in that order, if so many devices
        are free now and one at a time from then on."""
        with self.lock:
            waiting = self._order()
        return list(_together(waiting, most, free))


def _together(turns: list[Job], most: int, free: int) -> Iterator[list[Job]]:
    """Yield each whose turn it is with those after it that may train with it, as many as leave
    their share to each of the devices that are ``free``."""
    by_key: dict[str | None, deque[Job]] = defaultdict(deque)
    for job in turns:
        by_key[job.stack_key].append(job)
    taken: set[str] = set()
    for job in turns:
        if job.name in taken:
            continue
        others = by_key[job.stack_key] if job.stack_key else deque([job])
        share = math.ceil(len(others) / max(free, 1))
        chosen = [others.popleft() for _ in range(min(most, share))]
        taken.update(one.name for one in chosen)
        free -= 1
        yield chosen

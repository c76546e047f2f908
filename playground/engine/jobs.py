"""The runs that wait or train here, and whose turn it is."""

import math
import threading
import time
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from playground import together
from playground.config import RunConfig
from playground.engine.turns import Turns


@dataclass(frozen=True)
class Ticket:
    """What became of a request: the run's name, and how it is answered."""

    run: str
    how: Literal["cached", "joined", "submitted"]


@dataclass
class Job:
    """A run that waits or trains here."""

    name: str
    config: RunConfig
    fingerprint: str
    """That of the data it was asked for."""
    who: str
    """Who asked first: a visitor, a sweep or a search."""
    key: str
    """Names this one training of the run to the worker; another one of the same run has another."""
    alike: str | None = None
    """Equal for jobs that may train together; None where it trains alone."""
    group: str = ""
    """The key of those it was handed to the cluster with: its own where it trains alone."""
    submitted: bool = False
    epochs: float = 0.0
    """How many are done, with the share of the present one."""
    began: float | None = None
    """When its training began, by a clock that nobody sets (``time.monotonic``)."""
    stopping: bool = False
    others: set[str] = field(default_factory=set)
    """Who else asked for it since."""
    again: list[str] = field(default_factory=list)
    """Who asked for it while it was stopping: for them it is trained anew."""
    first_epoch: threading.Event = field(default_factory=threading.Event)

    @property
    def taken(self) -> float:
        """Seconds since its training began; 0 where it has not."""
        return 0.0 if self.began is None else time.monotonic() - self.began

    @property
    def askers(self) -> set[str]:
        """Who wants it; once it is stopping, who wants it anew."""
        return set(self.again) if self.stopping else {self.who, *self.others}


class Jobs:
    """Every job here by its run's name, and the queue of those that wait.

    Safe to use from several threads; hold ``lock`` where two calls belong together.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._here: dict[str, Job] = {}
        self._waiting: list[Job] = []
        self._turns = Turns()
        self._places: dict[str, int] | None = None
        """The waiting runs' places, from 1; None where they have changed."""

    def get(self, name: str) -> Job | None:
        """The run's job, if it waits or trains here."""
        return self._here.get(name)

    def of_key(self, key: str) -> Job | None:
        """The job that the worker knows by this key."""
        with self.lock:
            return next((job for job in self._here.values() if job.key == key), None)

    # --- who asks ---

    def act_for(self, who: str, visitor: str, on: bool = False) -> None:
        """From now on ``who``, a sweep or a search, asks on behalf of this visitor; of nobody else
        unless it is ``on``, as it is where it has a run here."""
        with self.lock:
            anew = not on and not any(who in job.askers for job in self._here.values())
            self._turns.act_for(who, visitor, anew)
            self._places = None

    def withdraw_from(self, who: str, visitor: str) -> bool:
        """Let ``who`` no longer ask on behalf of this visitor; whether it now asks for nobody."""
        with self.lock:
            self._places = None
            return self._turns.withdraw(who, visitor)

    def is_of(self, who: str, visitor: str) -> bool:
        """Whether ``who`` is this visitor, or asks on their behalf."""
        return self._turns.is_of(who, visitor)

    def owns(self, name: str, visitor: str) -> bool:
        """Whether this visitor, or who asks on their behalf, wants a run that is on."""
        with self.lock:
            job = self._here.get(name)
            return job is not None and any(self.is_of(who, visitor) for who in job.askers)

    def give_up(self, name: str, visitor: str) -> bool:
        """Take a visitor out of a run's askers, with what asks on their behalf alone; whether
        nobody is left who wants it. Where the visitor did not, nothing is changed."""
        with self.lock:
            job = self._here.get(name)
            if job is None or not self.owns(name, visitor):
                return False
            left = {who for who in job.askers if not self._turns.is_only_of(who, visitor)}
            if job.stopping:
                job.again = [who for who in job.again if who in left]
            elif left:
                job.who = job.who if job.who in left else min(left)
                job.others = left - {job.who}
                self._places = None
            return not left

    def alone(self, who: str) -> set[str]:
        """The names of the runs that ``who`` asked for and nobody else."""
        with self.lock:
            return {job.name for job in self._here.values() if job.who == who and not job.others}

    def leave(self, who: str) -> list[str]:
        """Take ``who`` out of its jobs: those that others asked for too are theirs from now on.

        Gives the names of the rest, those that wait before the one that trains, so that they can be
        stopped one by one without another one of them beginning.
        """
        rest = []
        with self.lock:
            self._places = None
            for job in self._here.values():
                job.others.discard(who)
                job.again = [one for one in job.again if one != who]
                if job.who == who and job.others:
                    job.who = job.others.pop()
                elif job.who == who:
                    rest.append(job)
        return [job.name for job in sorted(rest, key=lambda job: job.submitted)]

    def visitor_of(self, who: str) -> str:
        """The visitor behind ``who``: the first who began that sweep or search."""
        with self.lock:
            return self._turns.visitor(who)

    def waiting_of(self, who: str) -> int:
        """How many runs wait that ``who``, or the visitor behind them, asked for first."""
        with self.lock:
            visitor = self._turns.visitor(who)
            return sum(self._turns.visitor(job.who) == visitor for job in self._waiting)

    # --- the queue ---

    def add(
        self, config: RunConfig, who: str, alike: str | None = None, fingerprint: str = ""
    ) -> None:
        """Let a run wait for its turn."""
        key = f"{config.name[:16]}-{uuid4().hex}"
        job = Job(config.name, config, fingerprint, who, key, alike)
        with self.lock:
            self._here[job.name] = job
            self._waiting.append(job)
            self._places = None

    def waits(self, job: Job) -> bool:
        """Whether a job waits and does not train."""
        return job in self._waiting

    def withdraw(self, job: Job) -> bool:
        """Take a job out that waits; False where it trains already."""
        with self.lock:
            if job not in self._waiting:
                return False
            self._waiting.remove(job)
            del self._here[job.name]
            self._places = None
            return True

    def end(self, job: Job) -> None:
        """Take a job out that has ended."""
        with self.lock:
            self._here.pop(job.name, None)

    def submit_next(self, devices: int, most: int = together.MOST) -> list[Job]:
        """The job whose turn it is, with those that wait and may train with it, whoever asked for
        them, ``most`` in all; now counted as submitted. Empty while all devices are taken. Where
        several are free, those alike are shared out among them."""
        with self.lock:
            groups = {job.group for job in self.submitted()}
            if not self._waiting or len(groups) >= devices:
                return []
            chosen = _together(self._turns.order(self._waiting), most, devices - len(groups))
            first = chosen[0]
            for job in chosen:
                self._waiting.remove(job)
                job.submitted = True
                job.group = first.key if len(chosen) == 1 else f"together-{first.key}"
            self._turns.serve(first.who)
            self._places = None
            return chosen

    def put_back(self, jobs: list[Job]) -> None:
        """Let jobs wait again that could not be handed over."""
        with self.lock:
            for job in jobs:
                job.submitted, job.group, job.began = False, "", None
            self._waiting[:0] = jobs
            self._places = None

    def submitted(self) -> list[Job]:
        """The jobs that the cluster has."""
        with self.lock:
            return [job for job in self._here.values() if job.submitted]

    def any_waits(self) -> bool:
        """Whether any job waits."""
        return bool(self._waiting)

    def place(self, name: str) -> int:
        """The run's place in the queue, from 1; 0 where it does not wait."""
        with self.lock:
            if self._places is None:
                order = self._turns.order(self._waiting)
                self._places = {job.name: place for place, job in enumerate(order, 1)}
            return self._places.get(name, 0)

    def ahead(self, free: int = 1, most: int = together.MOST) -> list[list[Job]]:
        """Those that wait as they will be handed over, in that order, where so many devices are
        free now and one at a time from then on."""
        with self.lock:
            waiting, found = self._turns.order(self._waiting), []
        while waiting:
            found.append(_together(waiting, most, max(free - len(found), 1)))
            chosen = {job.name for job in found[-1]}
            waiting = [job for job in waiting if job.name not in chosen]
        return found


def _together(turns: list[Job], most: int, free: int) -> list[Job]:
    """The first, with those of the others that may train with it, as many as leave their share to
    each of the devices that are ``free``."""
    first, *others = turns
    alike = [job for job in others if first.alike and job.alike == first.alike]
    share = math.ceil((1 + len(alike)) / free)
    return [first, *alike[: min(most, share) - 1]]

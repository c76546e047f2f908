"""The runs that wait or train here, and whose turn it is."""

import math
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal
from uuid import uuid4

from playground import together
from playground.config import RunConfig

MOST_SESSIONS = 1000
"""Sessions whose last turn is remembered; who was served longer ago counts as new."""


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
    who: str
    """The session that asked first."""
    key: str
    """Names this one training of the run to the worker; another one of the same run has another."""
    alike: str | None = None
    """Equal for jobs that may train together; None where it trains alone."""
    seconds: float | None = None
    """Seconds of training after which it is stopped; None where it may go on."""
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
    again: bool = False
    """Whether to train it anew once it has stopped."""
    first_epoch: threading.Event = field(default_factory=threading.Event)

    @property
    def taken(self) -> float:
        """Seconds since its training began; 0 where it has not."""
        return 0.0 if self.began is None else time.monotonic() - self.began


class Jobs:
    """Every job here by its run's name, and the queue of those that wait.

    Safe to use from several threads; hold ``lock`` where two calls belong together.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._here: dict[str, Job] = {}
        self._waiting: list[Job] = []
        self._served: dict[str, int] = {}
        """When an asker was last served, counted in turns; the latest last."""
        self._behind: dict[str, list[str]] = {}
        """Who began a sweep or a search, by the name under which it asks; the latest last."""

    def get(self, name: str) -> Job | None:
        """The run's job, if it waits or trains here."""
        return self._here.get(name)

    def of_key(self, key: str) -> Job | None:
        """The job that the worker knows by this key."""
        with self.lock:
            return next((job for job in self._here.values() if job.key == key), None)

    def act_for(self, who: str, visitor: str, anew: bool) -> None:
        """From now on ``who``, a sweep or a search, asks on behalf of this visitor: of nobody else
        where it begins ``anew``."""
        with self.lock:
            behind = self._behind.pop(who, [])
            if anew:
                behind = []
            self._behind[who] = behind if visitor in behind else [*behind, visitor]
            if len(self._behind) > MOST_SESSIONS:
                del self._behind[next(iter(self._behind))]

    def is_of(self, who: str, visitor: str) -> bool:
        """Whether ``who`` is this visitor, or asks on their behalf."""
        return who == visitor or visitor in self._behind.get(who, ())

    def withdraw_from(self, who: str, visitor: str) -> bool:
        """Let ``who`` no longer ask on behalf of this visitor; whether it now asks for nobody."""
        with self.lock:
            behind = self._behind.get(who, [])
            if visitor in behind:
                behind.remove(visitor)
            return not behind

    def waiting_of(self, who: str) -> int:
        """How many runs wait that ``who``, or the visitor behind them, asked for first."""
        with self.lock:
            visitor = self._visitor(who)
            return sum(self._visitor(job.who) == visitor for job in self._waiting)

    def _visitor(self, who: str) -> str:
        behind = self._behind.get(who)
        return behind[0] if behind else who

    def alone(self, who: str) -> set[str]:
        """The names of the runs that ``who`` asked for and nobody else."""
        with self.lock:
            return {job.name for job in self._here.values() if job.who == who and not job.others}

    def askers(self, name: str) -> set[str]:
        """Who asked for a run that is on."""
        with self.lock:
            job = self._here.get(name)
            return {job.who, *job.others} if job else set()

    def drop(self, name: str, askers: set[str]) -> bool:
        """Take these out of a run's askers; False where nobody would be left, and then nothing is
        changed."""
        with self.lock:
            job = self._here.get(name)
            left = self.askers(name) - askers
            if job is None or not left:
                return False
            if job.who in askers:
                job.who = min(left)
            job.others = left - {job.who}
            return True

    def leave(self, who: str) -> list[str]:
        """Take ``who`` out of its jobs: those that others asked for too are theirs from now on.

        Gives the names of the rest, those that wait before the one that trains, so that they can be
        stopped one by one without another one of them beginning.
        """
        rest = []
        with self.lock:
            for job in self._here.values():
                job.others.discard(who)
                if job.who == who and job.others:
                    job.who = job.others.pop()
                elif job.who == who:
                    rest.append(job)
        return [job.name for job in sorted(rest, key=lambda job: job.submitted)]

    def add(
        self,
        config: RunConfig,
        who: str,
        alike: str | None = None,
        seconds: float | None = None,
    ) -> None:
        """Let a run wait for its turn."""
        job = Job(config.name, config, who, f"{config.name[:16]}-{uuid4().hex}", alike, seconds)
        with self.lock:
            self._here[job.name] = job
            self._waiting.append(job)

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
            free = devices - len(groups)
            chosen = _together(self._turns(), most, free)
            first = chosen[0]
            for job in chosen:
                self._waiting.remove(job)
                job.submitted = True
                job.group = first.key if len(chosen) == 1 else f"together-{first.key}"
            turn = max(self._served.values(), default=0) + 1
            for served in {self._visitor(first.who), first.who}:
                self._served.pop(served, None)
                self._served[served] = turn
                if len(self._served) > MOST_SESSIONS:
                    del self._served[next(iter(self._served))]
            return chosen

    def put_back(self, jobs: list[Job]) -> None:
        """Let jobs wait again that could not be handed over."""
        with self.lock:
            for job in jobs:
                job.submitted, job.group, job.began = False, "", None
            self._waiting[:0] = jobs

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
            names = [job.name for job in self._turns()]
        return names.index(name) + 1 if name in names else 0

    def ahead(self, devices: int = 1, most: int = together.MOST) -> list[list[Job]]:
        """Those that wait about as they will be handed over, in that order."""
        with self.lock:
            waiting, found = self._turns(), []
        while waiting:
            found.append(_together(waiting, most, devices))
            chosen = {job.name for job in found[-1]}
            waiting = [job for job in waiting if job.name not in chosen]
        return found

    def _turns(self) -> list[Job]:
        """The waiting jobs in the order they will run: visitors take turns, and within the runs of
        one of them, what they asked for themselves and each of their sweeps and searches."""
        of_asker, of_visitor = defaultdict(list), defaultdict(list)
        for job in self._waiting:
            of_asker[job.who].append(job)
        for who, jobs in of_asker.items():
            of_visitor[self._visitor(who)].append((who, jobs))
        own = [(who, self._alternate(lists)) for who, lists in of_visitor.items()]
        return self._alternate(own)

    def _alternate(self, lists: list[tuple[str, list[Job]]]) -> list[Job]:
        """One of each list in turn, who was served longest ago first."""
        ordered = sorted(lists, key=lambda item: self._served.get(item[0], 0))
        rounds = zip_longest(*(jobs for _, jobs in ordered))
        return [job for one in rounds for job in one if job is not None]


def _together(turns: list[Job], most: int, free: int) -> list[Job]:
    """The first, with those of the others that may train with it, as many as leave their share to
    each of the devices that are ``free``."""
    first, *others = turns
    alike = [job for job in others if first.alike and job.alike == first.alike]
    share = math.ceil((1 + len(alike)) / free)
    return [first, *alike[: min(most, share) - 1]]

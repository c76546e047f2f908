"""The runs that wait or train here, and whose turn it is."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
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
        """When a session was last served, counted in turns; the latest last."""

    def get(self, name: str) -> Job | None:
        """The run's job, if it waits or trains here."""
        return self._here.get(name)

    def of_key(self, key: str) -> Job | None:
        """The job that the worker knows by this key."""
        with self.lock:
            return next((job for job in self._here.values() if job.key == key), None)

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
            for job in self._here.values():
                job.others.discard(who)
                if job.who == who and job.others:
                    job.who = job.others.pop()
                elif job.who == who:
                    rest.append(job)
        return [job.name for job in sorted(rest, key=lambda job: job.submitted)]

    def add(self, config: RunConfig, who: str, alike: str | None = None) -> None:
        """Let a run wait for its turn."""
        job = Job(config.name, config, who, f"{config.name[:16]}-{uuid4().hex}", alike)
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
        them, ``most`` in all; now counted as submitted. Empty while all devices are taken."""
        with self.lock:
            groups = {job.group for job in self.submitted()}
            if not self._waiting or len(groups) >= devices:
                return []
            first, *others = self._turns()
            alike = [job for job in others if first.alike and job.alike == first.alike]
            chosen = [first, *alike[: most - 1]]
            for job in chosen:
                self._waiting.remove(job)
                job.submitted = True
                job.group = first.key if len(chosen) == 1 else f"together-{first.key}"
            self._serve(first.who)
            return chosen

    def _serve(self, who: str) -> None:
        latest = max(self._served.values(), default=0)
        self._served.pop(who, None)
        self._served[who] = latest + 1
        if len(self._served) > MOST_SESSIONS:
            del self._served[next(iter(self._served))]

    def put_back(self, jobs: list[Job]) -> None:
        """Let jobs wait again that could not be handed over."""
        with self.lock:
            for job in jobs:
                job.submitted, job.group = False, ""
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

    def _turns(self) -> list[Job]:
        """The waiting jobs in the order they will run: sessions take turns."""
        rounds: Counter[str] = Counter()
        turns = []
        for job in self._waiting:  # a session's first one, and so on, in the order they came
            turns.append((rounds[job.who], self._served.get(job.who, 0), len(turns)))
            rounds[job.who] += 1
        return [self._waiting[place] for *_, place in sorted(turns)]

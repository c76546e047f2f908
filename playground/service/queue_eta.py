"""How long a run waits for its turn, from what runs like those before it take."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from playground.errors import UserError
from playground.service.jobs import Job, Jobs

if TYPE_CHECKING:
    from playground.service.speeds import Speeds

FRESH = 1.0
"""Seconds for which one count of the queue serves all who ask."""
MAX_COUNTED = 200
"""Runs, or stacks of runs, whose waits are counted: of 1,900 that took 0.4 s."""
_EACH_MORE = 0.3
"""What each more run of a stack adds to the time of one: 16 took 2.8 to 5.6 times as long."""


def seconds_together(times: Sequence[float]) -> float:
    """Estimate the seconds that runs take which train together, from those that each takes alone:
    the most that was measured."""
    return max(times) * (1 + _EACH_MORE * (len(times) - 1))


class QueueEta:
    """The times that the runs of one queue wait. Any thread may ask."""

    def __init__(self, jobs: Jobs, speeds: "Speeds", seconds: float | None) -> None:
        """Make one; ``seconds`` are those of training after which a run is stopped, None without a
        limit."""
        self._jobs, self._speeds, self._seconds = jobs, speeds, seconds
        self._counted = float("-inf")
        self._seconds_until: dict[str, float | None] = {}

    def of(self, name: str, devices: int, most: int) -> float | None:
        """Estimate the seconds until the run's turn comes; None if it does not wait, or that is
        not known."""
        if devices < 1:
            return None
        now = time.monotonic()
        if now - self._counted >= FRESH:
            self._counted = now  # first: the others who ask meanwhile need not count too
            self._seconds_until = self._count(devices, most)
        return self._seconds_until.get(name)

    def _count(self, devices: int, most: int) -> dict[str, float | None]:
        on: dict[str, list[Job]] = {}
        for job in self._jobs.submitted():
            on.setdefault(job.group, []).append(job)
        free = [self._left(jobs) for jobs in on.values()]
        idle = max(devices - len(free), 0)
        free += [0.0] * idle
        found: dict[str, float | None] = {}
        for jobs in self._jobs.ahead(idle, most)[:MAX_COUNTED]:
            place = min(range(len(free)), key=lambda one: (free[one] is None, free[one] or 0.0))
            begins, takes = free[place], self._seconds_of(jobs)
            found |= dict.fromkeys((job.name for job in jobs), begins)
            free[place] = None if begins is None or takes is None else begins + takes
        return found

    def _seconds_of(self, jobs: list[Job]) -> float | None:
        """Estimate the seconds that these take together."""
        try:
            times = [self._speeds.known(job.config) for job in jobs]
        except UserError:
            return None  # their data has gone
        if None in times:
            return None
        known = [time for time in times if time is not None]
        if self._seconds is not None:
            known = [min(time, self._seconds) for time in known]
        return seconds_together(known)

    def _left(self, jobs: list[Job]) -> float | None:
        """Estimate the seconds until these, which train, have ended: from how far they are, once
        that tells."""
        first = jobs[0]
        spent = first.elapsed
        total = max(job.config.run.epochs for job in jobs)
        if first.epochs and spent > 1:
            left = spent / first.epochs * (total - first.epochs)
            return left if self._seconds is None else min(left, max(self._seconds - spent, 0.0))
        takes = self._seconds_of(jobs)
        return None if takes is None else max(takes - spent, 0.0)

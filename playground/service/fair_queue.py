"""Whose turn it is: visitors take turns, which their own runs, sweeps and searches share."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

MOST = 1000
"""Sweeps and searches whose visitors are remembered, beside those that have a run here."""


class Waiting(Protocol):
    """A run or an export that waits."""

    @property
    def who(self) -> str:
        """Who asked for it."""


T = TypeVar("T", bound=Waiting)


class FairQueue:
    """Round robin: who has runs waiting stands in line, and at its end while one of theirs trains.

    Whoever comes later, with however many new cookies, stands behind those who wait: so a visitor's
    next run has no more than one of each other visitor's before it. For Jobs and Exports, which
    lock.
    """

    def __init__(self) -> None:
        self._line: list[str] = []
        """The visitors with runs that wait; whose turn it is first."""
        self._served: dict[str, dict[str, int]] = {}
        """Of each of them, when each asker of theirs was last served, counted."""
        self._behind: dict[str, list[str]] = {}
        """Who began a sweep or a search, by the name under which it asks; the latest last."""

    def act_for(self, who: str, visitor: str, anew: bool, on: Collection[str] = ()) -> None:
        """Let ``who``, a sweep or a search, from now on ask on behalf of this visitor: of nobody
        else if it begins ``anew``. Whoever is ``on`` is remembered."""
        known = self._behind.pop(who, [])
        behind = [] if anew else [one for one in known if one != visitor]
        self._behind[who] = [*behind, visitor]
        if len(self._behind) > MOST:
            oldest = next((one for one in self._behind if one not in on), None)
            if oldest is not None and oldest != who:
                del self._behind[oldest]

    def is_of(self, who: str, visitor: str) -> bool:
        """Tell whether ``who`` is this visitor, or asks on their behalf."""
        return who == visitor or visitor in self._behind.get(who, ())

    def is_only_of(self, who: str, visitor: str) -> bool:
        """Tell whether ``who`` is this visitor, or asks on their behalf and nobody else's."""
        return who == visitor or self._behind.get(who) == [visitor]

    def withdraw(self, who: str, visitor: str) -> bool:
        """Let ``who`` no longer ask on behalf of this visitor; whether it now asks for nobody."""
        behind = self._behind.get(who, [])
        if visitor in behind:
            behind.remove(visitor)
        return not behind

    def visitor(self, who: str) -> str:
        """Return the visitor whose turns ``who`` takes: the first who began it."""
        behind = self._behind.get(who)
        return behind[0] if behind else who

    def serve(self, who: str) -> None:
        """Record that it was the turn of ``who``."""
        served = self._served.setdefault(self.visitor(who), {})
        served[who] = max(served.values(), default=0) + 1

    def order(self, waiting: Iterable[T], served: Iterable[T]) -> list[T]:
        """List those that wait in the order of their turns; ``served`` are those whose turn it
        is."""
        of: dict[str, dict[str, list[T]]] = defaultdict(lambda: defaultdict(list))
        for job in waiting:
            of[self.visitor(job.who)][job.who].append(job)
        on = {self.visitor(job.who) for job in served}
        line = [one for one in dict.fromkeys([*self._line, *of]) if one in of]
        self._line = sorted(line, key=on.__contains__)
        self._served = {one: self._served[one] for one in self._line if one in self._served}
        return _alternate([self._own(visitor, of[visitor]) for visitor in self._line])

    def _own(self, visitor: str, of: dict[str, list[T]]) -> list[T]:
        """Order a visitor's runs: of each asker of theirs in turn, who was served longest ago
        first."""
        served = self._served.get(visitor, {})
        return _alternate([of[who] for who in sorted(of, key=lambda who: served.get(who, 0))])


def _alternate(lists: list[list[T]]) -> list[T]:
    """Take one of each list in turn."""
    found: list[T] = []
    place = 0
    while lists := [jobs for jobs in lists if len(jobs) > place]:
        found += [jobs[place] for jobs in lists]
        place += 1
    return found

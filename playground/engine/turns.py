"""Whose turn it is: visitors take turns, which their own runs, sweeps and searches share."""

from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.engine.jobs import Job

MOST = 1000
"""Whose last turns are remembered, and sweeps and searches whose visitors are; who was served
longer ago counts as new."""


class Turns:
    """For Jobs, which locks."""

    def __init__(self) -> None:
        self._served: dict[tuple[str, ...], int] = {}
        """When a visitor, or an asker of a visitor, was last served, counted; the latest last."""
        self._behind: dict[str, list[str]] = {}
        """Who began a sweep or a search, by the name under which it asks; the latest last."""

    def act_for(self, who: str, visitor: str, anew: bool) -> None:
        """From now on ``who``, a sweep or a search, asks on behalf of this visitor: of nobody else
        where it begins ``anew``."""
        known = self._behind.pop(who, [])
        behind = [] if anew else [one for one in known if one != visitor]
        self._behind[who] = [*behind, visitor]
        if len(self._behind) > MOST:
            del self._behind[next(iter(self._behind))]

    def is_of(self, who: str, visitor: str) -> bool:
        """Whether ``who`` is this visitor, or asks on their behalf."""
        return who == visitor or visitor in self._behind.get(who, ())

    def is_only_of(self, who: str, visitor: str) -> bool:
        """Whether ``who`` is this visitor, or asks on their behalf and nobody else's."""
        return who == visitor or self._behind.get(who) == [visitor]

    def withdraw(self, who: str, visitor: str) -> bool:
        """Let ``who`` no longer ask on behalf of this visitor; whether it now asks for nobody."""
        behind = self._behind.get(who, [])
        if visitor in behind:
            behind.remove(visitor)
        return not behind

    def visitor(self, who: str) -> str:
        """The visitor whose turns ``who`` takes: the first who began it."""
        behind = self._behind.get(who)
        return behind[0] if behind else who

    def serve(self, who: str) -> None:
        """It was the turn of ``who``."""
        turn = max(self._served.values(), default=0) + 1
        visitor = self.visitor(who)
        for served in ((visitor,), (visitor, who)):
            self._served.pop(served, None)
            self._served[served] = turn
        while len(self._served) > 2 * MOST:
            del self._served[next(iter(self._served))]

    def order(self, waiting: list["Job"]) -> list["Job"]:
        """The waiting jobs in the order they will run."""
        of_asker, of_visitor = defaultdict(list), defaultdict(list)
        for job in waiting:
            of_asker[self.visitor(job.who), job.who].append(job)
        for (visitor, who), jobs in of_asker.items():
            of_visitor[visitor].append(((visitor, who), jobs))
        own = [((visitor,), self._alternate(lists)) for visitor, lists in of_visitor.items()]
        return self._alternate(own)

    def _alternate(self, lists: list[tuple[tuple[str, ...], list["Job"]]]) -> list["Job"]:
        """One of each list in turn, who was served longest ago first."""
        ordered = sorted(lists, key=lambda item: self._served.get(item[0], 0))
        rounds = zip_longest(*(jobs for _, jobs in ordered))
        return [job for one in rounds for job in one if job is not None]

"""What the visitors of a soak did and saw, counted from several threads."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil

from tests.soak.session import Reported, Session


@dataclass
class Tally:
    """Safe to use from several threads, since each line changes one thing at once."""

    began: float = field(default_factory=time.monotonic)
    actions: Counter[str] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    """Seconds until each whole page was there, for a visitor without a browser."""
    drawn: list[float] = field(default_factory=list)
    """The same in Chromium, until its script had run to the end."""
    errors: list[str] = field(default_factory=list)
    """What went wrong on a page; none is expected."""
    reported: set[Reported] = field(default_factory=set)
    """The finished runs that pages showed, with their figures."""
    readings: Counter[str] = field(default_factory=Counter)
    """How often a page showed one, by whether it was drawn."""
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the start, and the app's RSS in MB."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def did(self, action: str) -> None:
        """Count an action."""
        with self._lock:
            self.actions[action] += 1

    def see(self, session: Session) -> None:
        """Take what a visitor's page says just now."""
        with self._lock:
            self.answers += session.answers
            self.errors += [f"A page said: {text}" for text in session.errors()]
            session.answers.clear()
        self.read(session.reported(), "websocket")

    def read(self, reported: Reported | None, where: str) -> None:
        """Take what a page said of a finished run, if it did."""
        if reported:
            with self._lock:
                self.reported.add(reported)
                self.readings[where] += 1

    def weigh(self, pid: int) -> None:
        """Note how large the app is."""
        size = psutil.Process(pid).memory_info().rss / 1e6
        self.memory.append((time.monotonic() - self.began, size))


def link(tally: Tally, choose: float) -> str:
    """The content of a link to one of the runs that were finished so far; empty at first."""
    runs = sorted(one.run for one in tuple(tally.reported))
    return f"run={runs[int(choose * len(runs))]}" if runs else ""

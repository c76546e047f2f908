"""The searches of one engine: begun, stopped, and found again."""

import threading
from typing import TYPE_CHECKING

from playground import datasets
from playground.datasets import DataError
from playground.engine.searching.course import Course, who
from playground.runs import Study, Trial
from playground.sweeps import Search, corners, search_from_json

if TYPE_CHECKING:
    from playground.engine import Engine

_PATIENCE = 2.0
"""Seconds a search is waited for when the engine closes."""


class Searches:
    """The searches of one engine, each with a thread while it is on. Any thread may call."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._courses: dict[str, Course] = {}

    def start(self, search: Search, visitor: str = "") -> bool:
        """Begin a search, or go on with one that is not whole; False where it is on already.

        Raises SweepError, datasets.DataError or StoreError.
        """
        corners(search)
        datasets.fingerprint(search.base.data, self._engine.data)
        self._engine.store.studies.keep(search.name, "search", search.canonical())
        with self._lock:
            on = self._is_on(search.name)
            self._engine.act_for(who(search.name), visitor, on)
            if on:
                return False
            course = Course(self._engine, search, self._courses.get(search.name))
            self._courses[search.name] = course
            course.start()
        return True

    def stop(self, name: str, visitor: str | None = None) -> bool:
        """End a search; its run that trains is stopped, unless others asked for it before.

        For one ``visitor``: False where it goes on, since others began it too.
        """
        if visitor is not None and not self._engine.withdraw_from(who(name), visitor):
            return False
        with self._lock:
            if course := self._courses.get(name):
                course.end(stop=True)
        self._engine.stop_all(who(name))
        return True

    def is_of(self, name: str, visitor: str) -> bool:
        """Whether this visitor began the search."""
        return self._engine.is_of(who(name), visitor)

    def is_on(self, name: str) -> bool:
        """Whether a search goes on here."""
        with self._lock:
            return self._is_on(name)

    def _is_on(self, name: str) -> bool:
        course = self._courses.get(name)
        return course is not None and course.is_on

    def problem(self, name: str) -> str:
        """Why a search ended too early, as a sentence; empty where it did not."""
        with self._lock:
            course = self._courses.get(name)
        return course.problem if course else ""

    def trials(self, search: Search) -> list[Trial]:
        """The trials of a search, without those of data that has been replaced; all of them where
        the data is gone."""
        trials = self._engine.store.studies.trials(search.name)
        try:
            now = datasets.fingerprint(search.base.data, self._engine.data)
        except DataError:
            return trials
        return [trial for trial in trials if trial.fingerprint == now]

    def find(self, start: str) -> Search | None:
        """The stored search whose name begins so, or None. Raises SweepError."""
        study = self._engine.store.studies.find(start)
        return search_from_json(study.definition) if study and study.kind == "search" else None

    def all(self) -> list[Study]:
        """What was asked for, the newest first."""
        return self._engine.store.studies.all("search")

    def close(self) -> None:
        """Have all of them end: what is missing is trained when they are asked for again."""
        with self._lock:
            courses = list(self._courses.values())
        for course in courses:
            course.end(stop=False)
        for course in courses:
            course.join(_PATIENCE)

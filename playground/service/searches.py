"""The searches of one engine: Optuna proposes, the queue trains, the store keeps.

A search asks the queue for one run after another under its own name, so it takes turns with
visitors. Optuna is imported by the first search that begins.
"""

import logging
import threading
import time
from typing import TYPE_CHECKING

from playground.config.sweeps import Search, corner_configs, search_from_json
from playground.data import datasets
from playground.data.datasets import DataError
from playground.errors import UserError, explain
from playground.service import study_eta
from playground.service.active_search import ActiveSearch, Seen, who
from playground.service.limit_checker import LimitError
from playground.service.study_eta import StudyEta
from playground.store import StoreError, Study, Trial

if TYPE_CHECKING:
    from playground.service import Engine

log = logging.getLogger(__name__)

MAX_PER_VISITOR, MAX_ACTIVE = 5, 100
"""Searches that one visitor, and all together, may have on."""
LOOK = 0.1
"""Seconds between two looks at the runs that are on for searches."""
_PATIENCE = 2.0
"""Seconds the thread is waited for when the engine closes."""
_MAX_PROBLEMS = 1000
"""Searches of which it is remembered why they ended too early."""


class Searches:
    """The searches of one engine. Any thread may call.

    One thread leads all that are on, each a short step in turn, and reads the rows of their runs
    with one query. It is there while any is on.
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._changed = threading.Condition()
        self._active: list[ActiveSearch] = []
        self._problems: dict[str, str] = {}
        self._thread: threading.Thread | None = None

    def start(self, search: Search, visitor: str = "") -> bool:
        """Begin a search, or go on with one that is not whole; False if it is on already.

        Raises SweepError, datasets.DataError, StoreError, or LimitError if too many are on.
        """
        corner_configs(search)
        datasets.fingerprint(search.base.data, self._engine.data)
        active = self._enter(search, visitor)
        try:
            self._engine.store.studies.keep(search.name, "search", search.canonical())
        except StoreError:
            if active:
                active.ending = True
            raise
        finally:
            self._wake()
        return active is not None

    def _enter(self, search: Search, visitor: str) -> ActiveSearch | None:
        """Enter the search as active; None if it is already."""
        with self._changed:
            on = self._is_active(search.name)
            if not (on and self.is_of(search.name, visitor)):
                self._check(visitor, on)
            self._engine.act_for(who(search.name), visitor, on)
            if on:
                return None
            self._problems.pop(search.name, None)
            active = ActiveSearch(self._engine, search)
            self._active.append(active)
            return active

    def _check(self, visitor: str, on: bool) -> None:
        """Raise LimitError if this visitor has too many active searches, or all together have."""
        names = [active.search.name for active in self._active if not active.ending]
        own = sum(self.is_of(name, visitor) for name in names)
        if own >= MAX_PER_VISITOR:
            raise LimitError(
                f"You have {own} searches on: stop one of them, or wait until one has ended."
            )
        if not on and len(names) >= MAX_ACTIVE:
            raise LimitError(
                f"{len(names)} searches are on here, as many as may be: start yours when one of "
                "them has ended."
            )

    def stop(self, name: str, visitor: str | None = None) -> bool:
        """End a search; its run that trains is stopped, unless others asked for it before.

        For one ``visitor``: False if it goes on, since others began it too.
        """
        if visitor is not None and not self._engine.withdraw_from(who(name), visitor):
            return False
        self._end([active for active in self._all() if active.search.name == name], stop=True)
        self._engine.stop_all(who(name))
        return True

    def stop_all(self) -> None:
        """End all searches; their runs are to be stopped as well."""
        self._end(self._all(), stop=True)

    def is_of(self, name: str, visitor: str) -> bool:
        """Tell whether this visitor began the search."""
        return self._engine.is_of(who(name), visitor)

    def is_active(self, name: str) -> bool:
        """Tell whether a search goes on here."""
        with self._changed:
            return self._is_active(name)

    def _is_active(self, name: str) -> bool:
        return any(one.search.name == name and not one.ending for one in self._active)

    def problem(self, name: str) -> str:
        """Say why a search ended too early, as a sentence; empty if it did not."""
        return self._problems.get(name, "")

    def trials(self, search: Search) -> list[Trial]:
        """List the trials of a search, without those of data that has been replaced; all of them if
        the data is gone."""
        trials = self._engine.store.studies.trials(search.name)
        try:
            now = datasets.fingerprint(search.base.data, self._engine.data)
        except DataError:
            return trials
        return [trial for trial in trials if trial.fingerprint == now]

    def eta(self, search: Search) -> StudyEta:
        """Tell how long what is missing of a search takes at most. Raises SweepError,
        datasets.DataError, network.ImpossibleNetwork or StoreError."""
        return study_eta.of_search(self._engine, search)

    def by_prefix(self, start: str) -> Search | None:
        """Find the stored search whose name begins so, or None. Raises SweepError."""
        study = self._engine.store.studies.by_prefix(start)
        return search_from_json(study.definition) if study and study.kind == "search" else None

    def all(self) -> list[Study]:
        """List the stored searches, the newest first."""
        return self._engine.store.studies.all("search")

    def close(self) -> None:
        """Have all of them end: what is missing is trained when they are asked for again."""
        self._end(self._all(), stop=False)
        if thread := self._thread:
            thread.join(_PATIENCE)

    def _all(self) -> list[ActiveSearch]:
        with self._changed:
            return list(self._active)

    def _end(self, searches: list[ActiveSearch], stop: bool) -> None:
        """Have some end soon; ``stop`` their runs that wait or train, too."""
        for active in searches:
            active.stopping |= stop
            active.ending = True
        self._wake()

    def _wake(self) -> None:
        """Have the thread see what has changed."""
        with self._changed:
            if self._thread is None and self._active:
                self._thread = threading.Thread(target=self._lead, name="searches", daemon=True)
                self._thread.start()
            self._changed.notify()

    # --- the thread ---

    def _lead(self) -> None:
        """Lead all searches, until none is on."""
        next_look = 0.0
        while True:
            with self._changed:
                if all(one.waits and not one.ending for one in self._active):
                    self._changed.wait(max(next_look - time.monotonic(), 0.0))
                if not self._active:
                    self._thread = None
                    return
                searches = list(self._active)
            look = time.monotonic() >= next_look
            stepped = _due(searches, look)
            over = self._advance(stepped)
            if look:
                next_look = time.monotonic() + LOOK
            with self._changed:  # who had a step comes last: others may have begun meanwhile
                self._active = [one for one in self._active if one not in stepped]
                self._active += [one for one in stepped if one not in over]

    def _advance(self, searches: list[ActiveSearch]) -> list[ActiveSearch]:
        """Have each take a step; gives those that are over."""
        try:
            seen: dict[str, Seen] = self._seen({one for one in searches if one.run})
        except Exception as error:  # the thread leads everybody's searches, and must live on
            log.exception("The runs of the searches could not be read")
            return [one for one in searches if self._ends(one, error if one.run else _NOTHING)]
        return [one for one in searches if self._ends(one, seen.get(one.run, _NOTHING))]

    def _seen(self, searches: set[ActiveSearch]) -> dict[str, Seen]:
        """Read what the store has of the runs of these searches, by name."""
        if not searches:
            return {}
        store = self._engine.store
        runs = store.get_many({active.run for active in searches})
        wanted: dict[str, int] = {}
        for active in searches:
            after = active.after(runs.get(active.run))
            if after is not None:
                wanted[active.run] = min(after, wanted.get(active.run, after))
        epochs = store.later_epochs(wanted) if wanted else {}
        return {name: (run, epochs.get(name, ())) for name, run in runs.items()}

    def _ends(self, active: ActiveSearch, seen: Seen | Exception) -> bool:
        """Have a search take a step, or end if it is to; whether it is over."""
        try:
            if active.ending:  # after its run was read: a stopped one is not somebody else's stop
                active.close()
                return True
            if isinstance(seen, Exception):
                raise seen
            return not active.step(seen)
        except (UserError, StoreError) as error:
            problem = str(error)
        except Exception as error:
            log.exception("Search %s ended", active.search.name)
            problem = explain(error)
        self._problems[active.search.name] = problem
        if len(self._problems) > _MAX_PROBLEMS:
            del self._problems[next(iter(self._problems))]
        return True


def _due(searches: list[ActiveSearch], look: bool) -> list[ActiveSearch]:
    """Choose who goes on now: those that are to end, before the same search begins anew; then who
    waited for the ``look``, or the first of those that compute, so that a look is late by one step
    only.
    """
    ending = [one for one in searches if one.ending]
    rest = [one for one in searches if not one.ending]
    waiting = [one for one in rest if one.waits]
    return ending + (waiting if look else [one for one in rest if not one.waits][:1])


_NOTHING: Seen = (None, ())

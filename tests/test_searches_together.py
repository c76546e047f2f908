"""Many searches at once: one thread, few reads, a limit for each visitor and for all."""

import threading
import time

import pytest

from playground.config import RunConfig
from playground.config.sweeps import Choice, Range, Search
from playground.service import Engine, LimitError
from playground.service import searches as module
from playground.service.proposer import Proposer
from playground.service.searches import Searches
from playground.store.database import Database
from tests import stored_runs
from tests.waiting import wait

RATE = Range(path="optimizer.learning_rate", low=0.0001, high=0.1, log=True)
WIDTHS = Choice(path="architecture.hidden", values=("16", "32-16", "64-32"))


def search(seed: int) -> Search:
    """A search whose runs no other one has."""
    return Search(base=RunConfig().with_seed(seed), fields=(RATE,), trials=3)


def refused(searches: Searches, count: int, visitor: str, first: int = 0) -> list[str]:
    """What a visitor is told who starts so many searches."""
    told = []
    for seed in range(first, first + count):
        try:
            searches.start(search(seed), visitor)
        except LimitError as error:
            told.append(str(error))
    return told


def test_330_searches_of_one_visitor_are_five(engine: Engine):
    told = refused(engine.searches, 330, "ann")
    assert told == ["You have 5 searches on: stop one of them, or wait until one has ended."] * 325
    wait(lambda: len(engine.store.all("queued")) == 5)
    assert len(engine.searches.all()) == 5, "nothing is kept of the others"
    assert not engine.searches.start(search(0), "ann"), "one that is on may be asked for again"
    assert engine.searches.start(search(999), "bob")
    with pytest.raises(LimitError):
        engine.searches.start(search(999), "ann")
    assert engine.searches.stop(search(0).name, "ann")
    assert not engine.searches.start(search(999), "ann"), "one that others began counts as well"
    assert len(refused(engine.searches, 1, "ann", first=500)) == 1
    engine.searches.close()


def test_as_many_as_may_be_on_have_one_thread_and_read_the_store_once_a_look(engine, monkeypatch):
    monkeypatch.setattr(module, "MAX_ACTIVE", 40)
    before, reads = threading.active_count(), []
    for visitor in range(module.MAX_ACTIVE // module.MAX_PER_VISITOR):
        first = visitor * module.MAX_PER_VISITOR
        assert not refused(engine.searches, module.MAX_PER_VISITOR, str(visitor), first)
    (told,) = refused(engine.searches, 1, "another", first=1000)
    assert told.startswith("40 searches are on here, as many as may be: ")
    wait(lambda: len(engine.store.all("queued")) == module.MAX_ACTIVE)
    assert threading.active_count() == before + 1
    wait(lambda: all(active.waits for active in engine.searches._active))
    query = Database.query
    monkeypatch.setattr(Database, "query", lambda *asked: reads.append(1) or query(*asked))
    begun, spent = time.monotonic(), time.process_time()
    wait(lambda: len(reads) >= 10)
    took, spent = time.monotonic() - begun, time.process_time() - spent
    assert len(reads) / took < 1.5 / module.LOOK
    assert spent < 0.4 * took, "the pages have the processor"
    engine.searches.close()
    assert threading.active_count() == before


def test_a_search_that_is_long_about_its_next_trial_holds_up_no_other(engine, monkeypatch):
    slow = search(1)
    quick = Search(base=RunConfig(), fields=(WIDTHS,), trials=3)
    for width in WIDTHS.values:
        stored_runs.finished(engine.store, quick.config({WIDTHS.path: width}), engine.data)
    propose, may_go_on, attempts = Proposer.propose, threading.Event(), []

    def long(self, *asked):
        while self._search == slow and not may_go_on.is_set():
            attempts.append(time.sleep(0.01))
            yield
        return (yield from propose(self, *asked))

    monkeypatch.setattr(Proposer, "propose", long)
    monkeypatch.setattr(Search, "first", lambda self: None)
    engine.searches.start(slow, "ann")
    wait(lambda: attempts)
    engine.searches.start(quick, "bob")
    wait(lambda: not engine.searches.is_active(quick.name), 20)
    states = [trial.state for trial in engine.store.studies.trials(quick.name)]
    assert states == ["complete"] * 3 and engine.searches.is_active(slow.name)
    assert engine.store.studies.trials(slow.name) == []
    may_go_on.set()
    wait(lambda: engine.store.studies.trials(slow.name))
    engine.searches.close()


def test_an_error_that_nobody_expected_ends_the_searches_and_not_their_thread(engine, monkeypatch):
    engine.searches.start(search(1))
    wait(lambda: engine.store.all("queued"))

    def broken(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(engine.store, "get_many", broken)
        wait(lambda: not engine.searches.is_active(search(1).name))
    assert engine.searches.problem(search(1).name)
    assert engine.searches.start(search(1)) and not engine.searches.problem(search(1).name)
    wait(lambda: all(active.waits for active in engine.searches._active))
    assert engine.searches.is_active(search(1).name)
    engine.searches.close()


def test_a_search_that_the_store_does_not_take_is_not_on(engine, monkeypatch):
    def full(*_):
        raise module.StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(engine.store.studies, "keep", full)
        with pytest.raises(module.StoreError):
            engine.searches.start(search(1), "ann")
    assert not engine.searches.is_active(search(1).name)
    assert engine.searches.start(search(1), "ann")
    engine.searches.close()


def test_stop_everything_ends_all_searches_with_their_runs(engine):
    for seed in range(4):
        engine.searches.start(search(seed), str(seed))
    wait(lambda: len(engine.store.all("queued")) == 4)
    engine.stop_everything()
    assert not any(engine.searches.is_active(search(seed).name) for seed in range(4))
    wait(lambda: engine.searches._thread is None)
    assert engine.store.all("queued") == [] and engine.count == 0

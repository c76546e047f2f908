"""A database that another program holds: who asks for a write waits, and nobody else does."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from playground.config import RunConfig
from playground.config.sweeps import sweep_of
from playground.service import Engine
from playground.store import StoreError, schema
from tests import pages
from tests.pages import made
from tests.waiting import wait

WAITS, *CONFIGS = (made({"data.flip": "true", "run.seed": str(seed)}) for seed in range(6000, 6006))
SWEEP = sweep_of(CONFIGS[4], {"optimizer.learning_rate": ["0.1", "0.2"]}, [0])
NAMES = [config.name for config in CONFIGS[:4]]
HELD = "another program has held it for long"


class Other:
    """Another program, in the middle of a write; and the visitors who ask meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._connection = sqlite3.connect(
            engine.store.folder / "runs.sqlite", isolation_level=None, check_same_thread=False
        )
        self._connection.execute("BEGIN EXCLUSIVE")
        self._threads = ThreadPoolExecutor(8)
        self._asked: list[Future] = []

    def meanwhile(self, what: Callable, *arguments: object) -> Future:
        """Somebody asks, and waits."""
        self._asked.append(self._threads.submit(what, *arguments))
        return self._asked[-1]

    @property
    def all_wait(self) -> bool:
        """Whether nobody was answered yet."""
        return not any(asked.done() for asked in self._asked)

    def end(self) -> None:
        """Let the database go."""
        self._connection.close()

    def close(self) -> None:
        self.end()
        self._threads.shutdown()


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """The pages' engine, with a run that waits."""
    engine.train(WAITS, "ann")
    return engine


@pytest.fixture
def other(waiting: Engine, monkeypatch) -> Iterator[Other]:
    """It holds the database for as long as a test takes."""
    monkeypatch.setattr(schema, "PATIENCE", 60.0)
    other = Other(waiting)
    yield other
    other.close()


@pytest.fixture
def impatient(waiting: Engine, monkeypatch) -> Iterator[Other]:
    """It holds the database for longer than anyone waits, which is a second."""
    monkeypatch.setattr(schema, "PATIENCE", 1.0)
    other = Other(waiting)
    yield other
    other.close()


def four_press_train(engine: Engine, other: Other) -> list[Future]:
    asked = [
        other.meanwhile(engine.train, config, f"visitor {number}")
        for number, config in enumerate(CONFIGS[:4])
    ]
    wait(lambda: all(map(engine.has_run, NAMES)))
    return asked


def test_while_four_wait_for_the_store_every_question_of_a_page_is_answered_at_once(waiting, other):
    asked = four_press_train(waiting, other)
    began = time.perf_counter()
    assert waiting.place(WAITS.name) == 1
    assert waiting.owns(WAITS.name, "ann") and not waiting.owns(WAITS.name, "visitor 1")
    assert waiting.answer(WAITS) is None
    assert waiting.train(WAITS, "bob").how == "joined"
    assert not waiting.give_up(WAITS.name, "bob")
    assert waiting.seconds_until_turn(WAITS.name) == 0 and waiting.training() == []
    assert waiting.has_runs_of("ann") and not waiting.sweeps.is_active(SWEEP)
    assert waiting.store.get(WAITS.name).status == "queued"
    assert waiting._jobs.submit_next(1)[0].name == WAITS.name, "those that wait begin"
    assert waiting._jobs.submit_next(9) == [], "what the store does not have yet does not"
    assert time.perf_counter() - began < 0.5
    assert other.all_wait
    other.end()
    assert [one.result().how for one in asked] == ["submitted"] * 4
    assert sorted(map(waiting.place, NAMES)) == [1, 2, 3, 4]


def test_a_page_is_drawn_while_four_wait_for_the_store(waiting, other):
    at = pages.open_page({"run": WAITS.name[:16]}, visitor="ann")
    asked = four_press_train(waiting, other)
    pages.change(at, "run.epochs", 7)
    pages.open_page(page="pages/5_Sweep.py", visitor="eve")
    assert other.all_wait
    other.end()
    assert {one.result().how for one in asked} == {"submitted"}


def test_all_who_wait_are_told_within_the_same_seconds_and_nothing_is_left(waiting, impatient):
    began = time.perf_counter()
    asked = four_press_train(waiting, impatient)
    same = impatient.meanwhile(waiting.train, CONFIGS[0], "eve")
    sweep = impatient.meanwhile(waiting.sweeps.start, SWEEP, "eve")
    for one in (*asked, same, sweep):
        with pytest.raises(StoreError, match=HELD):
            one.result()
    assert time.perf_counter() - began < 3, "one after the other, it would be six"
    assert not any(map(waiting.has_run, NAMES)) and not waiting.sweeps.is_active(SWEEP)
    assert not waiting.sweeps.is_of(SWEEP.name, "eve")
    impatient.end()
    assert [run.name for run in waiting.store.all()] == [WAITS.name]
    assert waiting.train(CONFIGS[0], "eve").how == "submitted"


def test_who_ask_for_the_same_run_meanwhile_share_it(waiting, other):
    asked = [other.meanwhile(waiting.train, CONFIGS[0], who) for who in "abc"]
    wait(lambda: waiting.has_run(CONFIGS[0].name))
    other.end()
    assert sorted(one.result().how for one in asked) == ["joined", "joined", "submitted"]
    assert all(waiting.owns(CONFIGS[0].name, who) for who in "abc")
    assert len(waiting.store.all()) == 2 and waiting.place(CONFIGS[0].name) == 2


def test_a_run_is_stopped_while_it_waits_for_the_store(waiting, other):
    asked = four_press_train(waiting, other)
    assert waiting.give_up(NAMES[0], "visitor 0")
    waiting.stop(NAMES[1])
    assert not waiting.give_up(NAMES[2], "somebody else")
    assert other.all_wait
    other.end()
    for one in asked:
        one.result()
    found = [waiting.store.get(name).status for name in NAMES]
    assert found == ["stopped", "stopped", "queued", "queued"]
    assert list(map(waiting.has_run, NAMES)) == [False, False, True, True]
    assert waiting.train(CONFIGS[0], "eve").how == "submitted"


def test_a_sweep_is_stopped_in_the_middle_of_its_start_and_others_sweeps_are_not_held_up(
    waiting, monkeypatch
):
    """Its runs are asked for while its definition is kept already."""
    entering, go_on = threading.Event(), threading.Event()
    write = waiting.store.queue_all

    def slow(*arguments):
        entering.set()
        assert go_on.wait(60)
        return write(*arguments)

    monkeypatch.setattr(waiting.store, "queue_all", slow)
    with ThreadPoolExecutor(1) as thread:
        started = thread.submit(waiting.sweeps.start, SWEEP, "eve")
        assert entering.wait(60)
        assert waiting.sweeps.is_of(SWEEP.name, "eve")
        monkeypatch.setattr(waiting.store, "queue_all", write)
        later = sweep_of(CONFIGS[3], {"optimizer.learning_rate": ["0.3", "0.4"]}, [0])
        waiting.sweeps.start(later, "bob")
        assert waiting.sweeps.stop(SWEEP.name, "eve")
        assert not started.done()
        go_on.set()
        assert started.result() == {"submitted": 2}
    assert not waiting.sweeps.is_active(SWEEP) and waiting.sweeps.is_active(later)
    assert {waiting.store.get(one.run).status for one in SWEEP.members()} == {"stopped"}


def test_a_run_whose_stop_cannot_be_written_does_not_begin_meanwhile_and_waits_on(
    waiting, impatient
):
    stopping = impatient.meanwhile(waiting.give_up, WAITS.name, "ann")
    wait(lambda: waiting.stopping(WAITS.name))
    assert waiting._jobs.submit_next(1) == []
    assert waiting.train(WAITS, "bob").how == "joined"
    with pytest.raises(StoreError, match=HELD):
        stopping.result()
    assert waiting.owns(WAITS.name, "ann") and waiting.owns(WAITS.name, "bob")
    assert waiting.place(WAITS.name) == 1
    impatient.end()
    assert not waiting.give_up(WAITS.name, "ann") and waiting.give_up(WAITS.name, "bob")
    assert waiting.store.get(WAITS.name).status == "stopped"


def test_a_sweep_whose_stop_cannot_be_written_stays_its_visitors(waiting, monkeypatch):
    waiting.sweeps.start(SWEEP, "eve")
    with monkeypatch.context() as patch:
        patch.setattr(waiting.store.database, "transaction", _fails)
        with pytest.raises(StoreError):
            waiting.sweeps.stop(SWEEP.name, "eve")
    assert waiting.sweeps.is_of(SWEEP.name, "eve") and waiting.sweeps.can_stop(SWEEP.name)
    assert waiting.sweeps.stop(SWEEP.name, "eve") and not waiting.sweeps.is_active(SWEEP)


def test_who_asks_for_a_run_whose_stop_is_being_written_gets_it_anew(waiting, other):
    stopping = other.meanwhile(waiting.give_up, WAITS.name, "ann")
    wait(lambda: waiting.stopping(WAITS.name))
    assert waiting.train(WAITS, "bob").how == "joined"
    other.end()
    assert stopping.result()
    assert waiting.owns(WAITS.name, "bob") and not waiting.owns(WAITS.name, "ann")
    assert waiting.store.get(WAITS.name).status == "queued"
    assert waiting.place(WAITS.name) == 1


def _fails() -> None:
    raise StoreError("The run store cannot be used just now.")


def test_what_is_entered_anew_as_another_run_ended_meanwhile_does_not_begin_before(
    waiting, other, monkeypatch
):
    answer = waiting.store.answer

    def ended_meanwhile(config: RunConfig, *arguments):
        if (job := waiting._jobs.get(WAITS.name)) and job.who == "ann":
            waiting._jobs.end(job)
        return answer(config, *arguments)

    monkeypatch.setattr(waiting.store, "answer", ended_meanwhile)
    asked = other.meanwhile(waiting.train_all, [WAITS, CONFIGS[0]], "bob")
    wait(lambda: waiting._jobs.waiting == 2)
    assert waiting._jobs.submit_next(1) == [], "the store does not have it yet"
    assert not asked.done()

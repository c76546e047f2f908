"""A class in a lesson: what it may train, its guesses, and its board."""

import pytest

from playground.config.lessons import LessonError, lesson_of
from playground.config.run_limits import Limits
from playground.errors import UserError
from playground.service import Engine, LimitError
from playground.service import lessons as module
from playground.store import RunStore
from tests import stored_runs
from tests.pages import made

START = made({"run.epochs": "3", "architecture.hidden": "8"})
RATE = ("optimizer.learning_rate",)


@pytest.fixture
def engine(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path)
    yield engine
    engine.store.close()


def lesson(engine, **values):
    found = lesson_of(**{"title": "A lesson", "start": START, "open": RATE} | values)
    engine.lessons.make(found)
    return found


def rate(value: float):
    return made(START.settings() | {"optimizer.learning_rate": str(value)})


def test_a_lesson_is_found_again_by_its_link(engine):
    made_one = lesson(engine)
    assert engine.lessons.by_prefix(made_one.name[:16]) == (made_one, False)
    engine.lessons.reveal(made_one, True)
    assert engine.lessons.by_prefix(made_one.name[:16]) == (made_one, True)
    assert engine.lessons.by_prefix("0" * 16) is None
    assert [one for _, one in engine.lessons.all()] == [made_one]


def test_what_the_lesson_holds_cannot_be_trained_otherwise(engine):
    one = lesson(engine)
    assert engine.lessons.train(one, rate(0.1), "ann").how == "submitted"
    with pytest.raises(LimitError, match="what this lesson holds"):
        engine.lessons.train(one, made({"run.epochs": "4"}), "ann")
    assert len(engine.store.all()) == 1


@pytest.mark.parametrize("budget", [Limits(epochs=2), Limits(parameters=100)])
def test_a_run_over_the_budget_is_refused(engine, budget):
    with pytest.raises(LimitError, match="This lesson allows at most"):
        engine.lessons.train(lesson(engine, budget=budget), START, "ann")
    assert engine.store.all() == []


def test_a_guess_comes_before_the_first_run_and_stands(engine):
    one = lesson(engine, guess={"question": "Which?", "choices": ("low", "high")})
    with pytest.raises(LessonError, match="Guess first"):
        engine.lessons.train(one, START, "ann")
    with pytest.raises(UserError):
        engine.lessons.guess(one, "ann", "middle")
    engine.lessons.guess(one, "ann", "low")
    engine.lessons.guess(one, "ann", "high")
    engine.lessons.guess(one, "bob", "high")
    assert engine.lessons.participant(one, "ann").guess == "low"
    assert engine.lessons.guesses(one) == {"low": 1, "high": 1}
    engine.lessons.train(one, START, "ann")


def class_of(engine, one, **tries):
    """Everyone joins and has their runs, by learning rate and how sure they are, finished."""
    for name, runs in tries.items():
        engine.lessons.join(one, name, name)
        for value, sure in runs:
            engine.lessons.train(one, rate(value), name)
            engine.stop(rate(value).name)
            if engine.store.get(rate(value).name).status != "finished":
                stored_runs.finished(engine.store, rate(value), engine.data, sure)


def test_the_board_shows_everyones_best_run_by_validation(engine):
    one = lesson(engine)
    class_of(engine, one, Ann=[(0.1, 1.0), (0.2, 4.0)], Bob=[(0.3, 2.0)], Cat=[(0.2, 4.0)])
    board = engine.lessons.board(one)
    told = [(each.place, each.nickname, each.run.name, each.tries) for each in board]
    assert told == [
        (1, "Ann", rate(0.2).name, 2),
        (1, "Cat", rate(0.2).name, 1),
        (3, "Bob", rate(0.3).name, 1),
    ], "who has the same run has the same place"
    figures = [each.run.scores["validation"].accuracy for each in board]
    assert figures == sorted(figures, reverse=True)
    assert engine.lessons.count(one) == (3, 3)


def test_runs_over_the_budget_of_seconds_are_not_on_the_board(engine):
    one = lesson(engine, budget=Limits(seconds=5))
    class_of(engine, one, Ann=[(0.1, 1.0), (0.2, 4.0)])
    engine.store.database.write("UPDATE runs SET seconds = 9 WHERE name = ?", rate(0.2).name)
    engine.lessons._boards.clear()
    (line,) = engine.lessons.board(one)
    assert (line.run.name, line.tries) == (rate(0.1).name, 1)


def test_what_cannot_be_ranked_has_no_places(engine):
    one = lesson(engine, open=(*RATE, "data.split_seed"))
    class_of(engine, one, Ann=[(0.2, 4.0)], Bob=[(0.1, 1.0)])
    assert {(each.place, each.nickname) for each in engine.lessons.board(one)} == {
        (None, "Ann"), (None, "Bob"),
    }  # fmt: skip


def test_a_name_is_refused_where_somebody_has_it_or_it_was_removed(engine):
    one = lesson(engine)
    class_of(engine, one, Ann=[(0.1, 1.0)])
    with pytest.raises(UserError, match="somebody has it"):
        engine.lessons.join(one, "bob", " ann ")
    engine.lessons.remove_name(one, "Ann")
    assert engine.lessons.board(one) == [] and engine.lessons.names(one) == []
    with pytest.raises(UserError):
        engine.lessons.join(one, "Ann", "Ann")


def flood(engine, one, many: int, later: float = 0.0) -> None:
    """Bots take names in a moment; by ``later`` seconds after the class."""
    engine.store.database.write("UPDATE seats SET joined = joined - ?", later)
    for number in range(many):
        engine.lessons.join(one, f"cookie {number}", f"bot{number}")


def test_who_came_in_a_flood_is_taken_off_the_board_and_the_class_stays(engine):
    one = lesson(engine)
    class_of(engine, one, Ann=[(0.1, 1.0)], Bob=[])
    flood(engine, one, 60, later=600)
    engine.lessons.train(one, rate(0.1), "cookie 7")  # it is stored: this bot is on the board
    engine.lessons._boards.clear()
    assert len(engine.lessons.unknown(one, None)) == 60, "Bob, and all bots but one"
    engine.lessons.remove_unknown(one, 300)
    assert engine.lessons.names(one) == ["Ann", "Bob"]
    assert [each.nickname for each in engine.lessons.board(one)] == ["Ann"]
    engine.lessons.join(one, "late", "bot3")
    engine.lessons.remove_unknown(one, None)
    assert engine.lessons.names(one) == ["Ann"]
    engine.lessons.join(one, "Bob", "Bob")


def test_nobody_new_joins_a_closed_board_and_who_is_there_goes_on(engine):
    one = lesson(engine)
    class_of(engine, one, Ann=[(0.1, 1.0)])
    engine.lessons.close(one, True)
    with pytest.raises(UserError, match="closed this board"):
        engine.lessons.join(one, "bot", "Bot")
    engine.lessons.join(one, "Ann", "Annie")
    assert engine.lessons.names(one) == ["Annie"]
    engine.lessons.close(one, False)
    engine.lessons.join(one, "bot", "Bot")


def test_a_class_behind_one_address_joins_at_once_and_a_board_has_an_end(engine, monkeypatch):
    one = lesson(engine)
    flood(engine, one, 40)
    monkeypatch.setattr(module, "MAX_NAMES", 40)
    with pytest.raises(UserError, match="40 names, the most there may be"):
        engine.lessons.join(one, "one more", "One more")
    engine.lessons.join(one, "cookie 3", "Cat")
    engine.lessons.remove_name(one, "bot5")
    engine.lessons.join(one, "one more", "One more")

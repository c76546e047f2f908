"""What the store keeps of classes: names, guesses and tries."""

import pytest

from playground.store import Seat
from tests import stored_runs
from tests.pages import made

LESSON, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def classes(store):
    store.classes.keep(LESSON, "{}")
    return store.classes


def test_a_lesson_is_found_by_its_first_digits_and_stays_as_it_was(classes):
    classes.reveal(LESSON, True)
    classes.keep(LESSON, "another")
    found = classes.find("1" * 16)
    assert (found.name, found.definition, found.revealed) == (LESSON, "{}", True)
    assert classes.find("1" * 7) is None and classes.find("x" * 16) is None
    assert [one.name for one in classes.all()] == [LESSON]


def test_a_name_is_one_visitors_in_a_lesson_and_free_in_another(classes):
    assert classes.name(LESSON, "a", "Ann", ("ann",))
    assert not classes.name(LESSON, "b", "ANN", ("ann",))
    assert classes.name(OTHER, "b", "ANN", ("ann",))
    assert classes.name(LESSON, "a", "Annie", ("annie",)), "one's own name can be changed"
    assert classes.name(LESSON, "b", "Ann", ("ann",)), "and is then free"
    assert list(classes.names(LESSON)) == ["Ann", "Annie"]


def test_names_that_share_a_form_are_one(classes):
    assert classes.name(LESSON, "a", "Iris", ("iris", "lris"))
    assert not classes.name(LESSON, "b", "lris", ("lris", "lris"))
    assert not classes.name(LESSON, "b", "IRIS", ("iris", "lrls"))
    assert classes.name(LESSON, "b", "ris", ("ris", "ris")), "a part is no form"
    classes.remove_name(LESSON, "Iris", ("iris", "lris"))
    assert not classes.name(LESSON, "c", "lris", ("lris", "lris"))


def test_a_removed_name_is_gone_and_nobody_can_take_it_again(classes):
    classes.name(LESSON, "a", "Rude", ("rude",))
    classes.remove_name(LESSON, "Rude", ("rude",))
    assert classes.seat(LESSON, "a") == Seat()
    assert not classes.name(LESSON, "a", "Rude", ("rude",))
    assert not classes.name(LESSON, "b", "rude", ("rude",))
    assert classes.name(LESSON, "a", "Ann", ("ann",))


def test_the_first_guess_stands_whether_the_name_came_before_or_after(classes):
    classes.guess(LESSON, "a", "7")
    classes.guess(LESSON, "a", "8")
    classes.name(LESSON, "a", "Ann", ("ann",))
    classes.name(LESSON, "b", "Bob", ("bob",))
    classes.guess(LESSON, "b", "9")
    assert classes.seat(LESSON, "a") == Seat("Ann", "7")
    assert classes.seat(LESSON, "b") == Seat("Bob", "9")
    assert sorted(classes.guesses(LESSON)) == ["7", "9"]
    assert classes.guesses(OTHER) == []


def test_tries_are_the_measured_runs_of_those_with_a_name(classes, store, tmp_path):
    first, second = (made({"run.epochs": "2", "run.seed": str(seed)}) for seed in (1, 2))
    stored_runs.finished(store, first, tmp_path)
    store.queue(second, "f" * 64)
    for visitor in ("a", "b"):
        classes.enter(LESSON, visitor, first.name)
        classes.enter(LESSON, visitor, second.name)
    classes.enter(LESSON, "a", first.name)
    assert classes.tries(LESSON) == []
    classes.name(LESSON, "a", "Ann", ("ann",))
    assert [(name, run.name) for name, run in classes.tries(LESSON)] == [("Ann", first.name)]
    assert classes.count(LESSON) == (1, 2)
    store.delete(first.name)
    assert classes.tries(LESSON) == []


def test_names_that_are_freed_can_be_taken_again_and_keep_when_they_were_taken(classes):
    for visitor, name in (("a", "Ann"), ("b", "Bob"), ("c", "Cat")):
        classes.name(LESSON, visitor, name, (name.casefold(),))
    first = classes.names(LESSON)["Ann"]
    classes.name(LESSON, "a", "Annie", ("annie",))
    assert classes.names(LESSON)["Annie"] == first, "another name is no new arrival"
    classes.free_names(LESSON, ["Annie", "Bob"])
    assert list(classes.names(LESSON)) == ["Cat"]
    assert classes.name(LESSON, "d", "Bob", ("bob",))
    assert classes.name(LESSON, "a", "Ann", ("ann",))
    assert classes.names(LESSON)["Ann"] > first


def test_a_lesson_is_open_until_it_is_closed(classes):
    assert not classes.find(LESSON).closed
    classes.close(LESSON, True)
    assert classes.find(LESSON).closed and not classes.find(LESSON).revealed

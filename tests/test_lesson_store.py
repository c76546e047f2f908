"""What the store keeps of lessons: names, guesses and tries."""

import pytest

from playground.store import Participant
from tests import stored_runs
from tests.pages import made

LESSON, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def lessons(store):
    store.lessons.keep(LESSON, "{}")
    return store.lessons


def test_a_lesson_is_found_by_its_first_digits_and_stays_as_it_was(lessons):
    lessons.reveal(LESSON, True)
    lessons.keep(LESSON, "another")
    found = lessons.by_prefix("1" * 16)
    assert (found.name, found.definition, found.revealed) == (LESSON, "{}", True)
    assert lessons.by_prefix("1" * 7) is None and lessons.by_prefix("x" * 16) is None
    assert [one.name for one in lessons.all()] == [LESSON]


def test_a_name_is_one_visitors_in_a_lesson_and_free_in_another(lessons):
    assert lessons.name(LESSON, "a", "Ann", ("ann",))
    assert not lessons.name(LESSON, "b", "ANN", ("ann",))
    assert lessons.name(OTHER, "b", "ANN", ("ann",))
    assert lessons.name(LESSON, "a", "Annie", ("annie",)), "one's own name can be changed"
    assert lessons.name(LESSON, "b", "Ann", ("ann",)), "and is then free"
    assert list(lessons.names(LESSON)) == ["Ann", "Annie"]


def test_names_that_share_a_form_are_one(lessons):
    assert lessons.name(LESSON, "a", "Iris", ("iris", "lris"))
    assert not lessons.name(LESSON, "b", "lris", ("lris", "lris"))
    assert not lessons.name(LESSON, "b", "IRIS", ("iris", "lrls"))
    assert lessons.name(LESSON, "b", "ris", ("ris", "ris")), "a part is no form"
    lessons.remove_name(LESSON, "Iris", ("iris", "lris"))
    assert not lessons.name(LESSON, "c", "lris", ("lris", "lris"))


def test_a_removed_name_is_gone_and_nobody_can_take_it_again(lessons):
    lessons.name(LESSON, "a", "Rude", ("rude",))
    lessons.remove_name(LESSON, "Rude", ("rude",))
    assert lessons.participant(LESSON, "a") == Participant()
    assert not lessons.name(LESSON, "a", "Rude", ("rude",))
    assert not lessons.name(LESSON, "b", "rude", ("rude",))
    assert lessons.name(LESSON, "a", "Ann", ("ann",))


def test_the_first_guess_stands_whether_the_name_came_before_or_after(lessons):
    lessons.guess(LESSON, "a", "7")
    lessons.guess(LESSON, "a", "8")
    lessons.name(LESSON, "a", "Ann", ("ann",))
    lessons.name(LESSON, "b", "Bob", ("bob",))
    lessons.guess(LESSON, "b", "9")
    assert lessons.participant(LESSON, "a") == Participant("Ann", "7")
    assert lessons.participant(LESSON, "b") == Participant("Bob", "9")
    assert sorted(lessons.guesses(LESSON)) == ["7", "9"]
    assert lessons.guesses(OTHER) == []


def test_tries_are_the_measured_runs_of_those_with_a_name(lessons, store, tmp_path):
    first, second = (made({"run.epochs": "2", "run.seed": str(seed)}) for seed in (1, 2))
    stored_runs.finished(store, first, tmp_path)
    store.queue(second, "f" * 64)
    for visitor in ("a", "b"):
        lessons.enter(LESSON, visitor, first.name)
        lessons.enter(LESSON, visitor, second.name)
    lessons.enter(LESSON, "a", first.name)
    assert lessons.tries(LESSON) == []
    lessons.name(LESSON, "a", "Ann", ("ann",))
    assert [(name, run.name) for name, run in lessons.tries(LESSON)] == [("Ann", first.name)]
    assert lessons.count(LESSON) == (1, 2)
    store.delete(first.name)
    assert lessons.tries(LESSON) == []


def test_names_that_are_freed_can_be_taken_again_and_keep_when_they_were_taken(lessons):
    for visitor, name in (("a", "Ann"), ("b", "Bob"), ("c", "Cat")):
        lessons.name(LESSON, visitor, name, (name.casefold(),))
    first = lessons.names(LESSON)["Ann"]
    lessons.name(LESSON, "a", "Annie", ("annie",))
    assert lessons.names(LESSON)["Annie"] == first, "another name is no new arrival"
    lessons.free_names(LESSON, ["Annie", "Bob"])
    assert list(lessons.names(LESSON)) == ["Cat"]
    assert lessons.name(LESSON, "d", "Bob", ("bob",))
    assert lessons.name(LESSON, "a", "Ann", ("ann",))
    assert lessons.names(LESSON)["Ann"] > first


def test_a_lesson_is_open_until_it_is_closed(lessons):
    assert not lessons.by_prefix(LESSON).closed
    lessons.close(LESSON, True)
    assert lessons.by_prefix(LESSON).closed and not lessons.by_prefix(LESSON).revealed

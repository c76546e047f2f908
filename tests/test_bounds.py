"""What any visitor can have the app keep, many times over: each kind has an end."""

import threading
import time

import pytest

from playground.config import RunConfig
from playground.config.lessons import LessonError
from playground.config.sweeps import Choice, Search, SweepError, sweep_of
from playground.config.sweeps.definition import MOST_CHARACTERS
from playground.errors import UserError
from playground.service import lessons
from playground.service.exports import MOST_ASKING, Exports
from playground.store import Trial, lesson_store, studies
from playground.ui.export import files
from tests.lesson_page import lesson


def test_a_definition_that_fills_the_list_of_sweeps_is_refused(engine):
    values = [f"0.{number:03}" + "0" * 300 for number in range(1, 400)]
    with pytest.raises(SweepError, match=f"{MOST_CHARACTERS:,} is the limit: use fewer values"):
        engine.sweeps.start(sweep_of(RunConfig(), {"optimizer.learning_rate": values}, [0]))
    path = "optimizer.learning_rate"
    fields = [Choice(path=path, values=values[:50]), Choice(path="x", values=values[50:100])]
    with pytest.raises(SweepError, match=f"{MOST_CHARACTERS:,} is the limit: use fewer values"):
        engine.searches.start(Search(base=RunConfig(), fields=tuple(fields)))
    assert engine.sweeps.all() == engine.searches.all() == []
    whole = sweep_of(RunConfig(), {path: [f"{n / 1e5:.5f}" for n in range(1, 501)]}, [0])
    assert len(whole.members()) == 500, "the largest sweep fits"


def test_the_oldest_studies_go_with_their_trials(store, monkeypatch):
    monkeypatch.setattr(studies, "MOST_KEPT", 3)
    kept = store.studies
    for name in "abcad":
        kept.keep(name * 64, "search", "{}")
        kept.begin_trial(name * 64, Trial(0, "run", {}, ""))
    assert [study.name[0] for study in kept.all("search")] == ["d", "a", "c"]
    assert kept.trials("b" * 64) == [] and len(kept.trials("a" * 64)) == 1


def test_lessons_that_nobody_took_part_in_make_room_for_new_ones(engine, monkeypatch):
    monkeypatch.setattr(lesson_store, "MOST_LESSONS", 2)
    first, second, third, fourth = (lesson(engine, title=title) for title in ("1", "2", "3", "4"))
    assert [one for _, one in engine.lessons.all()] == [fourth, third]
    for one in (third, fourth):
        engine.lessons.join(one, "ann", "Ann")
    with pytest.raises(LessonError, match="as many lessons here as may be"):
        engine.lessons.make(first)
    engine.lessons.make(third)
    assert [one for _, one in engine.lessons.all()] == [fourth, third]
    assert engine.lessons.by_prefix(second.name[:16]) is None


def test_a_lesson_has_so_many_guesses_and_no_more(engine, monkeypatch):
    monkeypatch.setattr(lessons, "MOST_GUESSES", 2)
    one = lesson(engine, guess={"question": "Which?", "choices": ("low", "high")})
    for visitor in ("ann", "bob"):
        engine.lessons.guess(one, visitor, "low")
    with pytest.raises(UserError, match="There are 2 guesses, the most there may be"):
        engine.lessons.guess(one, "eve", "low")


def test_of_one_file_so_many_are_known_to_wait(tmp_path):
    exports = Exports(tmp_path, tmp_path)
    exports._work = lambda: None  # it waits
    for number in range(MOST_ASKING + 50):
        making = exports.ask("onnx", ["onnx"], f"cookie {number}")
    assert len(making.asked) == MOST_ASKING and len(exports._waiting) == 1


def test_one_download_is_made_at_a_time(engine, monkeypatch):
    on, most = [], []

    def content(*_) -> bytes:
        on.append(1)
        most.append(len(on))
        time.sleep(0.01)
        on.pop()
        return b""

    monkeypatch.setattr(files, "_content", content)
    made = [threading.Thread(target=files._download, args=(engine, None, "w")) for _ in range(6)]
    for one in made:
        one.start()
    for one in made:
        one.join()
    assert most == [1] * 6

"""How a lesson is made, and what the teacher can do and nobody else."""

from playground.ui import state
from tests import pages, stored_runs
from tests.lesson_page import KEY, LESSON, START, lesson, take


def test_a_lesson_is_made_of_the_sidebar_and_taken_at_once(engine):
    at = pages.open_page({"run.epochs": "9"}, LESSON)
    pages.change(at, "lesson.title", "Mine")
    pages.change(at, "lesson.open", ["run.epochs"])
    pages.change(at, "lesson.fixed", ["data.name"])
    pages.change(at, "lesson.guess_kind", "One of some answers")
    pages.press(at, "Make the lesson")
    assert "two answers" in pages.texts(at.main.error)[0]
    pages.change(at, "lesson.choices", "yes\nno\n")
    pages.change(at, "lesson.budget", "Epochs a run")
    pages.press(at, "Make the lesson")
    ((_, found),) = engine.lessons.all()
    assert (found.title, found.open, found.fixed) == ("Mine", ("run.epochs",), ("data.name",))
    assert found.start == pages.made({"run.epochs": "9"})
    assert (found.guess.choices, found.budget.epochs, found.keep_test) == (("yes", "no"), 30, False)
    assert at.query_params["lesson"] == found.name[:16]
    assert [code.value for code in at.code if f"/?lesson={found.name[:16]}" in code.value]
    pages.press(at, "Leave the lesson")
    assert "lesson" not in at.query_params and pages.button(at, "Make the lesson")


def test_a_lesson_without_a_title_is_one_sentence(engine):
    at = pages.press(pages.open_page(page=LESSON), "Make the lesson")
    assert len(at.main.error) == 1 and "title" in at.main.error[0].value.lower()
    assert engine.lessons.all() == []


def test_only_the_teacher_deletes_runs_where_there_is_one(engine, teacher_key):
    stored_runs.finished(engine.store, START, engine.data)
    link = {"run": START.name[:16]}
    at = pages.open_page(link, "pages/4_Compare.py", "bob")
    assert pages.button(at, "Delete this run").disabled
    state.visiting._teachers.add("teacher")
    at = pages.open_page(link, "pages/4_Compare.py", "teacher")
    pages.press(at, "Delete this run")
    assert engine.store.all() == []


def test_where_there_is_a_teacher_only_they_make_lessons_and_only_with_the_key(engine, teacher_key):
    at = pages.open_page(page=LESSON)
    assert not [b for b in at.button if b.label == "Make the lesson"]
    for wrong in ("", "the teacher's kez", KEY + "x"):
        pages.widget(at, "lesson.key").set_value(wrong)
        pages.press(at, "Enter")
        assert pages.texts(at.main.error) == ["This is not the key."]
    pages.widget(at, "lesson.key").set_value(KEY)
    pages.press(at, "Enter")
    assert pages.button(at, "Make the lesson")


def test_the_teacher_reveals_removes_and_stops_and_nobody_else_can(engine, teacher_key):
    one = lesson(engine, keep_test=True)
    engine.lessons.join(one, "ann", "Ann")
    engine.train(START, "ann")
    engine._jobs.submit_next(1)
    labels = {"Reveal the test figures", "Take it off"}
    student = take(one, LESSON, "bob")
    assert not labels & {b.label for b in student.button}
    assert pages.button(take(one, visitor="bob", run=START.name[:16]), "Stop").disabled
    at = take(one, LESSON, "teacher")
    pages.widget(at, "lesson.key").set_value(KEY)
    pages.press(at, "Enter")
    pages.press(at, "Reveal the test figures")
    assert engine.lessons.find(one.name)[1]
    pages.change(at, "lesson.names", "Ann")
    pages.press(at, "Take it off")
    assert engine.lessons.names(one) == []
    assert not pages.button(at, "Stop").disabled
    pages.press(at, "Stop")
    assert engine.stopping(START.name)


def test_the_key_may_hold_any_characters(engine, teacher_key, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", "schlüssel-ключ")
    at = pages.open_page(page=LESSON)
    pages.widget(at, "lesson.key").set_value("schlüssel-ключ")
    pages.press(at, "Enter")
    assert pages.button(at, "Make the lesson")


def test_only_ones_own_run_can_be_stopped(engine):
    engine.train(START, "ann")
    link = START.settings() | {"run": START.name[:16]}
    other = pages.open_page(link, visitor="bob")
    assert pages.button(other, "Stop").disabled
    assert "Somebody else asked for this run" in pages.button(other, "Stop").help
    pages.press(other, "Train")
    assert not pages.button(other, "Stop").disabled, "it is theirs too now"
    pages.press(other, "Stop")
    assert "it goes on for them" in pages.texts(other.main.error)[0]
    assert engine.store.get(START.name).status == "queued"
    own = pages.open_page(link, visitor="ann")
    pages.press(own, "Stop")
    assert engine.store.get(START.name).status == "stopped"

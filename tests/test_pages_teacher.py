"""How a lesson is made, and what the teacher can do and nobody else."""

from playground.config.sweeps import Range, Search, sweep_of
from playground.ui.state.identity import _teachers
from tests import pages, stored_runs
from tests.lesson_page import KEY, LESSON, START, lesson, take
from tests.waiting import wait


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


def test_the_teacher_marks_the_right_answer_and_one_that_is_rewritten_is_marked_no_longer(engine):
    at = pages.open_page(page=LESSON)
    pages.change(at, "lesson.title", "Mine")
    pages.change(at, "lesson.guess_kind", "One of some answers")
    pages.change(at, "lesson.choices", "yes\nno")
    assert pages.widget(at, "lesson.right").options == ["None", "yes", "no"]
    pages.change(at, "lesson.right", "no")
    pages.change(at, "lesson.choices", "yes\nnever")
    assert pages.widget(at, "lesson.right").value == ""
    pages.change(at, "lesson.right", "never")
    pages.press(at, "Make the lesson")
    ((_, found),) = engine.lessons.all()
    assert found.guess.right == "never"


def test_a_lesson_without_a_title_is_one_sentence(engine):
    at = pages.press(pages.open_page(page=LESSON), "Make the lesson")
    assert len(at.main.error) == 1 and "title" in at.main.error[0].value.lower()
    assert engine.lessons.all() == []


def test_only_the_teacher_deletes_runs_where_there_is_one(engine, teacher_key):
    stored_runs.finished(engine.store, START, engine.data)
    link = {"run": START.name[:16]}
    at = pages.open_page(link, "pages/4_Compare.py", "bob")
    assert pages.button(at, "Delete this run").disabled
    _teachers.add("teacher")
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
    assert engine.lessons.by_prefix(one.name)[1]
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


def become_teacher(at):
    pages.widget(at, "lesson.key").set_value(KEY)
    return pages.press(at, "Enter")


def test_the_teacher_stops_all_runs_sweeps_and_searches_whoever_asked(engine, teacher_key):
    trains, waits = (pages.made({"run.seed": str(seed)}) for seed in (1, 2))
    engine.train(trains, "ann")
    engine._jobs.submit_next(1)
    engine.train(waits, "bob")
    sweep = sweep_of(START, {"optimizer.learning_rate": ["0.1", "0.2"]}, [0])
    engine.sweeps.start(sweep, "bob")
    rates = Range(path="optimizer.learning_rate", low=0.01, high=0.1)
    search = Search(base=START, fields=(rates,), trials=3)
    engine.searches.start(search, "eve")
    wait(lambda: engine.count == 5)
    engine.give_up(trains.name, "ann")
    engine.train(trains, "eve")  # who wants it anew, does not get it either
    at = pages.open_page(page=LESSON, visitor="bob")
    assert not [b for b in at.button if b.label == "Stop all"]
    at = become_teacher(pages.open_page(page=LESSON, visitor="teacher"))
    assert "5 runs wait or train." in pages.texts(at.caption)
    pages.press(at, "Stop all")
    assert not at.error
    wait(lambda: engine.count == 1)
    now = pages.open_page(page=LESSON, visitor="teacher")
    assert "1 run waits or trains." in pages.texts(now.caption)
    assert engine.stopping(trains.name) and engine._jobs.get(trains.name).again == []
    wait(lambda: not engine.searches.is_active(search.name))
    assert engine.store.get(waits.name).status == "stopped"
    assert {engine.store.get(one.run).status for one in sweep.members()} == {"stopped"}
    assert not engine.sweeps.is_active(sweep)


def test_the_teacher_removes_all_unknown_and_closes_the_board(engine, teacher_key):
    one = lesson(engine)
    engine.lessons.join(one, "ann", "Ann")
    stored_runs.finished(engine.store, START, engine.data)
    engine.lessons.train(one, START, "ann")
    for number in range(60):
        engine.lessons.join(one, f"cookie {number}", f"bot{number:02}")
    at = become_teacher(take(one, LESSON, "teacher"))
    pages.change(at, "lesson.unknown", "without a run on the board")
    assert "60 of them: bot00, bot01, bot02, bot03, bot04 …" in pages.texts(at.caption)
    pages.press(at, "Close the board")
    pages.press(at, "Remove all unknown")
    assert engine.lessons.names(one) == ["Ann"]
    assert pages.button(at, "Remove all unknown").disabled
    other = take(one, visitor="bob")
    pages.widget(other, "lesson.name").set_value("bot60")
    pages.press(other, "Take this name")
    assert "closed this board" in pages.texts(other.main.error)[0]
    pages.change(at, "lesson.unknown", "who joined in the last 5 minutes")
    assert "1 of them: Ann" in pages.texts(at.caption)
    pages.press(at, "Open the board")
    assert not engine.lessons.is_closed(one)


def test_where_nobody_has_the_key_the_pages_say_how_one_gets_it(engine):
    engine.train(START, "ann")
    other = pages.open_page({"run": START.name[:16]}, visitor="bob")
    assert "start it with `PLAYGROUND_TEACHER_KEY=" in pages.button(other, "Stop").help
    at = pages.open_page(page=LESSON, visitor="bob")
    assert any("PLAYGROUND_TEACHER_KEY=" in text for text in pages.texts(at.markdown))
    assert not [b for b in at.button if b.label in ("Stop all", "Enter")]

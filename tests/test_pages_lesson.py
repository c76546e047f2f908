"""The page of lessons, and what a class sees: with AppTest and an engine that only queues."""

import pytest

from playground.config import RunConfig
from playground.lessons import Lesson, LessonError, lesson_of
from playground.limits import AppLimits, Limits
from playground.ui import rights, state
from tests import pages, stored_runs

LESSON, MATRIX, SWEEP = "pages/8_Lesson.py", "pages/2_Confusion_matrix.py", "pages/5_Sweep.py"
START = pages.made({"run.epochs": "3", "architecture.hidden": "8", "optimizer.name": "momentum"})
KEY = "the teacher's key"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", KEY)
    monkeypatch.setattr(rights, "SLOW", 0.0)
    yield
    state.visiting._teachers.clear()


def lesson(engine, **values) -> Lesson:
    found = lesson_of(
        **{
            "title": "How fast?",
            "question": "Which rate is best?",
            "start": START,
            "open": ("optimizer.learning_rate",),
            "fixed": ("run.epochs", "optimizer.name"),
        }
        | values
    )
    engine.lessons.make(found)
    return found


def take(lesson: Lesson, page: str = pages.TRAIN, visitor: str = "ann", **link: str):
    return pages.open_page({"lesson": lesson.name[:16], **link}, page, visitor)


def keys(at) -> set[str]:
    """The settings that the sidebar shows."""
    return {w.key for w in at.sidebar if getattr(w, "key", None) and "." in w.key
            and not w.key.startswith("section.")}  # fmt: skip


def config_of(at, lesson: Lesson) -> RunConfig:
    """What the address carries, read as the lesson reads it."""
    settings = {k: v for k, v in at.query_params.items() if k not in ("lesson", "run")}
    config, problems = lesson.take(settings)
    assert problems == []
    return config


def test_who_opens_a_lesson_sees_what_is_open_or_fixed_and_nothing_else(engine):
    at = take(lesson(engine))
    assert keys(at) == {"optimizer.kind", "optimizer.momentum.learning_rate", "run.epochs"}
    assert pages.widget(at, "optimizer.momentum.learning_rate").disabled is False
    assert pages.widget(at, "run.epochs").disabled and pages.widget(at, "run.epochs").value == 3
    assert pages.widget(at, "optimizer.kind").disabled
    assert any("How fast?" in text for text in pages.texts(at.main.markdown))
    assert "Which rate is best?" in pages.texts(at.main.markdown)


def test_a_lesson_holds_its_values_against_an_edited_link_and_a_forged_widget(engine):
    one = lesson(engine)
    at = take(one, **{"run.epochs": "500", "optimizer.learning_rate": "0.3", "run.seed": "5"})
    (told,) = pages.texts(at.main.warning)
    assert "run.epochs is not open in this lesson" in told.replace("\\", "")
    assert config_of(at, one) == pages.made(START.settings() | {"optimizer.learning_rate": "0.3"})
    # A forged message may hold a value for a widget that is disabled.
    forged = pages.widget(at, "run.epochs")
    forged.proto.disabled = False
    forged.set_value(400)
    pages.press(at, "Train")
    (run,) = engine.store.all()
    assert (run.config.run.epochs, run.config.optimizer.learning_rate) == (3, 0.3)


def test_a_kind_that_is_open_keeps_what_the_lesson_holds_of_it(engine):
    one = lesson(engine, open=("optimizer.name",), fixed=("optimizer.learning_rate",),
                 start=pages.made({"optimizer.learning_rate": "0.07"}))  # fmt: skip
    at = take(one)
    pages.change(at, "optimizer.kind", "rmsprop")
    assert pages.widget(at, "optimizer.rmsprop.learning_rate").value == 0.07
    assert pages.widget(at, "optimizer.rmsprop.learning_rate").disabled
    found = config_of(at, one)
    assert (found.optimizer.name, found.optimizer.learning_rate) == ("rmsprop", 0.07)


def test_reset_brings_back_the_lessons_start_and_not_the_defaults(engine):
    one = lesson(engine)
    at = take(one)
    pages.change(at, "optimizer.momentum.learning_rate", 0.5)
    assert config_of(at, one).optimizer.learning_rate == 0.5
    pages.press(at, "Reset")
    assert config_of(at, one) == START


def test_a_guess_is_asked_before_train_and_stands_beside_the_result(engine):
    one = lesson(engine, guess={"question": "How good?"})
    at = take(one)
    assert pages.button(at, "Train").disabled
    pages.change(at, "lesson.guess", 90.0)
    pages.press(at, "Guess")
    assert engine.lessons.seat(one, "ann").guess == "90"
    pages.press(at, "Train")
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)
    pages.run(at)
    reached = engine.store.get(START.name).scores["validation"].accuracy * 100
    (told,) = [text for text in pages.texts(at.main.markdown) if "You guessed" in text]
    said = f"{reached:.1f}".removesuffix(".0"), f"{90 - reached:.1f}".removesuffix(".0")
    assert told == f"You guessed **90%**. It came to **{said[0]}%**: {said[1]} points less."


def test_choices_are_shown_with_how_the_class_guessed(engine):
    one = lesson(engine, guess={"question": "Which?", "choices": ("low", "high")})
    engine.lessons.guess(one, "bob", "high")
    at = take(one)
    assert "The class guessed: low (0) · high (1)" not in pages.texts(at.main.caption)
    pages.change(at, "lesson.guess", "low")
    pages.press(at, "Guess")
    assert "The class guessed: low (1) · high (1)" in pages.texts(at.main.caption)


def test_a_name_on_the_board_is_shown_as_it_was_written(engine):
    one = lesson(engine)
    at = take(one)
    name = "**Ann** <b>"
    pages.widget(at, "lesson.name").set_value(name)
    pages.press(at, "Take this name")
    assert engine.lessons.seat(one, "ann").nickname == name
    pages.press(at, "Train")
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)
    board = take(one, LESSON, "bob")
    (table,) = [m.value for m in board.main.markdown if m.value.startswith("| Place")]
    assert r"\*\*Ann\*\* \<b\>" in table and "Nothing yet" in table
    accuracy = engine.store.get(START.name).scores["test"].accuracy
    assert f"{accuracy:.2%}" in table
    other = take(one, visitor="bob")
    pages.widget(other, "lesson.name").set_value(name.upper())
    pages.press(other, "Take this name")
    assert "somebody has it" in pages.texts(other.main.error)[0]


def test_over_the_budget_train_cannot_be_pressed_and_says_why(engine):
    one = lesson(engine, open=("run.epochs",), fixed=(), budget=Limits(epochs=5))
    at = take(one)
    assert not pages.button(at, "Train").disabled
    pages.change(at, "run.epochs", 6)
    assert pages.button(at, "Train").disabled
    (told,) = pages.texts(at.sidebar.error)
    assert told == "This lesson allows at most 5 epochs a run; these settings have 6: use fewer."


def test_the_apps_limits_hold_for_everyone_and_the_settings_begin_within_them(engine):
    engine.limits = AppLimits(epochs=10, images=200)
    at = pages.open_page()
    assert not pages.button(at, "Train").disabled
    begun = pages.config_of(at)
    assert (begun.run.epochs, begun.data.train_images) == (10, 200)
    pages.change(at, "run.epochs", 11)
    assert pages.button(at, "Train").disabled
    assert "This playground allows at most 10 epochs" in pages.texts(at.sidebar.error)[0]
    pages.press(at, "Reset")
    assert pages.config_of(at) == begun
    at = pages.open_page({"run.epochs": "30"})
    assert pages.button(at, "Train").disabled, "what a link says is told, not changed"


def test_an_unknown_lesson_is_told(engine):
    at = pages.open_page({"lesson": "0" * 16})
    assert "This lesson is not stored here" in pages.texts(at.main.warning)[0]
    assert "lesson" not in at.query_params


def test_test_figures_are_nowhere_before_the_teacher_reveals_them(engine, key):
    one = lesson(engine, keep_test=True)
    at = take(one)
    pages.press(at, "Train")
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)
    pages.run(at)
    (table,) = [t.value.values.tolist() for t in at.main.table if "Accuracy" in t.value]
    assert [row[0] for row in table] == ["Train", "Validation"]
    assert "Test" not in take(one, LESSON).main.markdown[0].value
    matrix = take(one, MATRIX, run=START.name[:16])
    accuracy = engine.store.get(START.name).scores["test"].accuracy
    assert f"test {accuracy:.1%}" not in matrix.selectbox(key="chosen.run").options[0]
    (splits,) = [w for w in matrix.main.get("button_group") if w.key == "matrix.split"]
    assert splits.options == ["Validation"]
    compare = take(one, "pages/4_Compare.py", run=START.name[:16])
    assert "not part of the lesson" in pages.texts(compare.main.info)[0]
    engine.lessons.reveal(one, True)
    pages.run(at)
    (table,) = [t.value.values.tolist() for t in at.main.table if "Accuracy" in t.value]
    assert [row[0] for row in table] == ["Train", "Validation", "Test"]


def test_pages_where_the_lesson_could_be_left_are_not_part_of_it(engine):
    at = take(lesson(engine), SWEEP)
    assert "not part of the lesson" in pages.texts(at.main.info)[0]
    assert not [b for b in at.main.button if b.label.startswith("Start")]


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


def test_only_the_teacher_deletes_runs_where_there_is_one(engine, key):
    stored_runs.finished(engine.store, START, engine.data)
    link = {"run": START.name[:16]}
    at = pages.open_page(link, "pages/4_Compare.py", "bob")
    assert pages.button(at, "Delete this run").disabled
    state.visiting._teachers.add("teacher")
    at = pages.open_page(link, "pages/4_Compare.py", "teacher")
    pages.press(at, "Delete this run")
    assert engine.store.all() == []


def test_a_run_over_the_budget_of_seconds_is_told_not_to_count(engine):
    one = lesson(engine, budget=Limits(seconds=0.5))
    engine.lessons.join(one, "ann", "Ann")
    engine.lessons.train(one, START, "ann")
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)  # in 1 s
    at = take(one, run=START.name[:16])
    assert [text for text in pages.texts(at.main.caption) if "over the budget" in text]
    assert engine.lessons.board(one) == []


def test_a_lesson_cannot_keep_test_figures_that_runs_watch_as_they_train(engine):
    for values in (
        {"start": pages.made({"data.validation": "test"})},
        {"open": ("data.validation",)},
    ):
        with pytest.raises(LessonError, match="test figures cannot be kept"):
            lesson(engine, keep_test=True, **values)
    other = pages.made({"data.validation": "test", "run.epochs": "3"})
    stored_runs.finished(engine.store, other, engine.data)
    one = lesson(engine, keep_test=True)
    at = take(one, run=other.name[:16])
    assert not pages.charts(at) and not at.main.table
    matrix = take(one, MATRIX, run=other.name[:16])
    assert "The test figures are shown when the teacher reveals them." in pages.texts(matrix.info)
    assert "chosen.run" not in [box.key for box in matrix.selectbox]


def test_open_blocks_can_be_edited_in_all_their_fields(engine):
    one = lesson(engine, start=pages.made({"architecture.kind": "cnn"}), fixed=(),
                 open=("architecture.blocks",))  # fmt: skip
    at = take(one)
    pages.change(at, "architecture.cnn.blocks.0.channels", "8")
    assert config_of(at, one).architecture.blocks[0].channels == (8,)


def test_where_there_is_a_teacher_only_they_make_lessons_and_only_with_the_key(engine, key):
    at = pages.open_page(page=LESSON)
    assert not [b for b in at.button if b.label == "Make the lesson"]
    for wrong in ("", "the teacher's kez", KEY + "x"):
        pages.widget(at, "lesson.key").set_value(wrong)
        pages.press(at, "Enter")
        assert pages.texts(at.main.error) == ["This is not the key."]
    pages.widget(at, "lesson.key").set_value(KEY)
    pages.press(at, "Enter")
    assert pages.button(at, "Make the lesson")


def test_the_teacher_reveals_removes_and_stops_and_nobody_else_can(engine, key):
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


def test_the_key_may_hold_any_characters(engine, key, monkeypatch):
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

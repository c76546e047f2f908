"""What a class sees of a lesson: with AppTest and an engine that only queues."""

import pytest

from playground import formats
from playground.config import RunConfig
from playground.config.lessons import LessonError
from playground.config.run_limits import AppLimits, Limits
from playground.ui.state.identity import _teachers
from tests import pages, stored_runs
from tests.lesson_page import LESSON, START, config_of, lesson, take

MATRIX, SWEEP = "pages/2_Confusion_matrix.py", "pages/5_Sweep.py"


def keys(part) -> set[str]:
    """The settings that a part of the page shows."""
    found = {pages.key_of(element) for element in part}
    return {key for key in found if key.startswith(tuple(RunConfig.model_fields))}


def test_who_opens_a_lesson_sees_what_is_open_or_fixed_and_nothing_else(engine):
    at = take(lesson(engine))
    assert keys(at.main) == {"optimizer.momentum.learning_rate"}
    assert keys(at.sidebar) == {"optimizer.kind", "run.epochs"}
    assert pages.widget(at, "optimizer.momentum.learning_rate").disabled is False
    assert pages.widget(at, "run.epochs").disabled and pages.widget(at, "run.epochs").value == "3"
    assert pages.widget(at, "optimizer.kind").disabled
    assert any("How fast?" in text for text in pages.texts(at.main.markdown))
    assert "Which rate is best?" in pages.texts(at.main.markdown)


def test_up_to_four_open_settings_stand_on_train_beside_the_curve_and_else_in_the_sidebar(engine):
    few = ("optimizer.name", "architecture.hidden", "run.epochs", "run.batch_size")
    one = lesson(engine, open=few, fixed=())
    at = take(one)
    four = {"optimizer.kind", "architecture.mlp.hidden", "run.epochs", "run.batch_size"}
    assert keys(at.main) == four and keys(at.sidebar) == set()
    pages.change(at, "optimizer.kind", "rmsprop")
    more = keys(at.main) - four
    assert "optimizer.rmsprop.alpha" in more, "what comes with another kind is open too"
    assert pages.widget(at, "optimizer.kind").label == "Optimizer"
    assert keys(take(one, MATRIX).sidebar) == four
    many = lesson(engine, open=(*few, "run.seed"), fixed=())
    at = take(many)
    assert keys(at.main) == set() and keys(at.sidebar) == {*four, "run.seed"}


def test_what_is_set_on_the_page_is_there_on_other_pages_and_with_undo_and_reset(engine):
    one = lesson(engine)
    rate = "optimizer.momentum.learning_rate"
    stored_runs.finished(engine.store, START, engine.data)
    at = take(one, run=START.name[:16])
    pages.change(at, rate, 0.5)
    assert config_of(at, one).optimizer.learning_rate == 0.5
    at.switch_page(MATRIX)
    assert pages.widget(pages.run(at), rate).value == "0.5"
    pages.change(at, rate, 0.25)
    at.switch_page(pages.TRAIN)
    assert pages.widget(pages.run(at), rate).value == "0.25"
    assert rate in keys(at.main)
    pages.press(at, "Undo")
    assert config_of(at, one) == START
    pages.change(at, rate, 0.5)
    pages.press(at, "Reset")
    assert config_of(at, one) == START and pages.widget(at, rate).value == "0.01"


def test_a_what_if_is_a_change_and_train_right_below_it(engine):
    one = lesson(engine)
    at = pages.press(take(one), "Train")
    pages.change(at, "optimizer.momentum.learning_rate", 0.5)
    (train,) = [button for button in at.main.button if button.key == "train.page"]
    train.click()
    pages.run(at)
    assert {run.config.optimizer.learning_rate for run in engine.store.all()} == {0.01, 0.5}
    wrong = pages.change(at, "optimizer.momentum.learning_rate", "x")
    assert len(wrong.main.error) == 1 and not wrong.sidebar.error
    assert not pages.enabled(wrong)["Train"]


def test_a_lesson_holds_its_values_against_an_edited_link_and_a_forged_widget(engine):
    one = lesson(engine)
    at = take(one, **{"run.epochs": "500", "optimizer.learning_rate": "0.3", "run.seed": "5"})
    (told,) = pages.texts(at.main.warning)
    assert "Epochs (run.epochs) is not open in this lesson" in told.replace("\\", "")
    assert pages.widget(at, "optimizer.momentum.learning_rate").value == "0.3"
    # A forged message may hold a value for a widget that is disabled.
    forged = pages.widget(at, "run.epochs")
    forged.proto.disabled = False
    forged.set_value("400")
    pages.press(at, "Train")
    (run,) = engine.store.all()
    assert (run.config.run.epochs, run.config.optimizer.learning_rate) == (3, 0.3)


def test_a_kind_that_is_open_keeps_what_the_lesson_holds_of_it(engine):
    one = lesson(engine, open=("optimizer.name",), fixed=("optimizer.learning_rate",),
                 start=pages.made({"optimizer.learning_rate": "0.07"}))  # fmt: skip
    at = take(one)
    pages.change(at, "optimizer.kind", "rmsprop")
    assert pages.widget(at, "optimizer.rmsprop.learning_rate").value == "0.07"
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
    assert engine.lessons.participant(one, "ann").guess == "90"
    pages.press(at, "Train")
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)
    pages.run(at)
    reached = engine.store.get(START.name).scores["validation"].accuracy * 100
    (told,) = [text for text in pages.texts(at.main.markdown) if "You guessed" in text]
    said = f"{reached:.1f}".removesuffix(".0"), f"{90 - reached:.1f}".removesuffix(".0")
    assert (
        told
        == f"You guessed **90\u00a0%**. It came to **{said[0]}\u00a0%**: {said[1]} points less."
    )


CHOICES = {"question": "Which?", "choices": ("low", "high"), "right": "high"}


def bars(at) -> list[str]:
    """What the chart of guesses says in words."""
    described = [chart.alt for chart in pages.charts(at)]
    return [text for text in described if "guesses" in text]


def trained(engine, one, visitor: str, answer: str) -> None:
    """Let a visitor guess and train the lesson's start to its end."""
    engine.lessons.guess(one, visitor, answer)
    engine.lessons.train(one, START, visitor)
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)


def test_how_the_class_guessed_and_what_is_right_is_told_after_the_first_finished_run(engine):
    one = lesson(engine, guess=CHOICES)
    engine.lessons.guess(one, "bob", "high")
    at = take(one)
    pages.change(at, "lesson.guess", "low")
    pages.press(at, "Guess")
    assert "You guessed **low**." in pages.texts(at.main.markdown) and bars(at) == []
    pages.press(at, "Train")
    assert "You guessed **low**." in pages.texts(at.main.markdown) and bars(at) == []
    engine.stop(START.name)
    pages.run(at)
    assert bars(at) == [], "who stopped it has not seen what comes out"
    stored_runs.finished(engine.store, START, engine.data)
    pages.run(at)
    assert "You guessed **low**; it is **high**." in pages.texts(at.main.markdown)
    assert bars(at) == ["Bar chart of the class's guesses: low 1, high 1. Right is high."]
    assert "1 of 2 guessed right." in pages.texts(at.main.caption)
    engine.lessons.train(one, START, "bob")
    other = take(one, visitor="bob")
    assert "You guessed **high**. Right." in pages.texts(other.main.markdown)


def test_numbers_are_a_histogram_with_what_the_run_came_to(engine):
    one = lesson(engine, guess={"question": "How good?"})
    for visitor, number in (("bob", "40"), ("eve", "90")):
        engine.lessons.guess(one, visitor, number)
    trained(engine, one, "ann", "60")
    reached = engine.store.get(START.name).scores["validation"].accuracy * 100
    (told,) = bars(take(one, run=START.name[:16]))
    assert told == (
        f"Histogram of 3 guesses from 40 to 90, 60 in the middle. This run came to {reached:.1f}."
    )


def test_the_board_tells_how_many_guessed_then_how_and_then_what_is_right(engine, teacher_key):
    one = lesson(engine, guess=CHOICES)
    engine.lessons.guess(one, "bob", "low")
    for visitor in ("ann", "bob"):  # who has no run must not read it there
        at = take(one, LESSON, visitor)
        assert "**1** guessed: Which?" in pages.texts(at.main.markdown)
        assert bars(at) == [] and not [b for b in at.main.button if b.label.startswith("Show")]
    _teachers.add("teacher")
    at = take(one, LESSON, "teacher")
    assert bars(at) == []
    pages.press(at, "Show the guesses")
    assert bars(at) == ["Bar chart of the class's guesses: low 1, high 0."]
    assert not [text for text in pages.texts(at.main.markdown) if "Right is" in text]
    pages.press(at, "Show the right answer")
    assert bars(at) == ["Bar chart of the class's guesses: low 1, high 0. Right is high."]
    assert "Right is **high**." in pages.texts(at.main.markdown)
    assert "0 of 1 guessed right." in pages.texts(at.main.caption)
    pages.press(at, "Hide")
    assert bars(at) == []


def test_who_guessed_and_trained_sees_the_bars_on_the_board_and_may_ask_for_the_answer(
    engine, teacher_key
):
    one = lesson(engine, guess=CHOICES)
    trained(engine, one, "ann", "high")
    at = take(one, LESSON)
    assert bars(at) == ["Bar chart of the class's guesses: low 0, high 1."]
    pages.press(at, "Show the right answer")
    assert "1 of 1 guessed right." in pages.texts(at.main.caption)


def test_a_name_on_the_board_is_shown_as_it_was_written(engine):
    one = lesson(engine)
    at = take(one)
    name = "**Ann** <b>"
    pages.widget(at, "lesson.name").set_value(name)
    pages.press(at, "Take this name")
    assert engine.lessons.participant(one, "ann").nickname == name
    pages.press(at, "Train")
    engine.stop(START.name)
    stored_runs.finished(engine.store, START, engine.data)
    board = take(one, LESSON, "bob")
    (table,) = [element.value for element in board.main.table]
    # All else is alike of all, as one is there alone.
    assert [*table.columns] == ["Place", "Name", "Validation", "Test", "Changed from the start"]
    place, nickname, _, accuracy, changed = table.values[0]
    assert (place, nickname, changed) == ("1", r"\*\*Ann\*\* \<b\>", "Nothing yet")
    assert accuracy == formats.share(engine.store.get(START.name).scores["test"].accuracy)
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
    (told,) = pages.texts(at.main.error)
    assert told == "This lesson allows at most 5 epochs a run; these settings have 6: use fewer."


def test_the_apps_limits_hold_for_everyone_and_the_settings_begin_within_them(engine):
    engine.limits = AppLimits(epochs=10, images=200)
    at = pages.open_page()
    assert not pages.button(at, "Train").disabled
    pages.change(at, "run.seed", 1)
    begun = pages.config_of(at).with_seed(0)
    assert (begun.run.epochs, begun.data.train_images) == (10, 200)
    pages.change(at, "run.epochs", 11)
    assert pages.button(at, "Train").disabled
    assert "This playground allows at most 10 epochs" in pages.texts(at.sidebar.error)[0]
    assert pages.stands_below(at, "run.epochs")
    pages.press(at, "Reset")
    assert pages.config_of(at) == begun
    at = pages.open_page({"run.epochs": "30"})
    assert pages.button(at, "Train").disabled, "what a link says is told, not changed"


@pytest.mark.parametrize(("most", "begins"), [(1077, 1077), (1078, "all"), (1200, "all")])
def test_all_images_are_begun_with_if_as_many_train_beside_validation(engine, most, begins):
    engine.limits = AppLimits(images=most)
    at = pages.change(pages.open_page(), "run.seed", 1)  # the link of a first page says nothing
    assert not at.sidebar.error and pages.config_of(at).data.train_images == begins


def test_an_unknown_lesson_is_told(engine):
    at = pages.open_page({"lesson": "0" * 16})
    assert "This lesson is not stored here" in pages.texts(at.main.warning)[0]
    pages.change(at, "run.epochs", 5)
    assert dict(at.query_params) == {"run.epochs": "5"}


def test_test_figures_are_nowhere_before_the_teacher_reveals_them(engine, teacher_key):
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
    assert f"test {accuracy:.1%}" not in matrix.selectbox(key="chosen.run.Mistakes").options[0]
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
    assert "chosen.run.Mistakes" not in [box.key for box in matrix.selectbox]


def test_open_blocks_can_be_edited_in_all_their_fields(engine):
    one = lesson(engine, start=pages.made({"architecture.kind": "cnn"}), fixed=(),
                 open=("architecture.blocks",))  # fmt: skip
    at = take(one)
    pages.change(at, "architecture.cnn.blocks.0.channels", "8")
    assert config_of(at, one).architecture.blocks[0].channels == (8,)

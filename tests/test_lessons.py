"""Lessons: what they hold, whatever is asked for; their links; names and guesses."""

import contextlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import KINDS, RunConfig, flat, lessons, with_settings
from playground.config.lessons import Guess, LessonError, controls_of, lesson_of
from playground.config.paths import walk
from playground.config.run_limits import Limits
from playground.errors import UserError
from playground.visible import visible
from tests.pages import made
from tests.strategies import configs

START = made({"optimizer.learning_rate": "0.02", "run.epochs": "7", "architecture.dropout": "0.1"})


def lesson(start: RunConfig = START, **values):
    return lesson_of(**{"title": "A lesson", "start": start} | values)


@st.composite
def any_lesson(draw):
    start = draw(configs())
    paths = draw(st.permutations(controls_of(start)))
    cut, end = sorted(draw(st.tuples(*[st.integers(0, len(paths))] * 2)))
    return lesson(start, open=paths[:cut], fixed=paths[cut:end])


@settings(max_examples=150)
@given(any_lesson(), configs())
def test_whatever_is_asked_for_only_what_is_open_differs_from_the_start(lesson, asked):
    held = lesson.hold(asked)
    before, after = flat(lesson.start), flat(held)
    changed = {path for path in after if before.get(path) != after[path]}
    # Idle settings take their defaults beside a changed one, as anywhere.
    idle = {leaf.path for leaf in walk(held) if leaf.inactive}
    # What the start has may not fit another kind: 50,001 images, of CIFAR10's 50,000.
    unfit = {
        path for path in changed & before.keys() if with_settings({path: before[path]}, held)[1]
    }
    assert all(lesson.access(path) == "open" for path in changed - idle - unfit)
    assert lesson.hold(held) == held


@settings(max_examples=150)
@given(any_lesson(), configs())
def test_a_lessons_link_is_read_back_as_the_same_config(lesson, asked):
    held = lesson.hold(asked)
    assert lesson.take(lesson.changed_settings(held)) == (held, [])


PATHS = st.sampled_from(controls_of(RunConfig())) | st.text(max_size=40)


@settings(max_examples=150)
@given(any_lesson(), st.dictionaries(PATHS, st.text(max_size=30), max_size=6))
def test_any_link_gives_a_config_of_the_lesson_and_a_sentence_for_what_cannot_be_used(lesson, link):
    config, problems = lesson.take(link)
    assert lesson.hold(config) == config
    assert all(problem.path in link and problem.message for problem in problems)
    assert problems or lesson.take(lesson.changed_settings(config)) == (config, [])


def test_an_edited_link_is_told_of_each_setting_that_is_not_open():
    config, problems = lesson(open=("optimizer.learning_rate",)).take(
        {"optimizer.learning_rate": "0.5", "run.epochs": "500", "run.seed": "0", "nonsense": "1"}
    )
    assert config == made(START.settings() | {"optimizer.learning_rate": "0.5"})
    assert list(map(str, problems)) == [
        "run.epochs is not open in this lesson.",
        "nonsense is not open in this lesson.",
    ]


def test_another_kind_comes_with_its_own_settings_and_keeps_those_that_both_have():
    opened = lesson(open=("optimizer.name",))
    asked = made({"optimizer.name": "momentum", "optimizer.momentum": "0.5", "run.epochs": "99"})
    held = opened.hold(asked)
    assert (held.optimizer.name, held.optimizer.momentum) == ("momentum", 0.5)
    assert held.optimizer.learning_rate == 0.02 and held.run.epochs == 7
    assert opened.access("optimizer.momentum") == "open"
    assert opened.access("optimizer.learning_rate") == "hidden"


def test_a_closed_kind_stays_even_where_its_settings_are_open():
    held = lesson(open=("optimizer.learning_rate",)).hold(
        made({"optimizer.name": "sgd", "optimizer.learning_rate": "0.3"})
    )
    assert (held.optimizer.name, held.optimizer.learning_rate) == ("adam", 0.3)


def test_every_kind_and_every_setting_is_a_control():
    paths = controls_of(RunConfig())
    tags = {f"{section}.{next(iter(kinds.values())).tag}" for section, kinds in KINDS.items()}
    assert tags <= set(paths)
    assert {"run.epochs", "regularization.early_stopping.watch"} <= set(paths)


def test_runs_are_ranked_only_where_all_are_measured_on_the_same_validation_images():
    assert lesson(open=("optimizer.learning_rate",)).ranks
    assert lesson(open=("data.train_images",)).ranks
    few = FEW | {"data.validation_from": "chosen"}
    assert lesson(made(few)).ranks and not lesson(made(few), open=("data.train_images",)).ranks
    assert not lesson(open=("data.train_images", "data.validation_from")).ranks
    assert not lesson(with_settings({"data.validation": "none"})[0]).ranks
    assert not lesson(with_settings({"data.validation": "test"})[0]).ranks


def test_a_stored_lesson_keeps_its_name_and_its_runs():
    """The names are those from before validation could be from the pool."""
    now = lesson(RunConfig(), title="More data", open=("data.train_images",))
    text = now.canonical().replace(',"version":2', "")
    before = lessons.from_json(text)
    assert before.name == "35f862a9233977b6974f674557ab33d8aae0ed13216526ef9a221d17cc9fa115"
    config, problems = before.take({"data.train_images": "200"})
    assert config.name == "d4308bcd91440a2b11317eff99475137821430834de2b40a5c072b55073c5643"
    assert not problems and before.hold(config) == config == before.hold(made(FEW))
    assert not before.ranks and now.ranks and now.take({"data.train_images": "200"})[0] == made(FEW)
    assert lessons.from_json(now.canonical()) == now != before


FEW = {"data.train_images": "200"}


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"title": "  "}, "Title"),
        ({"title": "x" * 81}, "characters"),
        ({"question": "x" * 501}, "characters"),
        ({"open": ("run.nonsense",)}, "no setting 'run.nonsense'"),
        ({"open": ("optimizer.momentum",)}, "no setting"),
        ({"open": ("run.epochs",), "fixed": ("run.epochs",)}, "both open and fixed"),
        ({"guess": {"question": "", "choices": ("a", "b")}}, "Guess question"),
        ({"guess": {"question": "Which?", "choices": ("a", " a ")}}, "one choice only"),
        ({"guess": {"question": "Which?", "choices": ("a", "b"), "right": "c"}}, "answer, c, is"),
        ({"guess": {"question": "How good?", "right": "90"}}, "a number has no right answer"),
        ({"budget": {"epochs": 0}}, "Budget epochs"),
        ({"hidden": True}, "Hidden"),
    ],
)
def test_a_lesson_that_makes_no_sense_is_one_sentence(values, word):
    with pytest.raises(LessonError, match=word) as caught:
        lesson(**values)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_a_lesson_is_known_by_its_content_and_read_back_from_its_json():
    one = lesson(open=("run.epochs",), guess={"question": "Which?"}, budget=Limits(epochs=9))
    assert lessons.from_json(one.canonical()) == one
    assert one.name != lesson(open=("run.epochs",), budget=Limits(epochs=9)).name
    with pytest.raises(LessonError):
        lessons.from_json('{"title": 1}')


def test_a_lesson_of_before_there_were_right_answers_keeps_its_name_and_is_read():
    guess = {"question": "Which?", "choices": ("low", "high")}
    before = lesson(guess=guess)
    assert before.name == "acf58acece4d049a7be3884ab3cc08951aa0cf67bf47bba53373a26e20982e0e"
    assert '"right"' not in before.canonical()
    assert lessons.from_json(before.canonical()).guess.right == ""
    marked = lesson(guess=guess | {"right": " high "})
    assert marked.guess.right == "high" and marked.name != before.name
    assert lessons.from_json(marked.canonical()) == marked


@pytest.mark.parametrize(
    ("text", "name"),
    [("  Ann  B ", "Ann B"), ("Zoe\u0308", "Zo\u00eb"), ("a\u202eb\n", "ab"), ("🙂", "🙂")],
)
def test_a_nickname_is_what_can_be_seen_of_it(text, name):
    assert lessons.nickname(text) == name


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u202e", "...", "x" * 25])
def test_a_nickname_that_says_nothing_or_too_much_is_refused(text):
    with pytest.raises(UserError):
        lessons.nickname(text)


@given(st.text(max_size=300))
def test_any_text_is_a_short_printable_name_or_refused(text):
    try:
        name = lessons.nickname(text)
    except UserError:
        return
    assert name and len(name) <= lessons.MAX_LETTERS and visible(name) == name
    assert lessons.nickname(name) == name


def alike(one: str, other: str) -> bool:
    return bool(set(lessons.folded(one)) & set(lessons.folded(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ANN", "ann"),
        ("Ａｎｎ", "ann"),
        ("Ann", "\u0410nn"),  # Cyrillic
        ("ann", "\u0391\u039d\u039d"),  # Greek
        ("ann", "\U0001d41a\U0001d427\U0001d427"),  # mathematical
        ("ann", "\u0251nn"),  # phonetic
        ("Iris", "lris"),
        ("iris", "IRIS"),
        ("Mia", "rnia"),
        ("BOB", "B0B"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("\u0412\u043e\u0432\u0430", "\u0432\u043e\u0432\u0430"),  # Cyrillic, in both cases
        ("Ann Lee", "Ann\u00a0Lee"),
        ("\u2764", "\u2764\ufe0f"),
        ("5", "\u01bc"),
    ],
)
def test_names_that_look_alike_are_one(one, other):
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "Anna"),
        ("Zoe", "Zo\u00eb"),
        ("Lia", "Ila"),
        ("Nina", "Vina"),
        ("\u674e", "\u5b63"),  # two family names
        ("\u3055\u304f\u3089", "\u3055\u304f"),
        ("\u0645\u062d\u0645\u062f", "\u0645\u062d\u0645\u0648\u062f"),
        ("Ann1", "Ann2"),
        ("\U0001f642", "\U0001f643"),
        ("\U0001fae8", "\U0001fae9"),
    ],
)
def test_names_that_look_different_are_two(one, other):
    assert not alike(one, other)


@given(st.text(max_size=40))
def test_a_name_has_the_same_forms_however_it_was_typed(text):
    assert lessons.folded(text) == lessons.folded(unicodedata.normalize("NFD", text))
    with contextlib.suppress(UserError):
        assert not any("\n" in form for form in lessons.folded(lessons.nickname(text)))


def test_a_guess_is_one_of_the_choices_or_a_number_that_can_be():
    choice = Guess(question="Which?", choices=("low", "high"))
    assert choice.answer("low") == "low"
    number = Guess(question="How many?")
    assert number.answer("97.50") == "97.5"
    assert Guess(question="How many?", of="epochs").answer("500") == "500"
    for guess, text in ((choice, "middle"), (number, "101"), (number, "nan"), (number, "x")):
        with pytest.raises(UserError):
            guess.answer(text)

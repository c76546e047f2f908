"""The form that makes a lesson of the sidebar's settings."""

from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config import ConfigError, Setting
from playground.config.lessons import GUESSED, controls_of, lesson_of
from playground.config.run_limits import Limits
from playground.ui import inputs, rights, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.visible import visible

_OPEN = ("optimizer.learning_rate", "architecture.hidden")
_FIXED = ("data.name", "architecture.kind", "optimizer.name", "run.epochs")
_GUESSES = ("None", "One of some answers", "A number")
_BUDGETS = {
    "None": "",
    "Epochs a run": "epochs",
    "Parameters": "parameters",
    "Seconds of training": "seconds",
}


def show(page: Frame) -> None:
    """Draw the form, and the lessons that were made before."""
    st.markdown(
        "Choose settings in the sidebar, say which of them the class may change, and get a link. "
        "Whoever opens it sees just that, and a board with everyone's best run."
    )
    if not rights.is_in_charge():
        st.info("Here the teacher makes the lessons: enter the key below.", icon=":material/key:")
        return
    if page.sidebar.config is None or page.sidebar.plan is None:
        st.info("\n\n".join(map(labels.plain, page.sidebar.problems)))
    else:
        _form(page)
    _earlier(page)


def _form(page: Frame) -> None:
    config = page.sidebar.config
    assert config is not None
    left, right = st.columns(2, gap="medium")
    with left:
        title = st.text_input(
            "Title", key="lesson.title", max_chars=80, persist_state="session",
            placeholder="How fast should it learn?",
        )  # fmt: skip
        question = st.text_area(
            "Question for the class", key="lesson.question", max_chars=500, height=100,
            persist_state="session",
        )  # fmt: skip
        guess = _guess()
    with right:
        options = controls_of(config)
        named = labels.of_paths(config, options)
        opened = _paths("Open: the class may change these", "open", options, _OPEN, named)
        rest = tuple(path for path in options if path not in opened)
        fixed = _paths("Shown, but fixed", "fixed", rest, _FIXED, named)
        st.caption("All other settings are hidden, and stay as they are in the sidebar now.")
        wrong = ""
        try:
            budget = _budget()
        except ConfigError as error:
            budget, wrong = Limits(), error.sentences()
            show_error(wrong)
        keep = inputs.switch(
            st, "Keep the test figures until I reveal them",
            "The class then chooses by validation, and sees at the end how well that carried. "
            "They are kept within the lesson: anyone who leaves it can look at any stored run. "
            + ("" if rights.teacher_key() else "Revealing needs a teacher's key."),
            key="lesson.keep", persist_state="session", disabled=not rights.teacher_key(),
        )  # fmt: skip
    made = st.button(
        "Make the lesson", type="primary", icon=":material/school:", disabled=bool(wrong)
    )
    if not made or wrong:
        return
    if guess and guess.get("of") == "validation_accuracy" and config.data.validation == "none":
        st.error(
            "These runs have no validation images: let another number be guessed, or keep some."
        )
        return
    choices = (guess or {}).get("choices", ())
    if len(set(map(visible, choices))) < len(choices):
        st.error("Two answers look the same: write another.")
        return
    if guess and len(guess.get("choices", ("", ""))) < 2:
        st.error("Write two answers to the guess at least, one on each line.")
        return
    with shows_errors():
        lesson = lesson_of(
            title=title, question=question.strip(), start=config, open=opened, fixed=fixed,
            guess=guess, budget=budget, keep_test=keep and bool(rights.teacher_key()),
        )  # fmt: skip
        page.engine.lessons.make(lesson)
        state.enter_lesson_next(lesson)
        st.rerun()


def _paths(
    label: str, key: str, options: tuple[str, ...], first: tuple[str, ...], labels: dict[str, str]
) -> tuple[str, ...]:
    key = f"lesson.{key}"
    state.set_default(key, [path for path in first if path in options])
    state.set_value(key, [path for path in state.get(key) if path in options])
    return tuple(
        st.multiselect(
            label, options, key=key, format_func=labels.__getitem__, persist_state="session",
            placeholder="None",
        )
    )  # fmt: skip


def _guess() -> dict[str, Any] | None:
    """Ask what is to be guessed, as a lesson takes it; None if nothing is."""
    kind = st.selectbox("Guess first", _GUESSES, key="lesson.guess_kind", persist_state="session")
    if kind == _GUESSES[0]:
        return None
    question = st.text_input(
        "What to guess", key="lesson.guess_question", max_chars=200, persist_state="session",
        placeholder="Which learning rate will do best?",
    )  # fmt: skip
    values: dict[str, Any] = {"question": question or "What will come of it?"}
    if kind == _GUESSES[1]:
        text = st.text_area(
            "Answers, one on each line (2 to 6)", key="lesson.choices", max_chars=500, height=120,
            persist_state="session",
        )  # fmt: skip
        lines = (" ".join(line.split()) for line in text.splitlines())
        values["choices"] = tuple(dict.fromkeys(filter(None, lines)))
        values["right"] = _right(values["choices"])
    else:
        values["of"] = st.selectbox(
            "A number of what", list(GUESSED), key="lesson.guess_of", persist_state="session",
            format_func=lambda of: GUESSED[of].capitalize(),
        )  # fmt: skip
    return values


def _right(choices: tuple[str, ...]) -> str:
    """Ask which of the answers is right; empty if that is not to be told."""
    if state.get("lesson.right") not in choices:  # that answer was written anew
        state.set_value("lesson.right", "")
    return st.selectbox(
        "Right answer", ("", *choices), key="lesson.right", persist_state="session",
        format_func=lambda choice: labels.plain(choice) or "None",
        help="Shown to each of the class after their guess and their first finished run.",
    )  # fmt: skip


def _budget() -> Limits:
    """Ask what a run may have. Raises ConfigError."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    kind = row.selectbox(
        "Budget", list(_BUDGETS), key="lesson.budget", persist_state="session", width=220,
        help="What a run may have at most; the server holds it.",
    )  # fmt: skip
    if not (name := _BUDGETS[kind]):
        return Limits()
    first = {"epochs": 30, "parameters": 5000, "seconds": 10}[name]
    asked = Setting.of_number(f"At most ({name})", 1, 10**9, first)
    return Limits(**{name: inputs.number(row, asked, f"lesson.most.{name}", width=180)})


@shows_errors()
def _earlier(page: Frame) -> None:
    found = page.engine.lessons.all()
    if not found:
        return
    st.markdown("**Lessons so far**")
    for stored, lesson in found[:20]:
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.button(
            "Open", key=f"lesson.open.{lesson.name[:16]}", icon=":material/login:",
            on_click=state.enter_lesson, args=(lesson,),
        )  # fmt: skip
        made = formats.when(stored.created, state.zone())
        row.markdown(f"{labels.plain(lesson.title)} · {made}")

"""What a run's figures show, in a sentence each, with what to try as buttons."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground.analysis import diagnosis
from playground.analysis.diagnosis import Change, Diagnosis, few_validation, lesson_about
from playground.analysis.labels import plain
from playground.config import RunConfig
from playground.service import Engine
from playground.store import Run
from playground.ui import navigation, rights, state
from playground.ui.errors import shows_errors
from playground.ui.run import ask

_NOTHING = (
    "Nothing looks wrong: as far as its figures show, it neither ended too soon nor learnt by "
    "heart."
)


def of_run(engine: Engine, run: Run) -> tuple[Diagnosis, ...]:
    """Return what is found of a run that ended; nothing after a message if it cannot be read."""
    hidden = ("test",) if state.is_test_hidden() else ()
    with shows_errors():
        return _found(str(engine.store.folder), run.name, run.ended, hidden, engine, run)
    return ()


# As its arrays are: a run's name and the time of its end stand for what it came to.
@st.cache_resource(max_entries=64, show_spinner=False)
def _found(
    folder: str, name: str, ended: float | None, hidden: tuple[str, ...], _engine: Engine, _run: Run
) -> tuple[Diagnosis, ...]:
    return tuple(diagnosis.of_run(_engine.store, _run, hidden))


def draw(engine: Engine, run: Run, found: Sequence[Diagnosis]) -> None:
    """Draw the sentences, the first one large with its figures, the others in a line each; with
    buttons that try what may help. What so few validation images leave open is said where there
    is nothing else to say."""
    if not found:
        if run.status == "finished" and run.is_measured and not state.lesson():
            st.caption(_NOTHING)
        return
    first, *others = found
    with st.container(border=True, gap="xsmall", key="finding.0"):
        st.markdown(f":material/lightbulb: **{plain(first.sentence)}**")
        st.caption(plain(first.evidence))
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        _buttons(row, engine, first)
        _lesson_button(row, engine, run, first)
    for place, one in enumerate(others, 1):
        if one.kind == few_validation.__name__:
            continue
        row = st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"finding.{place}"
        )
        row.markdown(plain(one.sentence), help=plain(one.evidence), width="content")
        _buttons(row, engine, one)


def _buttons(row: Any, engine: Engine, one: Diagnosis) -> None:
    for change in one.changes:
        if not _refusal(engine, change.config):
            _button(row, engine, one, change)


def _refusal(engine: Engine, config: RunConfig) -> str:
    if lesson := state.lesson():
        return engine.lessons.refusal(lesson, config, state.visitor())
    return engine.refusal(config)


def _button(row: Any, engine: Engine, one: Diagnosis, to: Change) -> None:
    pressed = row.button(
        to.label, key=f"finding.{one.kind}.{to.label}", icon=":material/play_arrow:",
        on_click=state.load, args=(to.config,),
        help="Takes these settings and trains.",
    )  # fmt: skip
    # Not in the callback: that may not draw why a run is refused.
    if pressed:
        ask.train(engine, to.config)
        st.rerun()


def _lesson_button(row: Any, engine: Engine, run: Run, one: Diagnosis) -> None:
    """Draw the button that makes a lesson of what was found; nothing in a lesson, or for a class,
    or if the run says too little."""
    if state.lesson() or not rights.is_in_charge():
        return
    lesson = lesson_about(run, one)
    if lesson and row.button(
        "Make it a lesson", key="finding.lesson", type="tertiary", icon=":material/school:",
        help="These settings with a guess, whose right answer is what came out here, and a link "
        "for the class, which may change what the buttons do.",
    ):  # fmt: skip
        with shows_errors():
            engine.lessons.make(lesson)
            state.enter_lesson_next(lesson)
            navigation.go("Lesson", run.config)

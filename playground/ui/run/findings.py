"""What a run's figures show, in a sentence each, with what to try as buttons."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground.analysis import diagnosis
from playground.analysis.diagnosis import Change, Diagnosis
from playground.analysis.labels import plain
from playground.service import Engine
from playground.store import Run
from playground.ui import state
from playground.ui.errors import shows_errors
from playground.ui.run import ask


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


def draw(engine: Engine, found: Sequence[Diagnosis]) -> None:
    """Draw the sentences, the first one large with its figures, the others in a line each; with
    buttons that try what may help."""
    if not found:
        return
    first, *others = found
    with st.container(border=True, gap="xsmall", key="finding.0"):
        st.markdown(f":material/lightbulb: **{plain(first.sentence)}**")
        st.caption(plain(first.evidence))
        if first.changes:
            _buttons(st.container(horizontal=True, gap="small"), engine, first)
    for place, one in enumerate(others, 1):
        row = st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"finding.{place}"
        )
        row.markdown(plain(one.sentence), help=plain(one.evidence), width="content")
        _buttons(row, engine, one)


def _buttons(row: Any, engine: Engine, one: Diagnosis) -> None:
    for change in one.changes:
        _button(row, engine, one, change)


def _button(row: Any, engine: Engine, one: Diagnosis, to: Change) -> None:
    lesson = state.lesson()
    if lesson and lesson.hold(to.config) != to.config:
        return  # it changes what the lesson does not leave open
    pressed = row.button(
        to.label, key=f"finding.{one.kind}.{to.label}", icon=":material/play_arrow:",
        on_click=state.load, args=(to.config,),
        help="Takes these settings and trains.",
    )  # fmt: skip
    # Not in the callback: that may not draw why a run is refused.
    if pressed:
        ask.train(engine, to.config)
        st.rerun()

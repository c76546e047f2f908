"""What a run's figures show, in a sentence each, with what to try as buttons."""

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


def draw(engine: Engine, run: Run) -> None:
    """Draw the sentences, the first one large, each with its figures and its buttons."""
    for place, one in enumerate(of_run(engine, run)):
        with st.container(border=place == 0, gap="xsmall", key=f"finding.{place}"):
            icon = ":material/lightbulb: " if place == 0 else ""
            st.markdown(f"{icon}**{plain(one.sentence)}**" if place == 0 else plain(one.sentence))
            st.caption(plain(one.evidence))
            row = st.container(horizontal=True, vertical_alignment="center", gap="small")
            for change in one.changes:
                _button(row, engine, one, change)


def _button(row: Any, engine: Engine, one: Diagnosis, to: Change) -> None:
    lesson = state.lesson()
    if lesson and lesson.hold(to.config) != to.config:
        return  # it changes what the lesson does not leave open
    pressed = row.button(
        to.label, key=f"finding.{one.kind}.{to.label}", icon=":material/play_arrow:",
        on_click=state.load, args=(to.config,),
        help="Changes this one setting and trains.",
    )  # fmt: skip
    # Not in the callback: that may not draw why a run is refused.
    if pressed:
        ask.train(engine, to.config)
        st.rerun()

"""What the teacher can do: reveal the test, take names off the board, stop any run or all."""

import streamlit as st

from playground import environment
from playground.analysis import labels, names
from playground.config.lessons import Lesson
from playground.service import Engine
from playground.ui import rights, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.run import live

_UNKNOWN = {
    "who joined in the last minute": 60.0,
    "who joined in the last 5 minutes": 300.0,
    "who joined in the last 20 minutes": 1200.0,
    "who joined in the last hour": 3600.0,
    "without a run on the board": None,
}
"""Whom "Remove all unknown" takes off, and since how many seconds they are there."""


def show(page: Frame, lesson: Lesson | None = None) -> None:
    """Draw the teacher's tools, those of a lesson if one is taken; or where the key is
    entered."""
    if not state.is_teacher():
        _show_key()
        return
    engine = page.engine
    with st.expander("For the teacher", icon=":material/key:", expanded=True, key="lesson.teacher"):
        if lesson:
            _of_lesson(engine, lesson)
        st.fragment(_runs, run_every=live.pace())(engine)
        st.button("Give the key back", on_click=state.set_teacher, args=(False,), type="tertiary")


@shows_errors()
def _of_lesson(engine: Engine, lesson: Lesson) -> None:
    names, closed = engine.lessons.names(lesson), engine.lessons.is_closed(lesson)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    if lesson.keep_test:
        hidden = state.is_test_hidden()
        row.button(
            "Reveal the test figures" if hidden else "Hide the test figures",
            icon=":material/visibility:" if hidden else ":material/visibility_off:",
            on_click=_do, args=(engine.lessons.reveal, lesson, hidden), key="lesson.reveal",
        )  # fmt: skip
    row.button(
        "Open the board" if closed else "Close the board",
        icon=":material/lock_open:" if closed else ":material/lock:",
        on_click=_do, args=(engine.lessons.close, lesson, not closed), key="lesson.close",
        help="Let new names in again." if closed
        else "Nobody new can take a name. Those who have one keep it, and go on.",
    )  # fmt: skip
    if names:
        _name(engine, lesson, row, names)
        _unknown(engine, lesson)


def _name(
    engine: Engine, lesson: Lesson, row: st.delta_generator.DeltaGenerator, names: list[str]
) -> None:
    name = row.selectbox(
        "A name on the board", names, index=None, key="lesson.names", width=240,
        placeholder="Choose a name",
    )  # fmt: skip
    row.button(
        "Take it off", icon=":material/person_remove:", disabled=name is None, key="lesson.remove",
        on_click=_do, args=(engine.lessons.remove_name, lesson, name),
        help="Nobody can take this name again in this lesson.",
    )  # fmt: skip


@shows_errors()
def _unknown(engine: Engine, lesson: Lesson) -> None:
    """Draw what takes those who came in a flood off the board at once."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    kind = row.selectbox(
        "Unknown are those", list(_UNKNOWN), index=None, placeholder="Choose",
        key="lesson.unknown", width=280,
    )  # fmt: skip
    found = engine.lessons.unknown(lesson, _UNKNOWN[kind]) if kind else []
    row.button(
        "Remove all unknown", icon=":material/group_remove:", disabled=not found,
        key="lesson.remove_unknown", on_click=_do,
        args=(engine.lessons.remove_unknown, lesson, _UNKNOWN.get(kind or "")),
        help="Takes all of them off the board. Their names are free again: who belongs to the "
        "class takes one anew. In a flood close the board until it is over.",
    )  # fmt: skip
    if kind:
        row.caption(f"{len(found):,} of them: {labels.plain(_some(found))}" if found else "Nobody.")


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _runs(engine: Engine) -> None:
    """Stop for all at once, and for each of the runs that train."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    pressed = row.button(
        "Stop all", icon=":material/stop_circle:", key="lesson.stop_all",
        on_click=_do, args=(engine.stop_everything,),
        help="Stops every run, sweep, search and export, waiting or on, whoever asked for it. "
        "What is done is kept.",
    )  # fmt: skip
    if pressed:
        st.rerun()  # all of the page, for what was refused is told at its top
    count = engine.count
    row.caption("1 run waits or trains." if count == 1 else f"{count:,} runs wait or train.")
    for config in engine.training():
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        line.caption(f"Now training: {labels.plain(names.of_config(config))}")
        rights.stop_button(line, engine, config.name, key=f"lesson.stop.{config.name[:8]}")


@shows_errors(state.keep_error)
def _do(do, *arguments: object) -> None:
    do(*arguments)


def _show_key() -> None:
    """Draw where the teacher's key is entered, or how the app gets one."""
    with st.expander("For the teacher", icon=":material/key:", key="lesson.key_entry"):
        if not rights.teacher_key():
            st.markdown(
                f"{rights.NO_TEACHER} The teacher can reveal test figures, take names off a board, "
                "and stop anybody's run, or all of them."
            )
            return
        with st.form("lesson.key_form", border=False):
            key = st.text_input(
                "Key", type="password", key="lesson.key", max_chars=environment.LONGEST_KEY
            )
            if st.form_submit_button("Enter"):
                if rights.become_teacher(key):
                    st.rerun()
                show_error("This is not the key.")

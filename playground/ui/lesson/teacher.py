"""What the teacher can do: reveal the test, take names off the board, stop any run."""

import streamlit as st

from playground import settings, words
from playground.engine import Engine
from playground.lessons import Lesson
from playground.runs import StoreError
from playground.ui import rights, state
from playground.ui.frame import Frame


def show(page: Frame, lesson: Lesson) -> None:
    """Draw the teacher's tools, or where the key is entered."""
    if not state.is_teacher():
        show_key()
        return
    engine = page.engine
    with st.expander("For the teacher", icon=":material/key:", expanded=True, key="lesson.teacher"):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
        if lesson.keep_test:
            hidden = state.hides_test()
            row.button(
                "Reveal the test figures" if hidden else "Hide the test figures",
                icon=":material/visibility:" if hidden else ":material/visibility_off:",
                on_click=_do, args=(engine.lessons.reveal, lesson, hidden), key="lesson.reveal",
            )  # fmt: skip
        _names(engine, lesson, row)
        _runs(engine)
        st.button("Give the key back", on_click=state.set_teacher, args=(False,), type="tertiary")


def _names(engine: Engine, lesson: Lesson, row: st.delta_generator.DeltaGenerator) -> None:
    try:
        names = engine.lessons.names(lesson)
    except StoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    if not names:
        return
    name = row.selectbox(
        "A name on the board", names, index=None, key="lesson.names", width=240,
        placeholder="Choose a name",
    )  # fmt: skip
    row.button(
        "Take it off", icon=":material/person_remove:", disabled=name is None, key="lesson.remove",
        on_click=_do, args=(engine.lessons.remove_name, lesson, name),
        help="Nobody can take this name again in this lesson.",
    )  # fmt: skip


def _runs(engine: Engine) -> None:
    """The runs that train, each with Stop."""
    for config in engine.training():
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        line.caption(f"Now training: {words.plain(words.summary(config))}")
        rights.stop_button(line, engine, config.name, key=f"lesson.stop.{config.name[:8]}")


def _do(do, *arguments: object) -> None:
    try:
        do(*arguments)
    except StoreError as error:
        state.refuse(str(error))


def show_key() -> None:
    """Where the teacher's key is entered; nothing where the app has none."""
    if state.is_teacher():
        st.caption(":material/key: You have the teacher's rights here.")
        return
    with st.expander("For the teacher", icon=":material/key:", key="lesson.key_entry"):
        if not rights.teacher_key():
            st.markdown(
                "Start the app with the environment variable `PLAYGROUND_TEACHER_KEY` to reveal "
                "test figures, take names off a board and stop anybody's run."
            )
            return
        with st.form("lesson.key_form", border=False):
            key = st.text_input(
                "Key", type="password", key="lesson.key", max_chars=settings.LONGEST_KEY
            )
            if st.form_submit_button("Enter"):
                if rights.become_teacher(key):
                    st.rerun()
                st.error("This is not the key.", icon=":material/error:")

"""Lessons on the page: how one is made and shared, what a class sees of it, and its board."""

import streamlit as st

from playground.ui import state
from playground.ui.errors import show_kept_error
from playground.ui.frame import Frame
from playground.ui.lesson import board, form, header, share, teacher

draw_header = header.draw


def show(page: Frame) -> None:
    """Draw the page of lessons: the board of the one that is taken, else the form to make one."""
    show_kept_error()
    if page.lesson is None:
        st.subheader("A lesson for a class")
        form.show(page)
        teacher.show(page)
        return
    board.show(page, page.lesson)
    share.show(page.lesson)
    teacher.show(page, page.lesson)
    st.button(
        "Leave the lesson", icon=":material/logout:", on_click=state.enter_lesson, args=(None,),
        help="All settings and pages are there again. The lesson's link brings you back.",
    )  # fmt: skip

"""The page of demonstrations: all of them as cards, or one of them opened."""

import streamlit as st

from playground.recipes import DEMONSTRATIONS
from playground.ui import state
from playground.ui.demonstrations import actions, opened
from playground.ui.errors import show_kept_error
from playground.ui.frame import Frame

_VIEW = "demonstration"
_NONE = ""


def show(page: Frame) -> None:
    """Draw the cards, or the demonstration that was opened or that the address names."""
    name = state.view_among(_VIEW, [_NONE, *DEMONSTRATIONS])
    state.set_view(_VIEW, name)
    state.write_link(page.sidebar.config)
    if name:
        st.button(
            "All demonstrations", icon=":material/arrow_back:", type="tertiary",
            key="demonstrations.all", on_click=state.set_view, args=(_VIEW, _NONE),
        )  # fmt: skip
        show_kept_error()
        opened.show(page, name)
        return
    st.subheader("Demonstrations")
    st.markdown("Experiments that train in seconds: guess first, then watch it happen.")
    show_kept_error()
    names = list(DEMONSTRATIONS)
    for first in range(0, len(names), 2):
        for place, one in zip(st.columns(2), names[first : first + 2], strict=False):
            with place:
                _card(page, one)


def _card(page: Frame, name: str) -> None:
    one = DEMONSTRATIONS[name]
    with st.container(border=True, height="stretch", gap="small"):
        st.markdown(f"**{one.title}**")
        st.markdown(one.guess.question)
        st.space("stretch")
        row = st.container(horizontal=True, gap="small")
        row.button(
            "Open", key=f"demonstrations.open.{name}", icon=":material/visibility:",
            on_click=state.set_view, args=(_VIEW, name),
        )  # fmt: skip
        actions.lesson_button(page, row, name, "tertiary")

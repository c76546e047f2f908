"""Buttons that lead from an article to what it explains, on the page Ideas."""

import streamlit as st

from playground.recipes import Article
from playground.ui import navigation, state
from playground.ui.frame import Frame


def show(page: Frame, article: Article) -> None:
    """Draw a button for each idea of the article."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.caption("What it explains, drawn:", width="content")
    for idea in article.ideas:
        pressed = row.button(
            idea, key=f"articles.idea.{idea}", type="tertiary", icon=":material/lightbulb:",
            on_click=_look_at, args=(idea,),
        )  # fmt: skip
        if pressed:
            navigation.go("Ideas", page.drawn.config)


def _look_at(idea: str) -> None:
    state.view("idea", idea)
    state.hold("ideas.idea", idea)

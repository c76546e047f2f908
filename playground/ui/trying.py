"""A button that takes a recipe's settings into the sidebar, and goes to the Train page."""

from typing import Any

import streamlit as st

from playground.recipes import RECIPES
from playground.ui import state

TRAIN = "streamlit_app.py"


def button(place: Any, recipe: str, key: str, label: str = "Try it", quick: bool = True) -> None:
    """Draw the button for a recipe, by its name; ``quick`` takes its quick form, if it has one."""
    found = RECIPES[recipe]
    config = found.at("quick" if quick else "full")
    pressed = place.button(
        label, key=key, icon=":material/tune:", on_click=state.load, args=(config,),
        help=f"{found.title}: takes its settings into the sidebar and goes to Train.",
    )  # fmt: skip
    if pressed:
        state.choose([])
        st.switch_page(TRAIN, query_params=config.settings())

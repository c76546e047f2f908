"""Widgets that Streamlit has not as we need them: typed numbers, switches with help, uploads."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

from playground.config import Setting, as_text
from playground.ui import state
from playground.ui.errors import shows_errors

T = TypeVar("T")
NO_COOKIE = (
    "No file can be uploaded here: your browser keeps this page's cookie back, as it does if a "
    "page is shown inside another site's. Open the page in a tab of its own."
)


def number(place: Any, setting: Setting, key: str, **options: Any) -> float:
    """Ask for the number that is typed, or chosen if there are few. Raises ConfigError."""
    options |= {"key": key, "persist_state": "session", "help": setting.help or None}
    if numbers := state.listed_numbers(setting):
        state.set_default(key, int(setting.default))
        return place.selectbox(setting.label, numbers, **options)
    state.set_default(key, as_text(setting.default).removesuffix(".0"))
    return setting.read(place.text_input(setting.label, **options))


def number_or_default(place: Any, setting: Setting, key: str, **options: Any) -> float:
    """Ask for the number that is typed, or take the default after a message on the page."""
    with shows_errors():
        return number(place, setting, key, **options)
    return setting.default


def switch(place: Any, label: str, help_text: str, **options: Any) -> bool:
    """Draw a switch with its help beside it: a click on the help within its label would flip it
    (Streamlit 1.67)."""
    row = place.container(horizontal=True, gap=None, vertical_alignment="center")
    value = row.toggle(label, **options)
    row.markdown("", help=help_text, width="content")
    return value


def one_of(
    place: Any, label: str, among: Sequence[T], key: str, first: T | None = None,
    pills: bool = False, **options: Any,
) -> T:  # fmt: skip
    """Draw the choice of one of some, side by side; gives the chosen one, ``first`` to begin with.

    What it holds is also its value by birth, as with a setting (see sidebar/form.py). Without, one
    whose run of the script was cut short stands there empty in the browser, which may send that.
    """
    held = state.get(key)
    if held not in among:
        held = among[0] if first is None else first
        state.set_value(key, held)
    options = {"persist_state": "session", "label_visibility": "collapsed"} | options
    draw = place.pills if pills else place.segmented_control
    chosen = draw(label, list(among), default=held, required=True, key=key, **options)
    return held if chosen is None else chosen


def upload(
    place: Any, label: str, smaller: Callable[[bytes], bytes], **options: Any
) -> bytes | None:
    """Return what is uploaded, made ``smaller`` if it is large; None if nothing is.

    Raises a UserError of ``smaller``.
    """
    if state.lacks_cookie():  # its file would be refused as a forged one, with a number for a word
        place.warning(NO_COOKIE, icon=":material/block:")
        address = f"{st.context.url or ''}?{urlencode(st.query_params.to_dict())}"
        place.link_button("Open in a tab", address, icon=":material/open_in_new:")
        return None
    file = place.file_uploader(label, **options)
    return None if file is None else state.take_upload(file, smaller)

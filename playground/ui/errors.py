"""What the store cannot do, or what was asked for and cannot be done, shown on the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.errors import InvalidInput, UserError
from playground.store import StoreError
from playground.ui import state

ERROR_ICON, OLD_VERSION_ICON = ":material/error:", ":material/history:"


def show_error(sentence: str, place: Any = st, icon: str = ERROR_ICON) -> None:
    """Show a sentence as an error, without reading it as Markdown."""
    place.error(labels.plain(sentence), icon=icon)


def show_kept_error() -> None:
    """Show why the last request was refused, once (``state.keep_error``)."""
    if sentence := state.take_error():
        show_error(sentence)


@contextmanager
def shows_errors(
    show: Callable[[str], object] | None = None, icon: str = ERROR_ICON
) -> Iterator[None]:
    """Show a StoreError or a UserError as its sentence, and go on behind the block.

    It is shown at the place of the block, or given to ``show``: ``state.keep_error`` in a callback,
    or if the page is drawn anew. As a decorator it is for a section, a fragment or a callback; the
    function returns None then.
    """
    try:
        yield
    except (UserError, StoreError) as error:
        sentence = error.sentences() if isinstance(error, InvalidInput) else str(error)
        if show:
            show(sentence)
        else:
            show_error(sentence, icon=icon)

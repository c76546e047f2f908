"""What the store cannot do, or what was asked for and cannot be done, told on the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from playground.analysis import labels
from playground.errors import UserError
from playground.store import StoreError

ERROR, OLD = ":material/error:", ":material/history:"


@contextmanager
def told(say: Callable[[str], object] | None = None, icon: str = ERROR) -> Iterator[None]:
    """Tell a StoreError or a UserError in its sentence, and go on behind the block.

    It is shown where the block stands, or given to ``say``: ``state.refuse`` in a callback, or if
    the page is drawn anew. As a decorator it is for a section, a fragment or a callback; the
    function gives None then.
    """
    try:
        yield
    except (UserError, StoreError) as error:
        if say:
            say(str(error))
        else:
            st.error(labels.plain(str(error)), icon=icon)

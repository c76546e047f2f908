"""The search of the page of many runs: what is looked for, how far it is, and what was found."""

from functools import lru_cache

import streamlit as st

from playground.config.sweeps import SweepError, search_from_json
from playground.ui import state
from playground.ui.errors import OLD_VERSION_ICON, show_kept_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import earlier, search_form, search_labels, search_progress


def show(page: Frame) -> None:
    """Draw the form, and below it the search on the screen or the earlier ones."""
    search = None
    with shows_errors(icon=OLD_VERSION_ICON):
        search = page.engine.searches.by_prefix(state.study() or "")
    st.markdown(
        "Let the playground **look for the best settings**: it trains one network after another, "
        "each with values that follow from what the earlier ones came to, and gives up early those "
        "that fall behind. It chooses by validation accuracy, never by the test."
    )
    # Shut once a search is on the screen, and another one from then on: Streamlit would leave it as
    # it was.
    shut = "shut" if search else "open"
    with st.expander("What to search", expanded=search is None, key=f"search.form.{shut}"):
        search_form.show(page)
    show_kept_error()
    now = search.name if search else None
    earlier.picker(page.engine.searches.all, _called, "Searches so far", "search.earlier", now)
    if search:
        search_progress.show(page, search)
        if not page.engine.searches.is_active(search.name):
            earlier.tracking_section(
                page.engine, "search", search.name, page.engine.searches.trials, search
            )


@lru_cache(maxsize=256)
def _called(definition: str) -> str:
    """Return a stored search in one line; empty if it is of another version."""
    try:
        return search_labels.search_title(search_from_json(definition))
    except SweepError:
        return ""

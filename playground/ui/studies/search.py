"""The page Search: what is looked for, how far it is, and what was found."""

import streamlit as st

from playground.config.sweeps import search_from_json
from playground.ui.errors import OLD_VERSION_ICON, show_kept_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import earlier, search_form, search_progress, study_labels

_title = earlier.titles(search_from_json, study_labels.search_title)


@shows_errors()
def show(page: Frame) -> None:
    """Draw the form, and below it the search on the screen or the earlier ones."""
    now = earlier.on_screen(page, "search")
    # Another one once a search is on the screen: Streamlit would leave it open as it was.
    with st.expander(
        "What to search", expanded=now is None, key=f"search.form.{'shut' if now else 'open'}"
    ):
        search_form.show(page)
    show_kept_error()
    earlier.picker(page.engine.searches.all, _title, "Searches so far", "search.earlier", now)
    search = None
    with shows_errors(icon=OLD_VERSION_ICON):
        search = page.engine.searches.by_prefix(now or "")
    if search:
        search_progress.show(page, search)
        if not page.engine.searches.is_active(search.name):
            earlier.tracking_section(
                page.engine, "search", search.name, page.engine.searches.trials, search
            )

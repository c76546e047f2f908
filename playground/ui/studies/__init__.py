"""The page of many runs at once: every value of one or two settings, or a search."""

from functools import lru_cache

import streamlit as st

from playground.config.sweeps import SweepError, from_json
from playground.ui import state
from playground.ui.errors import OLD_VERSION_ICON, show_kept_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import earlier, search, sweep_form, sweep_progress

MODE, EVERY, SEARCH = "sweep.mode", "Every value", "Search"


@shows_errors()
def show(page: Frame) -> None:
    """Draw the mode that is chosen; at first the one of the study that the link names."""
    study = page.engine.store.studies.by_prefix(state.study() or "")
    if study:
        state.set_from_link(MODE, SEARCH if study.kind == "search" else EVERY)
    state.set_default(MODE, EVERY)
    mode = st.segmented_control(
        "How to try", [EVERY, SEARCH], key=MODE, label_visibility="collapsed", required=True,
        persist_state="session",
    )  # fmt: skip
    if state.study() and study is None:
        st.info(
            "The sweep of this link is not stored here: it was made elsewhere.",
            icon=":material/inbox:",
        )
    if mode == SEARCH:
        search.show(page)
        return
    # Another one once a sweep is on the screen: Streamlit would leave it open as it was.
    now = study.name if study and study.kind == "sweep" else None
    with st.expander(
        "What to sweep", expanded=now is None, key=f"sweep.form.{'shut' if now else 'open'}"
    ):
        sweep_form.show(page)
    show_kept_error()
    earlier.picker(page.engine.sweeps.all, _called, "Sweeps so far", "sweep.earlier", now)
    if study is None or now is None:
        return
    found = None
    with shows_errors(icon=OLD_VERSION_ICON):
        found = page.engine.sweeps.by_prefix(study.name)
    if found:
        sweep_progress.show(page, found)
        if not page.engine.sweeps.is_active(found):
            earlier.tracking_section(
                page.engine, "sweep", found.name, page.engine.sweeps.runs, found
            )


@lru_cache(maxsize=256)
def _called(definition: str) -> str:
    """Return a stored sweep in one line; empty if it is of another version."""
    try:
        return sweep_form.sweep_title(from_json(definition))
    except SweepError:
        return ""

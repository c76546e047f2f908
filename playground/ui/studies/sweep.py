"""The page Sweep: every value of one setting, or every pair of two."""

import streamlit as st

from playground.config.sweeps import from_json
from playground.ui.errors import OLD_VERSION_ICON, show_kept_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import earlier, study_labels, sweep_form, sweep_progress

_title = earlier.titles(from_json, study_labels.sweep_title)


@shows_errors()
def show(page: Frame) -> None:
    """Draw the form, and below it the sweep on the screen or the earlier ones."""
    now = earlier.on_screen(page, "sweep")
    # Another one once a sweep is on the screen: Streamlit would leave it open as it was.
    with st.expander(
        "What to sweep", expanded=now is None, key=f"sweep.form.{'shut' if now else 'open'}"
    ):
        sweep_form.show(page)
    show_kept_error()
    earlier.picker(page.engine.sweeps.all, _title, "Sweeps so far", "sweep.earlier", now)
    sweep = None
    with shows_errors(icon=OLD_VERSION_ICON):
        sweep = page.engine.sweeps.by_prefix(now or "")
    if sweep:
        sweep_progress.show(page, sweep)
        if not page.engine.sweeps.is_active(sweep):
            earlier.tracking_section(
                page.engine, "sweep", sweep.name, page.engine.sweeps.runs, sweep
            )

"""The page that sets runs side by side."""

import streamlit as st

from playground.analysis.comparison import RunsByLetter
from playground.ui import state
from playground.ui.compare import run_table, seeds, side_by_side, two_runs
from playground.ui.errors import show_kept_error, shows_errors
from playground.ui.frame import Frame

_FOLDED = "compare.folded"
"""Whether the table was folded when one came with runs that are chosen: what they tell comes
first."""


def show(page: Frame) -> None:
    """Find runs, choose up to eight, and see what differs between them and what it did."""
    if state.arrives():  # not while runs are ticked: the table would shut under the pointer
        state.set_value(_FOLDED, len(state.chosen_runs()) > 1)
    folded = state.get(_FOLDED)
    key = f"compare.choose.{'shut' if folded else 'open'}"
    with st.expander("Choose runs", expanded=not folded, key=key):
        run_table.show(page)
    show_kept_error()
    runs = side_by_side.chosen_runs(page)
    if not runs:
        st.info(
            "Choose one to eight runs: tick the boxes at the left of the table. With two, this "
            "page says what changed between them and what that did.",
            icon=":material/check_box:",
        )
        return
    _compare(page, runs)


@shows_errors()
def _compare(page: Frame, runs: RunsByLetter) -> None:
    side_by_side.head(page, runs)
    side_by_side.watch_running(page.engine, runs)
    groups = seeds.seed_groups(page.engine, runs)
    basis = side_by_side.basis_of(page.engine, runs)
    seeds.show_verdict(runs, groups, basis)
    seeds.offer_missing_seeds(page.engine, runs, groups)
    side_by_side.curves(page.engine, runs)
    side_by_side.figures(runs, basis)
    seeds.table(groups)
    if len(runs) > 1:
        side_by_side.settings(runs)
    if len(runs) == 2:
        settled = len(groups) == 1 or any(len(group.finished) > 1 for group in groups)
        first, second = runs.values()
        two_runs.show(page.engine, first, second, basis, settled)

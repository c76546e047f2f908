"""The page that sets runs side by side."""

import streamlit as st

from playground.analysis import labels
from playground.analysis.comparison import Chosen
from playground.ui import faults, state
from playground.ui.compare import beside, finder, seeds, two
from playground.ui.frame import Frame


def show(page: Frame) -> None:
    """Find runs, choose up to eight, and see what differs between them and what it did."""
    finder.show(page)
    if refused := state.take_refusal():
        st.error(labels.plain(refused), icon=":material/error:")
    runs = beside.chosen(page)
    if not runs:
        st.info(
            "Choose one to eight runs: tick the boxes at the left of the table. With two, this "
            "page says what changed between them and what that did.",
            icon=":material/check_box:",
        )
        return
    _compare(page, runs)


@faults.told()
def _compare(page: Frame, runs: Chosen) -> None:
    beside.head(page, runs)
    beside.wait(page.engine, runs)
    families = seeds.families(page.engine, runs)
    comparable = beside.comparable(page.engine, runs)
    seeds.verdict_of(runs, families, comparable)
    seeds.more(page.engine, runs, families)
    beside.figures(runs, comparable)
    seeds.table(families)
    if len(runs) > 1:
        beside.settings(runs)
    beside.curves(page.engine, runs)
    if len(runs) == 2:
        settled = len(families) == 1 or any(len(family.finished) > 1 for family in families)
        was, now = runs.values()
        two.show(page.engine, was, now, comparable, settled)

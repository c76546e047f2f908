"""What sweeps and searches share on their page: the picker of those that were asked for before."""

from collections.abc import Callable, Sized
from typing import Any

import streamlit as st

from playground import formats
from playground.config.sweeps import SweepError
from playground.service import Engine
from playground.store import StoreError, Study
from playground.ui import state
from playground.ui.errors import shows_errors
from playground.ui.export import tracking


@shows_errors()
def picker(
    studies: Callable[[], list[Study]],
    called: Callable[[str], str],
    label: str,
    key: str,
    now: str | None,
) -> None:
    """Draw the picker, if there is anything to pick.

    ``called`` says what a definition is called, empty for one of another version; ``now`` is the
    name of the study on the screen.
    """
    zone = state.zone()
    found = {
        study.name: f"{title} · {formats.when(study.created, zone)}"
        for study in studies()
        if (title := called(study.definition))
    }
    if not found:
        return
    state.set_value(key, now)
    st.selectbox(
        label, list(found), index=None, key=key, placeholder="Choose one",
        format_func=lambda name: found.get(name, name), on_change=_look_at, args=(key,),
    )  # fmt: skip


def tracking_section(
    engine: Engine, kind: str, name: str, runs_of: Callable[[Any], Sized], study: Any
) -> None:
    """Draw how a sweep or a search is sent elsewhere; ``runs_of`` gives what it has so far."""
    if not tracking.is_available():
        return
    try:
        count = len(runs_of(study))
    except (SweepError, StoreError):
        return  # told above
    tracking.section(engine, kind, name, count)


def _look_at(key: str) -> None:
    if name := state.get(key):
        state.show_study(name)

"""Which run a page reads: the picker, and a sensible page for a run that cannot be read."""

from typing import Any

import streamlit as st

from playground.engine import Engine
from playground.runs import Run, StoreError
from playground.ui import live, reading, state, words
from playground.ui.frame import Frame
from playground.ui.reading import Reading

OFFERED = 100
"""Runs that a picker offers, the newest; Compare finds all."""


def read(page: Frame, place: Any = st, matrices: bool = False) -> Reading | None:
    """Draw the picker; gives the run on the screen, or None after a word on why there is none.

    ``place`` is where the picker goes. With ``matrices`` a run is read too that has validation
    matrices only, as it diverged.
    """
    run = page.run
    named = state.run() is not None
    offered = _offered(page.engine, run)
    if not offered:
        st.info(
            "The run of this link is not stored here: it was deleted, or made elsewhere."
            if named
            else "There is no run yet.",
            icon=":material/inbox:",
        )
        st.page_link("streamlit_app.py", label="Train a network", icon=":material/play_arrow:")
        return None
    _pick(place, "Run", "chosen.run", offered, run.name if run else None, _look_at)
    if run is None:
        st.info(
            "The run of this link is not stored here: it was deleted, or made elsewhere. Choose "
            "another above."
            if named
            else "Choose a run above.",
            icon=":material/inbox:",
        )
        return None
    if run.is_on:
        live.wait(page.engine, run)
        return None
    return _read(page.engine, run, matrices)


def other(page: Frame, first: Reading, place: Any, help_text: str) -> Reading | None:
    """A picker for a second run on the same data; None where none is chosen."""
    offered = {
        name: run
        for name, run in _offered(page.engine, None).items()
        if run.fingerprint == first.run.fingerprint and name != first.run.name
    }
    known = [page.find(name) for name in state.chosen()[1:2]]
    for run in known:
        if run and run.fingerprint == first.run.fingerprint and run.is_measured:
            offered.setdefault(run.name, run)
    if not offered:
        return None
    now = next((run.name for run in known if run and run.name in offered), None)
    _pick(place, "Beside it", "chosen.other", offered, now, _set_beside, help_text)
    return _read(page.engine, offered[now], False) if now else None


def _read(engine: Engine, run: Run, matrices: bool) -> Reading | None:
    try:
        found = reading.read(engine, run)
    except StoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return None
    if found.parts or (matrices and found.matrices is not None):
        return found
    why = run.message or "It ended before anything was measured."
    st.info(
        f"This run left no predictions. {words.plain(why)}",
        icon=":material/sentiment_dissatisfied:",
    )
    return None


def _offered(engine: Engine, run: Run | None) -> dict[str, Run]:
    """The newest runs that were measured, and the one on the screen."""
    try:
        runs, _ = engine.store.search(measured=True, limit=OFFERED)
    except StoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        runs = []
    offered = {one.name: one for one in runs}
    if run:
        offered.setdefault(run.name, run)
    return offered


def _pick(
    place: Any,
    label: str,
    key: str,
    offered: dict[str, Run],
    now: str | None,
    then: Any,
    help_text: str = "",
) -> None:
    state.hold(key, now)
    place.selectbox(
        label,
        list(offered),
        index=None,
        format_func=lambda name: words.of_run(offered[name]),
        key=key,
        on_change=then,
        args=(key,),
        placeholder="Choose a run" if label == "Run" else "None",
        help=help_text or None,
    )


def _look_at(key: str) -> None:
    if name := state.get(key):
        state.choose([name, *state.chosen()[1:]])


def _set_beside(key: str) -> None:
    name = state.get(key)
    first, *rest = state.chosen()
    state.choose([first, *([name] if name else []), *(rest[1:] if name else [])])

"""The page of many runs at once: every value of one or two settings, or a search."""

from functools import lru_cache

import streamlit as st

from playground.runs import StoreError
from playground.sweeps import SweepError, from_json
from playground.ui import search, state, words
from playground.ui.frame import Frame
from playground.ui.sweep import board, form

MODE, EVERY, SEARCH = "sweep.mode", "Every value", "Search"


def show(page: Frame) -> None:
    """Draw the mode that is chosen; at first the one of the study that the link names."""
    try:
        study = page.engine.store.studies.find(state.study() or "")
    except StoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    state.default(MODE, SEARCH if study and study.kind == "search" else EVERY)
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
    shut = "shut" if study else "open"
    with st.expander("What to sweep", expanded=study is None, key=f"sweep.form.{shut}"):
        form.show(page)
    if refused := state.take_refusal():
        st.error(words.plain(refused), icon=":material/error:")
    _earlier(page, study.name if study and study.kind == "sweep" else None)
    if study is None or study.kind != "sweep":
        return
    try:
        found = page.engine.sweeps.find(study.name)
    except (SweepError, StoreError) as error:
        st.error(words.plain(str(error)), icon=":material/history:")
        return
    if found:
        board.show(page, found)


def _earlier(page: Frame, now: str | None) -> None:
    """A picker of the sweeps that were asked for before."""
    try:
        studies = page.engine.sweeps.all()
    except StoreError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return
    found = {
        study.name: f"{called} · {words.when(study.created)}"
        for study in studies
        if (called := _called(study.definition))
    }
    if not found:
        return
    state.hold("sweep.earlier", now)
    st.selectbox(
        "Sweep", list(found), index=None, key="sweep.earlier", placeholder="Choose a sweep",
        label_visibility="collapsed",
        format_func=lambda name: found.get(name, name), on_change=_look_at,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _called(definition: str) -> str:
    """A stored sweep in one line; empty where it is of another version."""
    try:
        return form.called(from_json(definition))
    except SweepError:
        return ""


def _look_at() -> None:
    if name := state.get("sweep.earlier"):
        state.show_study(name)

"""What the pages Sweep and Search share: which of them is on the screen, and the earlier ones."""

from collections import Counter
from collections.abc import Callable, Sized
from functools import lru_cache
from typing import Any, TypeVar

import streamlit as st

from playground import formats
from playground.config.sweeps import SweepError
from playground.service import Engine
from playground.store import StoreError, Study, StudyKind
from playground.ui import navigation, state
from playground.ui.errors import shows_errors
from playground.ui.export import tracking
from playground.ui.frame import Frame

_PAGES: dict[StudyKind, str] = {"sweep": "Sweep", "search": "Search"}
T = TypeVar("T")


def on_screen(page: Frame, kind: StudyKind) -> str | None:
    """Return the name of the study on the screen, if it is of this kind.

    A link to one of the other kind, such as an old one, leads on to its page. There Back leads
    here again, and from here away.
    """
    named = state.study()
    study = page.engine.store.studies.by_prefix(named) if named else None
    if named and study is None:
        st.info(
            f"The {kind} of this link is not stored here: it was made elsewhere.",
            icon=":material/inbox:",
        )
    if study is None:
        return None
    if study.kind == kind:
        return study.name
    if state.begins():
        navigation.lead_on(_PAGES[study.kind])
    navigation.link(st, _PAGES[study.kind], page.sidebar.config, f"Back to the {study.kind}")
    return None


def titles(read: Callable[[str], T], title: Callable[[T], str]) -> Callable[[str], str]:
    """Return what tells a stored study's title; empty if it is of another version."""

    @lru_cache(maxsize=256)
    def called(definition: str) -> str:
        try:
            return title(read(definition))
        except SweepError:
            return ""

    return called


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
    often = Counter(found.values())  # a select box tells its options by their labels
    options = {
        name: text if often[text] == 1 else f"{text} · {name[:8]}" for name, text in found.items()
    }
    state.set_value(key, now)
    st.selectbox(
        label, list(options), index=None, key=key, placeholder="Choose one",
        format_func=lambda name: options.get(name, name), on_change=_look_at, args=(key,),
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

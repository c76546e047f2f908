"""What is looked at: the chosen runs, the sweep or search, and which part of a page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

MAX_RUNS = 8
"""Runs that can be compared at once."""
MAX_TRIES = 16
"""Runs looked at lately that are remembered."""
VIEWS = {
    "Articles": ("article", "series"),
    "Ideas": ("idea",),
    "Demonstrations": ("demonstration",),
}
"""What else the link of a page carries, by the page's name."""
VIEW_NAMES = tuple(name for names in VIEWS.values() for name in names)
_RUN, _HOW, _OTHERS, _STUDY, _VIEW = "app.run", "app.how", "app.others", "app.study", "app.view"
_BESIDE, _NOBODY, _PAGES = "app.beside", "nobody", "app.pages"
_TRIES, _SHOWN, _LOOKED = "app.tries", "app.shown", "app.looked"
_SETTINGS, _LIVE = "app.settings", "app.live"
_CELL, _PLAYING, _SAMPLES = "app.cell", "app.playing", "app.samples"


def pages_made(listed: Sequence[str], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the navigation's pages, by title, of which those are ``listed``. What was made of them
    is kept for the session: to look for their scripts at every run takes 2 ms."""
    before, pages = st.session_state.get(_PAGES, ([], {}))
    if before != listed:
        pages = make()
        st.session_state[_PAGES] = (listed, pages)
    return pages


def run() -> str | None:
    """Return the name of the run on the screen, or its first digits as a link gave them."""
    return st.session_state.get(_RUN)


def show_run(name: str | None, how: str = "") -> None:
    """Put a run on the screen; ``how`` it was answered: cached, joined or submitted."""
    st.session_state[_RUN], st.session_state[_HOW] = name, how


def note_shown(name: str) -> None:
    """Note that a run is looked at on the page Train, by its whole name: the one there before it,
    and those there lately, are remembered."""
    shown = st.session_state.get(_SHOWN)
    if shown == name:
        return
    st.session_state[_SHOWN] = name
    looked = st.session_state.get(_LOOKED, [])
    st.session_state[_LOOKED] = [*(one for one in looked if one != name), name][-MAX_TRIES:]
    if name not in (known := tries()):
        st.session_state[_TRIES] = [*known, name][-MAX_TRIES:]


def runs_before() -> list[str]:
    """Return the names of the runs that were looked at before the present one, the latest
    first."""
    return st.session_state.get(_LOOKED, [])[-2::-1]


def tries() -> list[str]:
    """Return the names of the runs that were looked at lately, in the order they were met."""
    return list(st.session_state.get(_TRIES, []))


def forget_tries() -> None:
    """Begin anew, as in a lesson: no run was looked at, and no settings were seen."""
    for key in (_TRIES, _LOOKED, _SHOWN, _SETTINGS, _LIVE):
        st.session_state.pop(key, None)


def note_settings(name: str) -> None:
    """Note which settings, by their run's name, were seen when the page was drawn."""
    st.session_state[_SETTINGS] = name


def settings_noted() -> str | None:
    """Return the settings that were noted last; None in a new session."""
    return st.session_state.get(_SETTINGS)


def note_live_run(name: str | None) -> None:
    """Note the run that a change of the settings asked for; None if one was asked for by hand."""
    st.session_state[_LIVE] = name


def live_run() -> str | None:
    """Return the run that a change of the settings asked for last."""
    return st.session_state.get(_LIVE)


def how_answered() -> str:
    """Return how the run on the screen was answered, empty if it came with the link."""
    return st.session_state.get(_HOW, "")


def study() -> str | None:
    """Return the name of the sweep or search on the screen, or its first digits as a link gave
    them."""
    return st.session_state.get(_STUDY)


def show_study(name: str | None) -> None:
    """Put a sweep or a search on the screen."""
    st.session_state[_STUDY] = name


def chosen_runs() -> list[str]:
    """Return the runs that are looked at: the one on the screen, then those it is compared with.

    Names, or their first digits as a link gave them.
    """
    first = run()
    return _distinct([first, *st.session_state.get(_OTHERS, [])])[:MAX_RUNS] if first else []


def choose_runs(names: Sequence[str]) -> None:
    """Look at these runs, the first one on the screen; none at all if there are none."""
    names = _distinct(names)[:MAX_RUNS]
    first = names[0] if names else None
    if first != run():
        show_run(first)
    st.session_state[_OTHERS] = names[1:]


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names without those that are another's first digits, or the same again."""
    found: list[str] = []
    for name in names:
        if not any(name.startswith(one) or one.startswith(name) for one in found):
            found.append(name)
    return found


def second_run() -> str | None:
    """Return the chosen run whose figures stand beside those of the first."""
    others = chosen_runs()[1:]
    name = st.session_state.get(_BESIDE)
    if name == _NOBODY or not others:
        return None
    return name if name in others else others[0]


def set_second_run(name: str | None) -> None:
    """Let a run stand beside the first, or none; it joins the chosen ones."""
    if name:
        first, *others = chosen_runs()
        choose_runs([first, *(others if name in others else [name, *others])])
    st.session_state[_BESIDE] = name or _NOBODY


def set_view(name: str, value: str) -> None:
    """Let the link carry what part of a page is looked at, such as the article."""
    st.session_state.setdefault(_VIEW, {})[name] = value


def set_views_from_link(parts: Mapping[str, str], bare: bool) -> None:
    """Look at these parts, and at no others of the pages they are of; at none but them at all if
    the link they came with was ``bare``."""
    for names in VIEWS.values():
        if bare or parts.keys() & set(names):
            for name in names:
                st.session_state.get(_VIEW, {}).pop(name, None)
    for name, value in parts.items():
        set_view(name, value)


def view_among(name: str, among: Sequence[str]) -> str:
    """Return what part of a page the link named, if it is one there is; else the first."""
    found = st.session_state.get(_VIEW, {}).get(name)
    return found if found in among else among[0]


def views_of(page: str) -> dict[str, str]:
    """Return what the link of a page carries beside settings, runs and study."""
    if page not in VIEWS:
        return {}
    found = st.session_state.get(_VIEW, {})
    return {name: found[name] for name in VIEWS[page] if found.get(name)}


def cell() -> tuple[int, int] | None:
    """Return the cell of the confusion matrix that is looked at: true and predicted class."""
    return st.session_state.get(_CELL)


def choose_cell(cell: tuple[int, int] | None) -> None:
    """Look at the images in a cell of the confusion matrix, or at none."""
    st.session_state[_CELL] = cell


def playing() -> bool:
    """Tell whether the matrix is moving through the epochs."""
    return st.session_state.get(_PLAYING, False)


def set_playing(on: bool) -> None:
    """Let the matrix move through the epochs, or hold it."""
    st.session_state[_PLAYING] = on


def sample_draw() -> int:
    """Return which draw of sample images is shown."""
    return st.session_state.get(_SAMPLES, 0)


def draw_new_samples() -> None:
    """Show another draw of sample images."""
    st.session_state[_SAMPLES] = sample_draw() + 1

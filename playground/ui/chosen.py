"""Which run a page reads: the picker, and a sensible page for a run that cannot be read."""

from collections import Counter
from typing import Any

import streamlit as st

from playground.analysis import comparison, labels
from playground.service import Engine
from playground.store import Run
from playground.ui import faults, live, navigation, reading, state
from playground.ui.frame import Frame
from playground.ui.reading import Reading

NOT_STORED = "The run of this link is not stored here: it was deleted, or made elsewhere."
OFFERED = 100
"""Runs that a picker offers, the newest; Compare finds all."""


def read(page: Frame, place: Any = st, matrices: bool = False) -> Reading | None:
    """Draw the picker; gives the run on the screen, or None after a word on why there is none.

    ``place`` is where the picker goes. With ``matrices`` a run is read too that has validation
    matrices only, as it diverged.
    """
    run = pick(page, place)
    return _read(page.engine, run, matrices) if run else None


def pick(page: Frame, place: Any = st) -> Run | None:
    """Draw the picker; gives the run on the screen, once it has ended, or None after a word."""
    run = page.run
    named = state.run() is not None
    if run and watches_hidden(run):
        st.info(live.KEPT, icon=":material/visibility_off:")
        run, named = None, False
    offered = _offered(page.engine, run)
    if not offered:
        st.info(NOT_STORED if named else "There is no run yet.", icon=":material/inbox:")
        navigation.link(st, "Train", page.drawn.config, "Train a network", ":material/play_arrow:")
        return None
    _pick(place, "Run", "chosen.run", offered, run.name if run else None, _look_at)
    if run is None:
        st.info(
            f"{NOT_STORED} Choose another above." if named else "Choose a run above.",
            icon=":material/inbox:",
        )
        return None
    if run.is_active:
        live.wait(page.engine, run)
        return None
    live.stacked(page.engine, run)
    return run


def other(page: Frame, first: Reading, place: Any, help_text: str) -> Reading | None:
    """A picker for a second run, tested on the same images; None where none is chosen."""
    name = state.beside()
    now = page.find(name) if name else None
    offered = _offered(page.engine, now if now and now.is_measured else None)
    offered = {
        name: run
        for name, run in offered.items()
        if name != first.run.name and comparison.same_test(first.run, run, first.dataset)
    }
    if not offered:
        return None
    beside = now.name if now and now.name in offered else None
    _pick(place, "Beside it", "chosen.other", offered, beside, _set_beside, help_text)
    return _read(page.engine, offered[beside], False) if beside else None


@faults.told()
def _read(engine: Engine, run: Run, matrices: bool) -> Reading | None:
    found = reading.read(engine, run)
    if found.parts or (matrices and found.matrices):
        return found
    why = run.message or "It ended before anything was measured."
    if run.unmeasured:
        why += " Train it longer on the page Train to see what it predicts."
    if run.is_measured:
        gone = "Its files are gone: delete it on Compare, and train it again."
        why = labels.removed(run) or gone
    if run.is_measured and state.hides_test():
        why = "Its test images are looked at when the teacher reveals them."
    st.info(
        f"This run left no predictions. {labels.plain(why)}",
        icon=":material/sentiment_dissatisfied:",
    )
    return None


def _offered(engine: Engine, run: Run | None) -> dict[str, Run]:
    """The newest runs that were measured, and the one on the screen."""
    runs: list[Run] = []
    with faults.told():
        runs, _ = engine.store.find(measured=True, limit=OFFERED)
    offered = {one.name: one for one in runs if one.is_readable and not watches_hidden(one)}
    if run:
        offered.setdefault(run.name, run)
    return offered


def watches_hidden(run: Run) -> bool:
    """Whether a run watched the test images as it trained, and this session must not see them."""
    return state.hides_test() and run.config.data.validation == "test"


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
    splits = ("validation",) if state.hides_test() else ("validation", "test")
    zone = state.zone()
    options = {name: labels.of_run(run, splits, zone) for name, run in offered.items()}
    often = Counter(options.values())  # a select box tells its options by their labels
    options = {
        name: label if often[label] == 1 else f"{label} · {name[:8]}"
        for name, label in options.items()
    }
    place.selectbox(
        label,
        list(offered),
        index=None,
        format_func=options.__getitem__,
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
    state.set_beside(state.get(key))

"""Which run a page reads: the picker, and a sensible page for a run that cannot be read."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import comparison, labels, names
from playground.service import Engine
from playground.store import Run
from playground.ui import navigation, state
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame
from playground.ui.run import details, header, hidden_test, live, loaded_run
from playground.ui.run.loaded_run import LoadedRun

NOT_STORED = "The run of this link is not stored here: it was deleted, or made elsewhere."
_WIDTH = 720
"""Pixels of the run's select box, if there is room: on a phone it has a line to itself."""
MAX_OFFERED = 100
"""Runs that a picker offers, the newest; the page Runs finds all."""


def pick_and_load(
    page: Frame, place: Any = st, matrices: bool = False, head: bool = True
) -> LoadedRun | None:
    """Draw the picker; gives the run on the screen, or None after a message on why there is none.

    ``place`` is where the picker goes. With ``matrices`` a run is read too that has validation
    matrices only, as it diverged. Without ``head`` the run's head is left out.
    """
    run = pick(page, place, head)
    return _read(page.engine, run, matrices) if run else None


def pick(page: Frame, place: Any = st, head: bool = True) -> Run | None:
    """Draw the picker; gives the run on the screen, once it has ended, or None after a message."""
    run = page.run
    named = state.run() is not None
    if run and hidden_test.watches(run):
        st.info(details.TEST_HIDDEN, icon=":material/visibility_off:")
        run, named = None, False
    offered = _offered(page.engine, run)
    if not offered:
        st.info(NOT_STORED if named else "There is no run yet.", icon=":material/inbox:")
        navigation.link(
            st, "Train", page.sidebar.config, "Train a network", ":material/play_arrow:"
        )
        return None
    # A key a page: Streamlit would take a select box of two pages for two, and the second's key
    # would hold the first one's value, of which the second knows nothing.
    key = f"chosen.run.{state.page()}"
    _pick(place, "Run", key, offered, run.name if run else None, _look_at)
    if run is None:
        st.info(
            f"{NOT_STORED} Choose another above." if named else "Choose a run above.",
            icon=":material/inbox:",
        )
        return None
    if run.is_active:
        live.wait_for_end(page.engine, run)
        return None
    if head:
        header.draw(page.engine, run)
    live.offer_to_train_alone(page.engine, run)
    return run


def pick_second(page: Frame, first: LoadedRun, place: Any, help_text: str) -> LoadedRun | None:
    """Draw a picker for a second run, tested on the same images, folded away; None if none is
    chosen."""
    name = state.second_run()
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
    folded = place.popover(
        f"Second run: {'chosen' if beside else 'none'}", icon=":material/compare_arrows:",
        key="chosen.other.folded",
    )  # fmt: skip
    _pick(folded, "Second run", "chosen.other", offered, beside, _set_second, help_text)
    return _read(page.engine, offered[beside], False) if beside else None


@shows_errors()
def _read(engine: Engine, run: Run, matrices: bool) -> LoadedRun | None:
    found = loaded_run.load(engine, run)
    if found.parts or (matrices and found.matrices):
        return found
    why = run.message or "It ended before anything was measured."
    if run.unmeasured:
        why += " Train it longer on the page Train to see what it predicts."
    if run.is_measured:
        gone = "Its files are gone: delete it on the page Runs, and train it again."
        why = labels.explain_removed(run) or gone
    if run.is_measured and state.is_test_hidden():
        why = "Its test images are looked at when the teacher reveals them."
    st.info(
        f"This run left no predictions. {labels.plain(why)}",
        icon=":material/sentiment_dissatisfied:",
    )
    return None


def _offered(engine: Engine, run: Run | None) -> dict[str, Run]:
    """Return the newest runs that were measured, and the one on the screen."""
    runs: list[Run] = []
    with shows_errors():
        runs, _ = engine.store.find(measured=True, limit=MAX_OFFERED)
    offered = {one.name: one for one in runs if one.is_readable and not hidden_test.watches(one)}
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
    state.set_value(key, now)
    splits = ("validation",) if state.is_test_hidden() else ("validation", "test")
    zone = state.zone()
    told = names.together(offered.values())  # a select box tells its options by their labels
    options = {
        name: " · ".join([*_reached(run, splits), told[name], formats.when(run.submitted, zone)])
        for name, run in offered.items()
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
        width=_WIDTH if label == "Run" else "stretch",
    )


def _reached(run: Run, splits: Sequence[str]) -> list[str]:
    """Return the first accuracy there is, or what became of a run that did not finish."""
    if run.status != "finished":
        return [run.status]
    found = [(split, scores) for split in splits if (scores := run.scores[split])]
    return [f"{split} {formats.share(scores.accuracy)}" for split, scores in found[:1]]


def _look_at(key: str) -> None:
    if name := state.get(key):
        state.choose_runs([name, *state.chosen_runs()[1:]])


def _set_second(key: str) -> None:
    state.set_second_run(state.get(key))

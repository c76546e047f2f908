"""Train as I change: every change of the settings trains by itself, where that takes seconds."""

from typing import TYPE_CHECKING

import streamlit as st

from playground import environment, formats
from playground.config import RunConfig
from playground.errors import UserError
from playground.service import Engine
from playground.store import StoreError
from playground.ui import state
from playground.ui.run import ask, live

if TYPE_CHECKING:
    from playground.ui.frame import Frame

MOST = 3.0
"""Seconds that a run may take by estimate, to be trained without being asked for."""
BUSY = 4
"""Runs that wait, whoever asked for them, from which no more are added unasked: those who press
Train come first."""
KEY = "train.live"


def draw(page: "Frame", may_train: bool) -> None:
    """Draw the switch, and train what was changed since the last run of the script, if it is on.

    ``may_train`` is whether Train can be pressed. One run a visitor: what is overtaken is stopped.
    """
    config = page.sidebar.config
    estimate = _estimate(page.engine, config) if may_train else None
    is_long = estimate is not None and estimate >= MOST
    if state.get(KEY) is None:  # to read the environment takes 0.8 ms
        state.set_default(KEY, environment.read().live)
    on = st.toggle(
        f"Train as I change: under {MOST:g} s only" if is_long else "Train as I change",
        key=KEY, persist_state="session", disabled=is_long,
        help=f"For runs of less than {MOST:g} s: this one takes {formats.wait(estimate)}."
        if estimate is not None and is_long
        else "Each change of a setting trains at once. What it overtakes is stopped.",
    )  # fmt: skip
    if config is None or not may_train or not _has_changed(config, estimate) or not on:
        return  # switched on later, what was changed meanwhile trains
    state.note_settings(config.name)
    if is_long or config.name.startswith(state.run() or "-"):
        return
    if page.engine.waiting >= BUSY:
        st.caption(":material/hourglass_empty: Many train just now: press Train to stand in line.")
        return
    _stop_overtaken(page.engine)
    ask.train(page.engine, config)
    state.note_live_run(config.name)


def _estimate(engine: Engine, config: RunConfig | None) -> float | None:
    try:
        return engine.speeds.seconds(config) if config else None
    except (UserError, StoreError):  # told elsewhere on the page
        return None


def _has_changed(config: RunConfig, estimate: float | None) -> bool:
    """Tell whether the settings are others than a session began with, or than were seen last; not
    until it is known how long they take."""
    before = state.settings_noted()
    if before is None or state.is_link_fresh():
        state.note_settings(config.name)
        return False
    return before != config.name and estimate is not None


def _stop_overtaken(engine: Engine) -> None:
    name = state.live_run()
    if name and engine.has_run(name) and not live.is_watched_elsewhere(name):
        try:
            engine.give_up(name, state.visitor())
        except StoreError:  # it goes on: the next one waits behind it
            return

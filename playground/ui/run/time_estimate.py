"""How long a run will take, said before it is asked for."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from playground import formats
from playground.config import RunConfig
from playground.data.datasets import DataError
from playground.service import Engine
from playground.store import Run, StoreError
from playground.ui import state

POLL = 0.5
"""Seconds between two looks at a figure that is being measured."""
BUSY_POLL = 5.0
"""The same while a run is on: until it has ended, nothing is measured."""


def show(engine: Engine, config: RunConfig, run: Run | None, text: str) -> None:
    """Write ``text`` and, in a line of its own, how long the run of ``config`` takes; ``run`` is
    the one on the screen."""
    # A line that is there though nothing is said: else all below would move as that changes.
    write(f"{text}  \n", partial(_estimate, engine, config, run), nothing="\N{NO-BREAK SPACE}")


def write(text: str, estimate: Callable[[], tuple[str, float | None]], nothing: str = "") -> None:
    """Write an estimate behind ``text``, or ``nothing``: it tells what can be said now, and after
    how many seconds there may be more to say."""
    said, again = estimate()
    if again is None:
        st.markdown(text + (said or nothing))
    else:
        st.fragment(_wait, run_every=again)(text, estimate, nothing, said)


def _wait(
    text: str, estimate: Callable[[], tuple[str, float | None]], nothing: str, was: str
) -> None:
    said, _ = estimate()
    if said != was:
        st.rerun()  # the whole page: only so does it stop to poll
    st.markdown(text + (said or nothing))


def _estimate(engine: Engine, config: RunConfig, run: Run | None) -> tuple[str, float | None]:
    on_screen = run is not None and run.config == config
    try:
        if engine.answer(config):
            return "" if on_screen else "already trained: shown at once", None
        if run is not None and on_screen and run.is_active:
            return "", None  # there it says how long it still takes
        seconds = engine.speeds.seconds(config)
        if seconds is not None:
            early = config.regularization.early_stopping.watch != "off" and seconds >= 1
            most = engine.limits.seconds
            if most is not None and seconds > most:
                return f"stopped after {most:g} s, the most allowed here", None
            guessed = (
                ", estimated from the network's size" if engine.speeds.is_estimate(config) else ""
            )
            text = ("at most " if early else "") + formats.wait(seconds)
            return text + guessed + _over(seconds), None
        if engine.problem or not engine.speeds.awaited(config):
            return "", None
    except (DataError, StoreError):  # told elsewhere on the page
        return "", None
    return awaited(engine)


def awaited(engine: Engine) -> tuple[str, float]:
    """Say that the time is still to be measured, and after how many seconds to look again."""
    if engine.training():
        return "how long it takes is measured when the worker is free", BUSY_POLL
    return "measuring how long it takes …", POLL


def _over(seconds: float) -> str:
    taken = state.lesson()
    over = taken is not None and not taken.counts(seconds)
    return ", over the lesson's budget" if over else ""

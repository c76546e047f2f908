"""Run: trains a recipe with the next seed that is not stored, and shows how far it is."""

from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.config import RunConfig
from playground.config.sweeps import Sweep
from playground.recipes import RECIPES
from playground.service import Engine
from playground.store import Run
from playground.ui import navigation, rights, state
from playground.ui.articles.evidence import Evidence
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame
from playground.ui.run import live

POLL = 0.7
"""Seconds between two looks at a run that is on."""


def run_button(page: Frame, place: Any, evidence: Evidence, name: str) -> None:
    """Draw Run for a recipe; once it has runs here, it trains another seed."""
    runs = evidence.runs(RECIPES[name])
    on = any(run.is_active for run in runs)
    place.button(
        "Run another seed" if any(run.status == "finished" for run in runs) else "Run",
        key=f"articles.run.{name}", type="primary", icon=":material/play_arrow:", disabled=on,
        on_click=_run, args=(page.engine, _next(evidence.config(RECIPES[name]), runs)),
    )  # fmt: skip


def _next(config: RunConfig, runs: list[Run]) -> RunConfig:
    """Return the config with the first seed that no run here has come to an end with."""
    ended = {run.config.run.seed for run in runs if run.is_complete}
    return config.with_seed(next(seed for seed in range(len(ended) + 1) if seed not in ended))


@shows_errors(state.keep_error)
def _run(engine: Engine, config: RunConfig) -> None:
    engine.train(config, state.visitor())
    engine.wait_for_first_epoch(config.name, 0.3)


def progress(page: Frame, evidence: Evidence, name: str) -> None:
    """Draw how far a recipe's run is, while it is on; and why the last one came to nothing."""
    runs = evidence.runs(RECIPES[name])
    on = [run for run in runs if run.is_active]
    if on:
        st.fragment(_watch, run_every=POLL)(page.engine, on[0].name)
        return
    lost = [run for run in runs if run.status in ("failed", "diverged")]
    if lost:
        last = max(lost, key=lambda run: run.ended or 0)
        st.warning(f"Seed {last.config.run.seed}: {labels.plain(last.message)}")


def _watch(engine: Engine, name: str) -> None:
    run = engine.store.get(name)
    if run is None or not run.is_active:
        st.rerun()
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row.container(width="stretch"):
        live.progress(engine, run, f"Seed {run.config.run.seed}: ")
    rights.stop_button(row, engine, name, key=f"articles.stop.{name}")


def sweep_button(page: Frame, place: Any, sweep: Sweep, key: str, label: str = "") -> None:
    """Draw a button that starts a sweep and goes to the page that shows it.

    Without a ``label`` it says how many runs that is.
    """
    count = len(sweep.members())
    pressed = place.button(
        label or f"Run all {count}", key=key, type="primary", icon=":material/play_arrow:",
        on_click=_sweep, args=(page.engine, sweep),
        help=f"{count} runs one after the other, shown on the page Sweep as they end, where they "
        "can be stopped.",
    )  # fmt: skip
    if pressed and state.study() == sweep.name:
        navigation.go("Sweep", page.sidebar.config)


@shows_errors(state.keep_error)
def _sweep(engine: Engine, sweep: Sweep) -> None:
    engine.sweeps.start(sweep, state.visitor(), may_stack=False)
    state.show_study(sweep.name)

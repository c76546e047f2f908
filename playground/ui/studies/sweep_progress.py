"""A sweep as it fills in: how far it is, Stop and Resume."""

from collections import Counter

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config.sweeps import Sweep
from playground.service import Engine
from playground.ui import rights, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import study_labels, sweep_figures
from playground.ui.studies.sweep_results import SweepResults

POLL = 1.0
"""Seconds between two looks at a sweep that is on."""


def show(page: Frame, sweep: Sweep) -> None:
    """Draw a sweep, and keep drawing it while it is on."""
    on = page.engine.sweeps.is_active(sweep)
    watch = st.fragment(_watch, run_every=POLL if on else None)
    watch(page, sweep, on)


@shows_errors()
def _watch(page: Frame, sweep: Sweep, was_on: bool) -> None:
    engine = page.engine
    on = engine.sweeps.is_active(sweep)
    if was_on and not on:
        st.rerun()  # the whole page: it need not be looked at any more
    results = SweepResults(sweep, sweep.members(), engine.sweeps.runs(sweep))
    _head(engine, results, on)
    sweep_figures.best(results, page.sidebar.config)
    name = sweep_figures.choose_figure(results)
    sweep_figures.chart(results, name, results.figures(name))
    sweep_figures.table(results, name.partition(" ")[0], page.sidebar.config)


def _head(engine: Engine, results: SweepResults, on: bool) -> None:
    """Draw how far it is, with Stop, or Resume if something is missing."""
    total, done = results.total, len(results.done)
    diverged = sum(run.status == "diverged" for run in results.done)
    place = _place(engine, results) if on and engine.ready else 0
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    label, color, icon = (
        ("Waiting", "gray", ":material/hourglass_empty:") if place
        else ("Training", "blue", ":material/play_circle:") if on
        else ("Finished", "green", ":material/check_circle:") if done == total
        else ("Stopped", "orange", ":material/stop_circle:")
    )  # fmt: skip
    row.badge(label, color=color, icon=icon)  # type: ignore[arg-type]
    row.markdown(f"**{labels.plain(study_labels.sweep_varied(results.sweep))}**")
    text = f"{done:,} of {total:,} runs done" + (
        f", {diverged} of them diverged" if diverged else ""
    )
    if on and engine.problem:
        text = labels.plain(engine.problem)
    elif on and not engine.ready:
        text = "Starting the worker …"
    elif on:
        text += f" · number {place} in the queue" if place else _left(results)
    if not on and done == total:
        row.caption(text)
    else:
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        with line.container(width="stretch"):
            st.progress(done / total, text=text)
        if engine.sweeps.can_stop(results.sweep.name):
            own = rights.may_stop_study(engine.sweeps, results.sweep.name)
            line.button(
                "Stop the sweep", icon=":material/stop:", on_click=rights.stop_study,
                args=(engine.sweeps, results.sweep.name), disabled=not own,
                help="What is done is kept; Resume trains the rest." if own
                else rights.only_theirs("began this sweep"),
            )  # fmt: skip
        elif not on and line.button(
            f"Resume: train the missing {total - done:,}", icon=":material/play_arrow:"
        ):
            _resume(engine, results.sweep)
    st.caption(labels.plain(f"The same in all runs: {study_labels.sweep_fixed(results.sweep)}"))
    failed = Counter(run.message for run in results.runs.values() if run.status == "failed")
    for message, count in failed.most_common(3):
        show_error(f"{formats.counted(count, 'run')} failed: {message}")


def _place(engine: Engine, results: SweepResults) -> int:
    """Return the place in the queue of the run that comes first; 0 if one of them trains."""
    if any(run.status == "running" for run in results.runs.values()):
        return 0
    places = (engine.place(run.name) for run in results.runs.values() if run.status == "queued")
    return min((place for place in places if place), default=0)


def _left(results: SweepResults) -> str:
    """Describe how long it will go on, from the runs that were trained for it."""
    spans = sorted((run.started, run.ended) for run in results.done if run.started and run.ended)
    if not spans:
        return ""
    busy = until = 0.0
    for started, ended in spans:  # those of a stack, or of several workers, at one time
        busy += max(ended - max(started, until), 0.0)
        until = max(until, ended)
    running = [run.since for run in results.runs.values() if run.status == "running"]
    left = (results.total - len(results.done)) * busy / len(spans) - max(running, default=0.0)
    return f" · {formats.wait(max(left, 0.0))} left"


def _resume(engine: Engine, sweep: Sweep) -> None:
    with shows_errors(state.keep_error):
        engine.sweeps.start(sweep, state.visitor())
    st.rerun()

"""A search as it goes on: how far it is, the best so far, its charts and its trials."""

from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import conclusions, evaluation, labels
from playground.config import RunConfig
from playground.config.sweeps import Search
from playground.service import Engine
from playground.ui import navigation, rights, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import search_labels, search_trials, study_labels, to_compare
from playground.ui.studies.search_results import SearchResults

POLL = 1.0
"""Seconds between two looks at a search that is on."""


def show(page: Frame, search: Search) -> None:
    """Draw a search, and keep drawing it while it is on."""
    on = page.engine.searches.is_active(search.name)
    watch = st.fragment(_watch, run_every=POLL if on else None)
    watch(page, search, on)


@shows_errors()
def _watch(page: Frame, search: Search, was_on: bool) -> None:
    engine = page.engine
    on = engine.searches.is_active(search.name)
    if was_on and not on:
        st.rerun()  # the whole page: it need not be looked at any more
    trials = engine.searches.trials(search)
    runs = engine.store.get_many(trial.run for trial in trials)
    results = SearchResults(search, trials, runs, on)
    _head(engine, results)
    _best(results, page.sidebar.config)
    search_trials.charts_of(results)
    search_trials.table(results, page.sidebar.config)


def _head(engine: Engine, results: SearchResults) -> None:
    """Draw how far it is, with Stop, or Resume if trials are missing."""
    search, total, done = results.search, results.search.trials, len(results.ended)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    label, color, icon = (
        ("Searching", "blue", ":material/travel_explore:") if results.on
        else ("Finished", "green", ":material/check_circle:") if done == total
        else ("Stopped", "orange", ":material/stop_circle:")
    )  # fmt: skip
    row.badge(label, color=color, icon=icon)  # type: ignore[arg-type]
    row.markdown(labels.plain(search_labels.describe_ranges(search)))
    st.caption(labels.plain(f"The same in all trials: {study_labels.search_fixed(search)}"))
    text = labels.plain(_progress(engine, results))
    if done == total and not results.on:
        st.caption(text)
    else:
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        with line.container(width="stretch"):
            st.progress(done / total, text=text)
        _stop_or_resume(line, engine, results)
    if now := _now(engine, results):
        st.caption(labels.plain(now))
    if problem := engine.searches.problem(search.name):
        show_error(problem)


def _stop_or_resume(place: Any, engine: Engine, results: SearchResults) -> None:
    search, missing = results.search, results.search.trials - len(results.ended)
    if results.on:
        own = rights.may_stop_study(engine.searches, search.name)
        place.button(
            "Stop the search", icon=":material/stop:", key="search.stop", disabled=not own,
            on_click=rights.stop_study, args=(engine.searches, search.name),
            help="What is done is kept; Resume trains the rest." if own
            else rights.only_theirs("began this search"),
        )  # fmt: skip
    elif place.button(
        f"Resume: train the missing {missing}", icon=":material/play_arrow:", key="search.resume"
    ):
        _resume(engine, search)


def _progress(engine: Engine, results: SearchResults) -> str:
    if results.on and engine.problem:
        return engine.problem
    if results.on and not engine.ready:
        return "Starting the worker …"
    text = f"{len(results.ended)} of {results.search.trials} trials"
    for state_, called in (("pruned", "pruned"), ("failed", "failed")):
        if count := results.count(state_):
            text += f" · {count} {called}"
    return text + (_left(results) if results.on else "")


def _left(results: SearchResults) -> str:
    """Describe how long it will go on, from the runs that were trained for it."""
    runs = [results.runs[trial.run] for trial in results.ended if trial.run in results.runs]
    times = [run.ended - run.started for run in runs if run.ended and run.started]
    if not times:
        return ""
    each = sum(times) / len(times)
    spent = sum(min(run.since, each) for run in results.runs.values() if run.status == "running")
    left = (results.search.trials - len(results.ended)) * each - spent
    return f" · {formats.wait(max(left, 0.0))} left"


def _now(engine: Engine, results: SearchResults) -> str:
    """Describe what is trained at the moment."""
    for trial in results.trials:
        run = results.runs.get(trial.run)
        if trial.state != "running" or run is None or not run.is_active:
            continue
        values = search_labels.describe_trial(results.search, trial.values)
        text = f"Trial {trial.number + 1}: {values}"
        if run.status == "queued":
            place = engine.place(run.name)
            return text + (f" · waiting: number {place} in the queue" if place else "")
        total = run.config.run.epochs
        return text + f" · epoch {min(int(engine.progress(run.name)) + 1, total):,} of {total:,}"
    return ""


def _resume(engine: Engine, search: Search) -> None:
    with shows_errors(state.keep_error):
        engine.searches.start(search, state.visitor())
    st.rerun()


def _best(results: SearchResults, config: RunConfig | None) -> None:
    """Draw the best trial by validation, and the ways from there; ``config`` is the sidebar's."""
    best = results.best
    if best is None or best.value is None:
        if results.on:
            st.caption("No trial has come to its end yet.")
        return
    search, base = results.search, results.base
    so_far = "" if len(results.ended) == search.trials else " so far"
    values = labels.plain(search_labels.describe_trial(search, best.values))
    text = (
        f"Best{so_far}: **{values}** with a validation accuracy of "
        f"**{formats.share(best.value)}** (trial {best.number + 1})."
    )
    if base and base is not best and base.value is not None:
        text += f" The settings it began from came to {formats.share(base.value)}."
    st.markdown(text)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    challenge = to_compare.best_of_search(results)
    to_compare.buttons(row, config, to_compare.of_search(results), challenge, "search")
    navigation.try_settings_button(
        row, search.config(best.values), "search.best", "Take the best into the sidebar"
    )
    if run := results.runs.get(best.run):
        navigation.show_run_button(row, run, "search.run")
    if challenge:
        st.caption(labels.plain(_doubts(results)))


def _doubts(results: SearchResults) -> str:
    """Say how far the best is ahead, and that the best of many flatters."""
    found = [results.runs[trial.run].scores["validation"] for trial in results.ranked]
    images = min((scores.images for scores in found if scores), default=0)
    best, second = (evaluation.spread([trial.value or 0.0], images) for trial in results.ranked[:2])
    name = search_labels.describe_trial(results.search, results.ranked[1].values)
    told = conclusions.of_runner_up(best, second, name).told
    return f"{told} {conclusions.of_tries(len(results.ranked), images or None)}".rstrip()

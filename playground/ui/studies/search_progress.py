"""A search as it goes on: how far it is, the best so far, its charts and its trials."""

from dataclasses import dataclass

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config.sweeps import Search
from playground.service import Engine
from playground.store import Run, Trial
from playground.ui import navigation, rights, state
from playground.ui.errors import show_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.studies import search_labels, search_trials

POLL = 1.0
"""Seconds between two looks at a search that is on."""


@dataclass(frozen=True)
class SearchResults:
    """A search and what the store has of it."""

    search: Search
    trials: list[Trial]
    runs: dict[str, Run]
    """The trials' runs that are stored, by name."""
    on: bool

    @property
    def ended(self) -> list[Trial]:
        """The trials that need no more training."""
        return [trial for trial in self.trials if trial.state != "running"]

    @property
    def complete(self) -> list[Trial]:
        """The trials that were trained to their end."""
        return [trial for trial in self.trials if trial.state == "complete"]

    @property
    def best(self) -> Trial | None:
        """The complete trial with the highest validation accuracy, the first of several."""
        return max(self.complete, key=lambda trial: trial.value or 0.0, default=None)

    def count(self, state: str) -> int:
        """Count the trials that are in that state."""
        return sum(trial.state == state for trial in self.trials)


def show(page: Frame, search: Search) -> None:
    """Draw a search, and keep drawing it while it is on."""
    on = page.engine.searches.is_active(search.name)
    watch = st.fragment(_watch, run_every=POLL if on else None)
    watch(page.engine, search, on)


@shows_errors()
def _watch(engine: Engine, search: Search, was_on: bool) -> None:
    on = engine.searches.is_active(search.name)
    if was_on and not on:
        st.rerun()  # the whole page: it need not be looked at any more
    trials = engine.searches.trials(search)
    runs = engine.store.get_many(trial.run for trial in trials)
    results = SearchResults(search, trials, runs, on)
    _head(engine, results)
    _best(results)
    search_trials.charts_of(search, results.trials)
    search_trials.table(search, results.trials, runs, on)


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
    if results.on:
        own = rights.may_stop_study(engine.searches, search.name)
        row.button(
            "Stop the search", icon=":material/stop:", key="search.stop", disabled=not own,
            on_click=rights.stop_study, args=(engine.searches, search.name),
            help="What is done is kept; Resume trains the rest." if own
            else rights.only_theirs("began this search"),
        )  # fmt: skip
    elif done < total and row.button(
        f"Resume: train the missing {total - done}", icon=":material/play_arrow:",
        key="search.resume",
    ):  # fmt: skip
        _resume(engine, search)
    row.caption(labels.plain(_now(engine, results) or search_labels.describe_ranges(search)))
    st.progress(done / total, text=labels.plain(_progress(engine, results)))
    if problem := engine.searches.problem(search.name):
        show_error(problem)


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


def _best(results: SearchResults) -> None:
    """Draw the best trial by validation, its settings and its run one click away."""
    best = results.best
    if best is None or best.value is None:
        if results.on:
            st.caption("No trial has come to its end yet.")
        return
    search, first = results.search, results.trials[0]
    so_far = "" if len(results.ended) == search.trials else " so far"
    values = labels.plain(search_labels.describe_trial(search, best.values))
    text = (
        f"Best{so_far}: **{values}** with a validation accuracy of "
        f"**{best.value:.1%}** (trial {best.number + 1})."
    )
    if best is not first and first.state == "complete" and first.values == search.first():
        text += f" The settings it began from came to {first.value:.1%}."
    st.markdown(text)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    navigation.try_settings_button(
        row, search.config(best.values), "search.best", "Take the best into the sidebar"
    )
    if run := results.runs.get(best.run):
        navigation.show_run_button(row, run, "search.run")
    if len(results.complete) > 1:
        st.caption(
            f"It is the best of {len(results.complete)} on the very images that chose it, so the "
            "figure flatters it a little. Train it with other seeds before you believe it."
        )

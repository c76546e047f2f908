"""A search as it goes on: how far it is, the best so far, its charts and its trials."""

from dataclasses import dataclass

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config.sweeps import Search
from playground.service import Engine
from playground.store import Run, Trial
from playground.ui import faults, rights, state, trying
from playground.ui.frame import Frame
from playground.ui.search import found, values

POLL = 1.0
"""Seconds between two looks at a search that is on."""


@dataclass(frozen=True)
class Board:
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
        """How many trials are in that state."""
        return sum(trial.state == state for trial in self.trials)


def show(page: Frame, search: Search) -> None:
    """Draw a search, and keep drawing it while it is on."""
    on = page.engine.searches.is_active(search.name)
    watch = st.fragment(_watch, run_every=POLL if on else None)
    watch(page.engine, search, on)


@faults.told()
def _watch(engine: Engine, search: Search, was_on: bool) -> None:
    on = engine.searches.is_active(search.name)
    if was_on and not on:
        st.rerun()  # the whole page: it need not be looked at any more
    trials = engine.searches.trials(search)
    runs = engine.store.get_many(trial.run for trial in trials)
    board = Board(search, trials, runs, on)
    _head(engine, board)
    _best(board)
    found.charts_of(search, board.trials)
    found.table(search, board.trials, runs, on)


def _head(engine: Engine, board: Board) -> None:
    """How far it is, with Stop, or Resume where trials are missing."""
    search, total, done = board.search, board.search.trials, len(board.ended)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    label, color, icon = (
        ("Searching", "blue", ":material/travel_explore:") if board.on
        else ("Finished", "green", ":material/check_circle:") if done == total
        else ("Stopped", "orange", ":material/stop_circle:")
    )  # fmt: skip
    row.badge(label, color=color, icon=icon)  # type: ignore[arg-type]
    if board.on:
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
    row.caption(labels.plain(_now(engine, board) or values.ranges(search)))
    st.progress(done / total, text=labels.plain(_progress(engine, board)))
    if problem := engine.searches.problem(search.name):
        st.error(labels.plain(problem), icon=":material/error:")


def _progress(engine: Engine, board: Board) -> str:
    if board.on and engine.problem:
        return engine.problem
    if board.on and not engine.ready:
        return "Starting the worker …"
    text = f"{len(board.ended)} of {board.search.trials} trials"
    for state_, called in (("pruned", "pruned"), ("failed", "failed")):
        if count := board.count(state_):
            text += f" · {count} {called}"
    return text + (_left(board) if board.on else "")


def _left(board: Board) -> str:
    """How long it will go on, from the runs that were trained for it."""
    runs = [board.runs[trial.run] for trial in board.ended if trial.run in board.runs]
    times = [run.ended - run.started for run in runs if run.ended and run.started]
    if not times:
        return ""
    each = sum(times) / len(times)
    spent = sum(min(run.since, each) for run in board.runs.values() if run.status == "running")
    left = (board.search.trials - len(board.ended)) * each - spent
    return f" · {formats.wait(max(left, 0.0))} left"


def _now(engine: Engine, board: Board) -> str:
    """What is trained at the moment."""
    for trial in board.trials:
        run = board.runs.get(trial.run)
        if trial.state != "running" or run is None or not run.is_active:
            continue
        text = f"Trial {trial.number + 1}: {values.told(board.search, trial.values)}"
        if run.status == "queued":
            place = engine.place(run.name)
            return text + (f" · waiting: number {place} in the queue" if place else "")
        total = run.config.run.epochs
        return text + f" · epoch {min(int(engine.progress(run.name)) + 1, total):,} of {total:,}"
    return ""


def _resume(engine: Engine, search: Search) -> None:
    with faults.told(state.refuse):
        engine.searches.start(search, state.visitor())
    st.rerun()


def _best(board: Board) -> None:
    """The best trial by validation, its settings and its run one click away."""
    best = board.best
    if best is None or best.value is None:
        if board.on:
            st.caption("No trial has come to its end yet.")
        return
    search, first = board.search, board.trials[0]
    so_far = "" if len(board.ended) == search.trials else " so far"
    text = (
        f"Best{so_far}: **{labels.plain(values.told(search, best.values))}** with a validation "
        f"accuracy of **{best.value:.1%}** (trial {best.number + 1})."
    )
    if best is not first and first.state == "complete" and first.values == search.first():
        text += f" The settings it began from came to {first.value:.1%}."
    st.markdown(text)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    trying.settings(
        row, search.config(best.values), "search.best", "Take the best into the sidebar"
    )
    if run := board.runs.get(best.run):
        trying.run(row, run, "search.run")
    if len(board.complete) > 1:
        st.caption(
            f"It is the best of {len(board.complete)} on the very images that chose it, so the "
            "figure flatters it a little. Train it with other seeds before you believe it."
        )

"""Every stored run in a table: search, sort, star, rename, delete, and choose up to eight."""

import math
from collections.abc import Mapping
from functools import partial
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import formats
from playground.analysis import comparison, conclusions, labels, names
from playground.formats import NOTHING
from playground.recipes import TITLES
from playground.service import Engine
from playground.store import SPLITS, Run
from playground.ui import navigation, rights, state, terms
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame

if TYPE_CHECKING:
    import pandas as pd

ROWS = 100
"""Runs on a page of the table: each visitor is sent them all at each rerun."""

_SORTS = {
    "Newest first": ("submitted", True),
    "Oldest first": ("submitted", False),
    "Best validation accuracy": ("validation_accuracy", True),
    "Lowest validation loss": ("validation_loss", False),
    "Fewest parameters": ("parameters", False),
    "Shortest training": ("seconds", False),
    "By name": ("title", False),
}
_TABLE, _PAGE = "compare.table", "compare.page"
_TITLES = {family: title for (family, axes), title in TITLES.items() if not axes}
"""By the name of the run with seed 0."""


@shows_errors()
def show(page: Frame) -> None:
    """Draw the table, and keep the choice in step with its ticks."""
    store = page.engine.store
    row = st.container(horizontal=True, vertical_alignment="bottom")
    search = row.text_input(
        "Search", key="compare.search", placeholder="dropout 0.5, cifar10, a name …", width=280,
        persist_state="session", on_change=_first_page,
    )  # fmt: skip
    sort = row.selectbox(
        "Sort by", list(_SORTS), key="compare.sort", width=220, persist_state="session",
        on_change=_first_page,
    )  # fmt: skip
    starred = row.toggle(
        "Starred only", key="compare.starred", persist_state="session", on_change=_first_page
    )
    by, descending = _SORTS[sort]
    find = partial(store.find, search, by, descending, starred, limit=ROWS, titles=_TITLES)
    runs, total = find(skip=ROWS * (state.get(_PAGE, 1) - 1))
    if total and not runs:  # runs were deleted, and this page of the table with them
        _first_page()
        runs, total = find()
    if not total:
        st.info(
            "No run matches." if search or starred else "There is no run yet. Train one first.",
            icon=":material/inbox:",
        )
        if not (search or starred):
            navigation.link(
                st, "Train", page.sidebar.config, "Train a network", ":material/play_arrow:"
            )
        return
    common = names.in_common(runs)
    same = f". Same in all: {labels.plain(common)}" if common else ""
    st.caption(f"{len(state.chosen_runs())} of {total:,} runs chosen{same}")
    _table(runs, page.engine)
    if by == "validation_accuracy" and (flatters := _of_tries(runs)):
        st.caption(flatters)
    if total > ROWS:
        foot = st.container(horizontal=True, vertical_alignment="center")
        foot.pagination(math.ceil(total / ROWS), key=_PAGE)
        foot.caption(f"{total:,} runs")


def _first_page() -> None:
    state.set_value(_PAGE, 1)


def _table(runs: list[Run], engine: Engine) -> None:
    listed = [run.name for run in runs]
    chosen = state.chosen_runs()
    ticked = [i for i, name in enumerate(listed) if any(name.startswith(one) for one in chosen)]
    letters = {listed[i]: ascii_uppercase[_place(listed[i], chosen)] for i in ticked}
    key = f"{_TABLE}.{state.error_count()}"  # a refused tick stays unless the table is a new one
    state.set_value(key, {"selection": {"rows": ticked, "columns": [], "cells": []}})
    st.dataframe(
        _rows(runs, letters),
        key=key,
        on_select=lambda: _take(key, runs, engine),
        selection_mode="multi-row",
        hide_index=True,
        height=min(35 * len(runs) + 38, 318),
        placeholder=NOTHING,
        column_config={
            "": st.column_config.TextColumn(width=30, help="The letter of a chosen run"),
            "★": st.column_config.TextColumn(width=30),
            "Run": st.column_config.TextColumn(width=260),
            **score_columns(),
            "Trained": st.column_config.DatetimeColumn(
                "Trained" if state.zone() else "Trained (UTC)", format="D MMM YYYY, HH:mm"
            ),
        },
        alt=f"Table of {len(runs)} stored runs with their settings and figures.",
    )


def _rows(runs: list[Run], letters: dict[str, str]) -> "pd.DataFrame":
    import pandas as pd

    zone, told = state.zone(), names.together(runs, _TITLES)
    rows: list[dict[str, Any]] = []
    for run in runs:
        row: dict[str, Any] = {
            "": letters.get(run.name, ""),
            "★": "★" if run.starred else "",
            "Run": told[run.name],
        }
        row |= score_cells(run)
        row |= {
            "State": run.status.capitalize(),
            "Device": run.device or "",
            "Trained": formats.wall_clock(run.submitted, zone),
            "Settings": names.of_config(run.config) if run.is_readable else names.OTHER_VERSION,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _of_tries(runs: list[Run]) -> str:
    """Say that the best of the listed settings flatters, if all were validated on the same images;
    seeds of the same settings are one try."""
    found = [run for run in runs if run.scores["validation"] and run.is_readable]
    if len(found) < 2 or comparison.basis_of(found, None).split != "validation":
        return ""
    images = min(scores.images for run in found if (scores := run.scores["validation"]))
    return conclusions.of_tries(len({run.family for run in found}), images)


def _place(name: str, chosen: list[str]) -> int:
    return next(place for place, one in enumerate(chosen) if name.startswith(one))


@shows_errors(state.keep_error)
def _take(key: str, runs: list[Run], engine: Engine) -> None:
    listed = [run.name for run in runs]
    ticked = {listed[i] for i in state.get(key)["selection"]["rows"] if i < len(listed)}
    choice = choice_after_ticks(state.chosen_runs(), listed, ticked)
    if len(choice) > state.MAX_RUNS:
        state.keep_error(f"{state.MAX_RUNS} runs at most can be compared: untick one first.")
        choice = choice[: state.MAX_RUNS]
    stored = {name: engine.store.by_prefix(name) for name in choice}
    times = {name: run.submitted for name, run in stored.items() if run}
    state.choose_runs(in_order_of_training(choice, state.chosen_runs(), times))


def choice_after_ticks(before: list[str], listed: list[str], ticked: set[str]) -> list[str]:
    """Return the choice once some of the listed runs are ticked: those join at the end, the other
    listed ones leave, and what is not listed stays.

    ``before`` may hold first digits only, as a link gave them.
    """
    whole = [next((name for name in listed if name.startswith(one)), one) for one in before]
    kept = [name for name in whole if name in ticked or name not in listed]
    return kept + [name for name in listed if name in ticked and name not in kept]


def in_order_of_training(
    choice: list[str], before: list[str], times: Mapping[str, float]
) -> list[str]:
    """Return the choice with what was trained first in front, so that a change is told forwards;
    as it is if those chosen ``before`` stand in another order, which somebody wanted.

    ``times`` says when each was asked for.
    """
    kept = [name for name in choice if any(name.startswith(one) for one in before)]
    there = [times[name] for name in kept if name in times]
    if there != sorted(there):
        return choice
    return sorted(choice, key=lambda name: times.get(name, math.inf))


def actions(engine: Engine, runs: dict[str, Run]) -> None:
    """Draw what stars, renames and deletes the chosen runs."""
    starred = all(run.starred for run in runs.values())
    st.button(
        "Unstar" if starred else "Star", icon=":material/star:", key="compare.star",
        on_click=_star, args=(engine, list(runs.values()), not starred),
    )  # fmt: skip
    with st.popover("Rename", icon=":material/edit:"):
        for letter, run in runs.items():
            key = f"compare.title.{run.name[:16]}"
            state.set_default(key, run.title)
            st.text_input(
                f"Name of {letter}", key=key, max_chars=80, placeholder=names.of_config(run.config),
                on_change=_rename, args=(engine, run, key),
            )  # fmt: skip
    with st.popover("Delete", icon=":material/delete:"):
        those = "this run" if len(runs) == 1 else f"these {len(runs)} runs"
        st.markdown(
            f"Delete {those}, for everyone? What "
            f"{'it' if len(runs) == 1 else 'they'} predicted and learned is lost."
        )
        st.button(
            f"Delete {those}", type="primary", key="compare.delete",
            on_click=delete, args=(engine, list(runs.values())), disabled=not rights.is_in_charge(),
            help=None if rights.is_in_charge() else "Here only the teacher deletes runs.",
        )  # fmt: skip


@shows_errors(state.keep_error)
def _star(engine: Engine, runs: list[Run], starred: bool) -> None:
    for run in runs:
        engine.store.star(run.name, starred)


@shows_errors(state.keep_error)
def _rename(engine: Engine, run: Run, key: str) -> None:
    engine.store.rename(run.name, state.get(key))


@shows_errors(state.keep_error)
def delete(engine: Engine, runs: list[Run]) -> None:
    """Delete runs; one that is on stays, with a message."""
    for run in runs:
        engine.store.delete(run.name)
    left = {run.name for run in runs if engine.store.get(run.name)}
    gone = {run.name for run in runs} - left
    state.choose_runs(
        [name for name in state.chosen_runs() if not any(one.startswith(name) for one in gone)]
    )
    if left:
        state.keep_error("A run that is on cannot be deleted: stop it first.")


_FIGURES: dict[str, tuple[str, float, str, str]] = {
    "accuracy (%)": ("accuracy", 100, "%.1f", "Accuracy: the share of these images it has right"),
    "loss": ("loss", 1, "%.3g", terms.LOSS),
}
"""Heading -> the field of Scores, by what it is multiplied, its digits, what it means."""


def score_cells(run: Run) -> dict[str, Any]:
    """Return a row's part: accuracies and losses, None if they were not measured; epochs and
    cost."""
    found: dict[str, Any] = {}
    for heading, (field, factor, *_) in _FIGURES.items():
        for split in SPLITS:
            scores = run.scores[split]
            value = factor * getattr(scores, field) if scores else None
            found[f"{split.capitalize()} {heading}"] = value
    return found | {"Epochs": run.epochs, "Parameters": run.parameters, "Seconds": run.seconds}


def score_columns() -> dict[str, Any]:
    """Return how the columns of ``score_cells`` are written."""
    number = st.column_config.NumberColumn
    found = {
        # A long head would be cut, or push figures out of sight.
        f"{split.capitalize()} {heading}": number(
            f"{split.capitalize()} {heading.removeprefix('accuracy ')}",
            format=digits,
            help=meaning,
            width=110,
        )
        for heading, (_, _, digits, meaning) in _FIGURES.items()
        for split in SPLITS
    }
    return found | {"Parameters": number(format="localized"), "Seconds": number(format="%.1f")}

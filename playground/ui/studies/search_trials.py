"""What a search found: its trials in order, how much each setting mattered, every trial at once,
and the table."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import charts, formats
from playground.analysis import labels
from playground.config import RunConfig
from playground.config.sweeps import Choice, Search
from playground.formats import NOTHING
from playground.service.proposer import MIN_COMPLETE, importances
from playground.store import Run, Trial
from playground.ui import navigation
from playground.ui.studies import search_labels, to_compare
from playground.ui.studies.search_results import SearchResults

if TYPE_CHECKING:
    import pandas as pd

_ACCURACY = "Validation (%)"
_STATES = {"complete": "Complete", "pruned": "Pruned"}


def charts_of(results: SearchResults) -> None:
    """Draw the three charts, once there is a trial to be drawn."""
    search, trials = results.search, results.trials
    points = search_labels.trial_points(search, trials)
    if not points:
        return
    best = max((point.accuracy for point in points if not point.pruned), default=None)
    text = f" The best so far is {formats.share(best)}." if best is not None else ""
    span = charts.accuracy_span(points)
    below = sum(point.accuracy < span[0] for point in points)
    left, right = st.columns([3, 2], gap="medium")
    left.markdown("**Trial by trial**")
    left.vega_lite_chart(
        charts.history_data(points),
        charts.history_spec(search.trials, span),
        key="search.history",
        alt=f"Chart of the validation accuracy of {len(points)} trials, in their order.{text}",
    )
    notes = []
    if any(point.pruned for point in points):
        notes.append("Pruned: given up early, as it fell behind the others.")
    if below:
        trials_, stand = ("trial", "stands") if below == 1 else ("trials", "stand")
        edge = formats.share(span[0], 0)
        notes.append(f"{below} {trials_} below {edge} {stand} at the lower edge.")
    if notes:
        left.caption(" ".join(notes))
    right.markdown(
        "**How much each setting mattered**",
        help="Measured by PED-ANOVA: how far the values among the best trials differ from those "
        "of all trials.",
    )
    _importance(right, search, trials)
    st.markdown(
        "**Every trial across its settings**: the stronger a line, the better; thick is the best"
    )
    names = search_labels.names_of(search)
    st.vega_lite_chart(
        charts.parallel_data(search_labels.parallel_axes(search), points),
        charts.parallel_spec(tuple(names.values())),
        key="search.parallel",
        alt=f"Parallel coordinates: a line for each of {len(points)} trials through its "
        f"{', '.join(names.values())} to its validation accuracy.{text}",
    )


def _importance(place: Any, search: Search, trials: list[Trial]) -> None:
    complete = [trial for trial in trials if trial.state == "complete"]
    shares = _importances(
        search.name, tuple((trial.number, trial.value) for trial in complete), search, complete
    )
    if not shares:
        different = len({trial.run for trial in complete})
        place.info(
            f"It is known from {MIN_COMPLETE} complete trials on; there "
            f"{'is' if different == 1 else 'are'} {different} so far."
            if different < MIN_COMPLETE
            else "All complete trials came to the same: nothing made a difference.",
            icon=":material/leaderboard:",
        )
        return
    names = search_labels.names_of(search)
    data = charts.importance_data({names[path]: share for path, share in shares.items()})
    told = zip(data["setting"], data["share"], strict=True)
    text = ", ".join(f"{setting} {formats.share(share, 0)}" for setting, share in told)
    place.vega_lite_chart(
        data, charts.importance_spec(), key="search.importance",
        alt=f"Bar chart of how much each setting mattered: {text}.",
    )  # fmt: skip
    place.caption(
        f"For being among the best of {len(complete)} complete trials, and for these ranges only; "
        "rough while they are few."
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _importances(
    name: str, known: tuple[tuple[int, float | None], ...], _search: Search, _complete: list[Trial]
) -> dict[str, float]:
    return importances(_search, _complete)


def table(results: SearchResults, sidebar: RunConfig | None) -> None:
    """Draw the trials, a row each, and what can be done with those that are ticked; ``sidebar`` is
    its config."""
    search, trials = results.search, results.trials
    if not trials:
        return
    st.markdown("**Trials**")
    picked = st.dataframe(
        _rows(results), hide_index=True, key="search.table", on_select="rerun",
        selection_mode="multi-row", height=min(35 * len(trials) + 38, 388), placeholder=NOTHING,
        column_config={
            "Trial": st.column_config.NumberColumn(width=50),
            _ACCURACY: st.column_config.NumberColumn(format="%.1f"),
            **{
                label: st.column_config.NumberColumn(format="%.4g")
                for label in _numbers(search).values()
            },
        },
        alt=f"Table of {len(trials)} trials with their settings and validation accuracy.",
    )  # fmt: skip
    ticked = [trials[row] for row in picked["selection"]["rows"] if row < len(trials)]
    if not ticked:
        st.caption("Tick a trial to look at its run, or several to compare them.")
        return
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if len(ticked) > 1:
        runs = [results.runs[trial.run] for trial in ticked if trial.run in results.runs]
        to_compare.ticked_button(row, sidebar, runs, "search.ticked")
        return
    (trial,) = ticked
    row.markdown(
        labels.plain(
            f"Trial {trial.number + 1}: {search_labels.describe_trial(search, trial.values)}"
        )
    )
    config = search.config(trial.values)
    navigation.try_settings_button(row, config, "search.take", "Take it into the sidebar")
    if run := results.runs.get(trial.run):
        navigation.show_run_button(row, run, "search.look")


def _numbers(search: Search) -> dict[str, str]:
    """Return the columns of numbers, by path."""
    names = search_labels.names_of(search)
    return {
        field.path: names[field.path] for field in search.fields if not isinstance(field, Choice)
    }


def _rows(results: SearchResults) -> "pd.DataFrame":
    import pandas as pd

    search = results.search
    numbers, names = _numbers(search), search_labels.names_of(search)
    rows = []
    for trial in results.trials:
        row: dict[str, Any] = {
            "Trial": trial.number + 1,
            _ACCURACY: None if trial.value is None else 100 * trial.value,
        }
        for path, label in names.items():
            text = trial.values[path]
            row[label] = (
                float(text) if path in numbers else labels.of_value(search.base, path, text)
            )
        row["State"] = _state(trial, results.runs.get(trial.run), results.on)
        row["Epochs"] = trial.epochs if trial.state != "running" else None
        rows.append(row)
    return pd.DataFrame(rows)


def _state(trial: Trial, run: Run | None, on: bool) -> str:
    if trial.state in _STATES:
        return _STATES[trial.state]
    if trial.state == "running":
        if not on:
            return "Incomplete"
        return "Waiting" if run and run.status == "queued" else "Training"
    return run.status.capitalize() if run and run.status != "finished" else "Failed"

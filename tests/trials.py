"""Trials entered into a store without a search, for tests."""

from dataclasses import replace
from pathlib import Path

from playground import datasets
from playground.runs import RunStore, Trial, TrialState
from playground.sweeps import Search


def enter(
    store: RunStore,
    data: Path,
    search: Search,
    number: int,
    values: dict[str, str],
    state: TrialState = "running",
    value: float | None = None,
    epochs: int = 0,
) -> Trial:
    """A trial of a search on the data as it is, begun and, unless it runs, ended."""
    name = search.config(values).name
    trial = Trial(number, name, values, datasets.fingerprint(search.base.data, data))
    store.studies.begin_trial(search.name, trial)
    if state != "running":
        trial = replace(trial, state=state, value=value, epochs=epochs)
        store.studies.end_trial(search.name, trial)
    return trial

"""Trials entered into a store without a search, or only proposed, for tests."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from playground.config.sweeps import Search
from playground.data import datasets
from playground.service.proposer import Proposer
from playground.store import RunStore, Trial, TrialState


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


def proposed(proposer: Proposer, number: int, taken: Collection[str]) -> dict[str, str]:
    """The values of a trial, after as many attempts as it takes."""
    attempts = proposer.propose(number, taken)
    while True:
        try:
            next(attempts)
        except StopIteration as end:
            return end.value

"""A stored run made ready to be read: what it predicted, on which images."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from playground.analysis import evaluation
from playground.analysis.predictions import Predictions
from playground.config import DataConfig
from playground.data import datasets
from playground.data.datasets import DataError, Dataset, Split
from playground.service import Engine
from playground.store import Run
from playground.ui import state

MAX_EPOCHS = 300
"""Epochs whose matrices are kept in memory; on a slider more would lie closer than a pixel."""
IMAGES_GONE = (
    "The images are not shown: the data set is no longer in the data folder, or is another one now."
)


@dataclass(frozen=True)
class LoadedRun:
    """A stored run that can be read."""

    run: Run
    classes: tuple[str, ...]
    """Their names; numbers if the data is no longer there."""
    parts: dict[str, Predictions]
    """By split, "validation" and "test": what was measured at the end; empty if nothing was."""
    matrices: dict[int, np.ndarray]
    """By epoch: int32 (classes, classes), the validation's, true class by row. Of a long run every
    n-th, its best and its last epoch; empty if there was no validation."""
    dataset: Dataset | None
    """None if the data is no longer there, or is other data now."""


def load(engine: Engine, run: Run) -> LoadedRun:
    """Read a run that ended. Raises StoreError if its files are broken."""
    dataset = dataset_of(engine, run)
    folder, there = str(engine.store.folder), dataset is not None
    parts, matrices = _arrays(folder, run.name, run.ended, there, engine, run)
    if state.is_test_hidden():
        parts = {split: part for split, part in parts.items() if split != "test"}
    if dataset is not None:
        classes = dataset.classes
    else:
        known = [len(matrix) for matrix in matrices.values()]
        known += [part.probabilities.shape[1] for part in parts.values()]
        classes = tuple(map(str, range(max(known, default=0))))
    return LoadedRun(run, classes, parts, matrices, dataset)


@st.cache_resource(show_spinner="Getting the figures ready …")
def import_figures() -> None:
    """Import what the figures need, once and with a message: it takes a second or more."""
    evaluation.import_libraries()


def split_of(dataset: Dataset, data: DataConfig) -> Split:
    """Return which images train, validate and test, remembered."""
    return _split(dataset.fingerprint, data.model_dump_json(), dataset, data)


def dataset_of(engine: Engine, run: Run) -> Dataset | None:
    """Return the data that a run saw; None if it is no longer there, or is other data now."""
    try:
        dataset = datasets.load(run.config.data, engine.data)
    except DataError:
        return None
    dataset = dataset.as_seen(run.fingerprint)
    return dataset if dataset.fingerprint == run.fingerprint else None


# Runs are named by what they are, so a name and the time of its end stand for the arrays.
@st.cache_resource(max_entries=16, show_spinner="Reading the run …")
def _arrays(
    folder: str, name: str, ended: float | None, there: bool, _engine: Engine, _run: Run
) -> tuple[dict[str, Predictions], dict[int, np.ndarray]]:
    arrays = _engine.store.arrays(name)
    split = None
    if there and arrays:
        split = split_of(datasets.load(_run.config.data, _engine.data), _run.config.data)
    parts = {
        part: Predictions(
            arrays[f"labels_{part}"],
            arrays[f"probabilities_{part}"],
            getattr(split, part) if split else None,
        )
        for part in ("validation", "test")
        if f"probabilities_{part}" in arrays
    }
    every = arrays.get("matrices", ())
    kept = range(1, len(every) + 1, -(-len(every) // MAX_EPOCHS) or 1)
    epochs = {*kept, len(every), _run.best_epoch or len(every)} if len(every) else set()
    return parts, {epoch: every[epoch - 1].copy() for epoch in sorted(epochs)}


@st.cache_resource(max_entries=16, show_spinner=False)
def _split(fingerprint: str, data: str, _dataset: Dataset, _data: DataConfig) -> Split:
    return datasets.split(_dataset, _data)

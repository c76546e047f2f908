"""What a diagnosis looks at, of a stored run."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from playground.analysis import evaluation, headline
from playground.analysis.diagnosis.record import Record, UnitCount
from playground.results import EpochMetrics
from playground.store import Run


def record_of(
    run: Run,
    epochs: Sequence[EpochMetrics],
    arrays: Mapping[str, np.ndarray],
    hidden: Collection[str] = (),
) -> Record:
    """Make it of a run whose config can be read, its epochs, and the arrays of its files
    (``RunStore.arrays``); without the splits that are ``hidden``."""
    split = headline.split_of(run.config)
    matrix = None
    if f"probabilities_{split}" in arrays and split not in hidden:
        labels, probabilities = arrays[f"labels_{split}"], arrays[f"probabilities_{split}"]
        matrix = evaluation.confusion(labels, probabilities.argmax(1), probabilities.shape[1])
    scores = {name: one for name, one in run.scores.items() if name not in hidden}
    watched = "test" if run.config.data.validation == "test" else "validation"
    shown = () if watched in hidden else epochs
    return Record(run.config, run.status, shown, scores, matrix, _units(arrays.get("units")))


def _units(rows: np.ndarray | None) -> tuple[UnitCount, ...]:
    """Read the counts of ``Result.units``."""
    if rows is None or rows.ndim != 2 or rows.shape[1] != 6:
        return ()
    found, dense = [], 0
    for _, block, is_dense, units, dead, images in rows.tolist():
        dense += is_dense
        found.append(UnitCount(block, dense if is_dense else 0, units, dead, images))
    return tuple(found)

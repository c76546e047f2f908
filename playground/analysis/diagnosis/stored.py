"""What a diagnosis looks at, of a stored run."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from playground.analysis import evaluation, headline
from playground.analysis.diagnosis.record import Record
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
    return Record(run.config, run.status, () if watched in hidden else epochs, scores, matrix)

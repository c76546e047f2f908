"""A stored run's figures, by the names that articles' figures have."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from playground.recipes import Reported
from playground.runs import SPLITS, Run, RunStore

Figures = dict[str, float | None]
"""By Reported.key; None where the run came to no such figure, as it diverged."""


def figures_of(
    store: RunStore, run: Run, reported: Sequence[Reported], classes: Sequence[str]
) -> Figures:
    """Accuracy and loss of each split the run has, and whatever else was reported of it.

    ``classes`` are the data set's names of classes. Raises StoreError.
    """
    found: Figures = {}
    for split in SPLITS:
        if scores := run.scores[split]:
            found[f"{split} accuracy"] = scores.accuracy
            found[f"{split} loss"] = scores.loss
    if run.is_measured:
        found["epochs"] = float(run.epochs)
    trained = run.is_measured and any(figure.as_trained for figure in reported)
    if trained and (epochs := store.epochs(run.name)):
        last = Reported(epochs[-1].train_accuracy, "train", as_trained=True)
        found[last.key] = last.value
    if any(figure.of_class for figure in reported) and run.scores["test"]:
        found |= _by_class(store.arrays(run.name), classes)
    return {figure.key: None for figure in reported} | found


def _by_class(arrays: dict[str, np.ndarray], classes: Sequence[str]) -> Figures:
    """The share of each class's test images that are right."""
    if not arrays:  # they were removed to make room
        return {}
    labels = arrays["labels_test"]
    right = arrays["probabilities_test"].argmax(1) == labels
    return {
        replace(Reported(0.0), of_class=name).key: float(right[labels == number].mean())
        for number, name in enumerate(classes)
    }

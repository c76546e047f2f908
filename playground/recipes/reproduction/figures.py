"""A stored run's figures and curves, by the names that articles' figures have."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import mean
from typing import Any

import numpy as np

from playground.recipes import Reported
from playground.results import EpochMetrics
from playground.store import SPLITS, Run, RunStore

Figures = dict[str, float | None]
"""By Reported.key; None if the run came to no such figure, as it diverged; without those that
were not taken when it was trained."""


def figures_of(
    store: RunStore, run: Run, reported: Sequence[Reported], classes: Sequence[str]
) -> Figures:
    """Return accuracy and loss of each split the run has, and whatever else was reported of it.

    ``classes`` are the data set's names of classes. Raises StoreError.
    """
    found: Figures = {}
    for split in SPLITS:
        if scores := run.scores[split]:
            found[f"{split} accuracy"] = scores.accuracy
            found[f"{split} loss"] = scores.loss
    if run.is_measured:
        found["epochs"] = float(run.epochs)
    by_epoch = [
        figure for figure in reported if figure.taken != "at the end" or figure.with_penalty
    ]
    if run.is_measured and by_epoch and (epochs := store.epochs(run.name)):
        values = {figure.key: _of_epochs(epochs, figure) for figure in by_epoch}
        found |= {key: value for key, value in values.items() if value is not None}
    if any(figure.of_class for figure in reported) and run.scores["test"]:
        found |= _by_class(store.arrays(run.name), classes)
    # A run of an earlier version came to figures, but not to all of those that are taken today.
    return found if run.is_measured else {figure.key: None for figure in reported} | found


def curves_of(epochs: Sequence[EpochMetrics]) -> dict[str, list[float]]:
    """Return figures of a run epoch by epoch, by Reported.key: what it has of training, as it
    trained, and of validation, losses without penalties and, if there are any, with them too."""
    columns = {_curve(split, quantity): f"{split}_{quantity}" for split, quantity in _CURVES}
    found = {key: [getattr(one, name) for one in epochs] for key, name in columns.items()}
    if any(one.penalty for one in epochs):
        for split, added in (("train", "train_penalty"), ("validation", "penalty")):
            key = _curve(split, "loss")
            found[f"{key} with penalties"] = [
                None if loss is None or getattr(one, added) is None else loss + getattr(one, added)
                for loss, one in zip(found[key], epochs, strict=True)
            ]
    return {key: values for key, values in found.items() if values and None not in values}


_CURVES = tuple((s, q) for s in ("train", "validation") for q in ("accuracy", "loss"))


def _curve(split: Any, quantity: Any) -> str:
    taken = "as it trained" if split == "train" else "at the end"
    return Reported(None, split, quantity, taken=taken).key


def _of_epochs(epochs: Sequence[EpochMetrics], figure: Reported) -> float | None:
    """Return a figure of a run's epochs; None if these have it not."""
    column = f"{figure.split}_{figure.quantity}"
    if figure.taken == "of the last batch":
        return getattr(epochs[-1], f"last_batch_{figure.quantity}")
    values = [getattr(one, column) for one in epochs]
    if None in values:
        return None
    if figure.taken == "best":
        return max(values) if figure.quantity == "accuracy" else min(values)
    if figure.taken == "over all epochs":
        return mean(values)
    if not figure.with_penalty:
        return values[-1]
    last = epochs[-1]
    added = last.train_penalty if figure.split == "train" else last.penalty
    return None if added is None else values[-1] + added


def _by_class(arrays: dict[str, np.ndarray], classes: Sequence[str]) -> Figures:
    """Return the share of each class's test images that are right."""
    if not arrays:  # they were removed to make room
        return {}
    labels = arrays["labels_test"]
    right = arrays["probabilities_test"].argmax(1) == labels
    return {
        replace(Reported(None), of_class=name).key: float(right[labels == number].mean())
        for number, name in enumerate(classes)
    }


Curves = Mapping[str, Sequence[float]]
"""By Reported.key, a value for each epoch: that of epoch n at place n − 1."""

TRAIN, VALIDATION = "train accuracy as it trained", "validation accuracy"
TRAIN_LOSS, VALIDATION_LOSS = "train loss as it trained", "validation loss"
CURVE_PAIRS = {"accuracy": (TRAIN, VALIDATION), "loss": (TRAIN_LOSS, VALIDATION_LOSS)}
"""Which curves are drawn together, by quantity: training, then validation."""


def losses_after(curves: Curves, every: int) -> list[tuple[int, float | None, float | None]]:
    """Give (steps, train loss, validation loss), losses in nats per image, after 0, ``every``,
    2 · ``every`` … steps of a run that makes one step an epoch.

    The training loss of epoch n is taken before its step, so after n − 1 steps; the validation loss
    after it, so after n. That before the first step is not measured: None.
    """
    train, validation = curves.get(TRAIN_LOSS, ()), curves.get(VALIDATION_LOSS, ())
    return [
        (
            steps,
            train[steps],
            validation[steps - 1] if 0 < steps <= len(validation) else None,
        )
        for steps in range(0, len(train), every)
    ]


def rise(values: Sequence[float], start: int, end: int) -> float:
    """Count how much a curve rose from epoch ``start`` to epoch ``end``, both counted from 1."""
    return values[end - 1] - values[start - 1]

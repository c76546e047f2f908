"""The confusion matrix of the test images, as a table with shaded cells or as a heatmap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from playground.analysis import evaluation
from playground.charts.matrix import NUMBERED
from playground.export.report import svg_charts
from playground.export.subject import Subject

MAX_NAMED = 10
"""Mix-ups that are listed if the matrix is a heatmap without numbers."""


@dataclass(frozen=True)
class ShadedCount:
    """A cell of the table."""

    images: int
    right: bool
    shade: float
    """How strong its colour is, 0 to 1."""


@dataclass(frozen=True)
class Matrix:
    """What is drawn of a matrix: a table up to NUMBERED classes, else a heatmap."""

    classes: Sequence[str]
    images: int
    right: int
    rows: list[list[ShadedCount]]
    """By true class; empty for a heatmap."""
    heatmap: Markup | None
    mixed: list[tuple[str, str, int]]
    """(true class, predicted class, images), the most frequent first."""


def of(subject: Subject) -> Matrix | None:
    """Return the test images' matrix; None if the run left no predictions."""
    test = subject.predictions("test")
    if test is None:
        return None
    classes = subject.dataset.classes
    counts = evaluation.confusion(test.labels, test.predicted, len(classes))
    mixed = _mixed(counts, classes)
    heatmap = None
    if len(classes) > NUMBERED:
        text = (
            f"Confusion matrix of {len(classes)} classes, {counts.sum():,} images, "
            f"{counts.trace():,} of them right."
        )
        heatmap = svg_charts.heatmap(counts, classes, text)
    rows = [] if heatmap else _cells(counts)
    return Matrix(classes, int(counts.sum()), int(counts.trace()), rows, heatmap, mixed)


def _cells(counts: np.ndarray) -> list[list[ShadedCount]]:
    """Shade each count by the share of the true class as the page does: by its root, so that rare
    mistakes are seen, and mistakes twice as strong."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    strength = np.sqrt(np.minimum(np.where(np.eye(len(counts)) > 0, 1, 2) * shares, 1))
    return [
        [ShadedCount(int(n), true == at, float(strength[true, at])) for at, n in enumerate(row)]
        for true, row in enumerate(counts)
    ]


def _mixed(counts: np.ndarray, classes: Sequence[str]) -> list[tuple[str, str, int]]:
    wrong = counts - np.diag(counts.diagonal())
    worst = np.argsort(-wrong, axis=None, kind="stable")[:MAX_NAMED]
    return [
        (classes[true], classes[predicted], int(wrong[true, predicted]))
        for true, predicted in zip(*np.unravel_index(worst, wrong.shape), strict=True)
        if wrong[true, predicted]
    ]

"""Labels and what a network made of them, to figures. NumPy in, NumPy out; knows no network.

The figures are scikit-learn's and SciPy's, imported where they are used: together they take a
second and 80 MB, and a visitor who only trains needs neither. Shares and probabilities are from
0 to 1; what cannot be said (the precision of a class that was never predicted) is NaN.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ClassFigures:
    """Figures by class: float64 (classes,), and int64 (classes,) for the images of the class."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    images: np.ndarray


@dataclass(frozen=True)
class Calibration:
    """Bins of confidence from ``low`` to ``high`` that hold images, and what is in them.

    ``confidence`` and ``accuracy`` are means over the bin's ``images``; all are (filled bins,).
    ``error`` is the expected calibration error: the mean over all images of the distance of their
    bin's accuracy from its confidence.
    """

    low: np.ndarray
    high: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    images: np.ndarray
    error: float


@dataclass(frozen=True)
class Change:
    """Images that one network has wrong and another right: positions (int64), ascending.

    ``p_value`` is McNemar's, exact and two-sided: how likely so uneven a change is between two
    networks that are equally good.
    """

    fixed: np.ndarray
    broken: np.ndarray
    p_value: float


@dataclass(frozen=True)
class Spread:
    """Mean and sample standard deviation (n - 1 in the denominator, so NaN for a single value)."""

    mean: float
    deviation: float
    n: int
    images: int
    """How many each value is an accuracy on."""

    @property
    def noise(self) -> float:
        """The binomial standard deviation of one accuracy on so many images, √(p(1 − p) / images).

        p is the mean with one more image right and one more wrong (Laplace's rule of succession):
        networks that have all images right are not known to be right always.
        """
        p = (self.mean * self.images + 1) / (self.images + 2)
        return math.sqrt(p * (1 - p) / max(self.images, 1))


def import_libraries() -> None:
    """Import what is needed below, which takes a second or more, the first time."""
    import scipy.stats  # noqa: F401
    import sklearn.calibration
    import sklearn.metrics  # noqa: F401


def baseline(labels: np.ndarray) -> float:
    """Return the accuracy of always answering the most frequent class of these labels, int64
    (n,)."""
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))


def is_at_chance(accuracy: float, share: float, images: int) -> bool:
    """Say whether an accuracy on so many images is little better than that of the ``baseline``,
    whose ``share`` of them is right.

    That is less than two deviations above it, of the binomial noise of so many images. Where they
    are few that would be nearly anything, so it is also at most half as much again as the baseline,
    and at most half of the way from it to 1: whatever has all images right guesses nothing.
    """
    noise = math.sqrt(share * (1 - share) / images)
    return accuracy < share + min(2 * noise, share / 2, (1 - share) / 2)


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return images by true class (row) and predicted class (column): int64 (classes, classes)."""
    cells = labels.astype(np.int64) * classes + predicted
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def per_class(matrix: np.ndarray) -> ClassFigures:
    """Return precision, recall and F1 of each class, from a confusion matrix with the true class by
    row.

    A class without images has no recall, one that was never predicted no precision, and one that
    is neither has no F1.
    """
    from sklearn.metrics import precision_recall_fscore_support

    if not matrix.any():  # scikit-learn refuses to weigh nothing
        unknown = np.full(len(matrix), np.nan)
        return ClassFigures(unknown, unknown, unknown, np.zeros(len(matrix), np.int64))
    true, predicted = np.indices(matrix.shape)
    # Its types know no array.
    figures: Any = precision_recall_fscore_support(
        true.ravel(),
        predicted.ravel(),
        labels=np.arange(len(matrix)),
        sample_weight=matrix.ravel(),
        zero_division=np.nan,  # pyrefly: ignore[bad-argument-type]
    )
    precision, recall, f1, images = figures
    return ClassFigures(precision, recall, f1, images.astype(np.int64))


def calibration(labels: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> Calibration:
    """Measure how often the predicted class is right, by its probability, in bins of equal width.

    ``probabilities`` are (n, classes). Without images there are no bins and the error is NaN.
    """
    from sklearn.calibration import calibration_curve

    if len(labels) == 0:
        none = np.zeros(0)
        return Calibration(none, none, none, none, np.zeros(0, np.int64), float("nan"))
    # A softmax in float32 may end a rounding above 1, which scikit-learn refuses.
    top = np.minimum(probabilities.max(axis=1).astype(np.float64), 1.0)
    right = probabilities.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(right, top, n_bins=bins)
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], top), minlength=bins)  # as scikit-learn bins
    filled = np.flatnonzero(counts)
    images = counts[filled].astype(np.int64)
    error = float(np.average(np.abs(accuracy - confidence), weights=images))
    return Calibration(edges[filled], edges[filled + 1], confidence, accuracy, images, error)


def change(labels: np.ndarray, before: np.ndarray, after: np.ndarray) -> Change:
    """Find what became right and what became wrong, from the classes predicted ``before``,
    ``after``."""
    from scipy.stats import binomtest

    was, now = before == labels, after == labels
    fixed, broken = np.flatnonzero(~was & now), np.flatnonzero(was & ~now)
    changed = len(fixed) + len(broken)
    p_value = float(binomtest(len(fixed), changed).pvalue) if changed else 1.0
    return Change(fixed, broken, p_value)


def welch(a: Spread, b: Spread) -> float:
    """Return the p-value of Welch's t-test: how likely two means so far apart are if there is no
    difference. NaN if a single value has no deviation.

    Neither side's deviation is taken for less than its binomial noise (``Spread.noise``): seeds
    that happen to agree would make a difference of one image certain (two of each: p = 0). It
    speaks of other seeds on these images: what other images would do shrinks with no seeds.
    """
    from scipy.stats import ttest_ind_from_stats

    if min(a.n, b.n) < 2:
        return float("nan")
    one, other = (max(side.deviation, side.noise) for side in (a, b))
    sides = (a.mean, one, a.n, b.mean, other, b.n)
    return float(ttest_ind_from_stats(*sides, equal_var=False).pvalue)


def spread(values: Iterable[float], images: int) -> Spread:
    """Return the mean and standard deviation of the accuracy on so many images; NaN if
    there are too few."""
    numbers = np.array(list(values), np.float64)
    n = len(numbers)
    mean = float(numbers.mean()) if n else float("nan")
    deviation = float(numbers.std(ddof=1)) if n > 1 else float("nan")
    return Spread(mean, deviation, n, images)

"""What a network made of one split's images, to be filtered and put in order."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

Order = Literal["number", "confident", "unsure"]


@dataclass(frozen=True)
class Predictions:
    """One split of one run. A position counts within the split, from 0."""

    labels: np.ndarray
    """int64 (n,), the true classes"""
    probabilities: np.ndarray
    """float32 (n, classes)"""
    indices: np.ndarray | None
    """int64 (n,), each image's number in the data set; None if the data is no longer there."""

    @cached_property
    def predicted(self) -> np.ndarray:
        """int64 (n,), the most probable class; the first of several."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """float32 (n,), the probability of the predicted class, 0 to 1."""
        return self.probabilities.max(axis=1)

    @cached_property
    def wrong(self) -> np.ndarray:
        """bool (n,), whether the prediction is not the true class."""
        return self.predicted != self.labels

    @cached_property
    def margin(self) -> np.ndarray:
        """float32 (n,), how far the most probable class is ahead of the second."""
        second, first = np.partition(self.probabilities, -2, axis=1)[:, -2:].T
        return first - second

    def is_of(self, other: "Predictions") -> bool:
        """Tell whether both are of the same images in the same order, as far as it is known."""
        if self.indices is None or other.indices is None:
            return np.array_equal(self.labels, other.labels)
        return np.array_equal(self.indices, other.indices)

    def where(
        self,
        true: int | None = None,
        predicted: int | None = None,
        wrong: bool = False,
        low: float = 0.0,
        high: float = 1.0,
    ) -> np.ndarray:
        """Return the positions, ascending, of the images of these classes and confidences (ends
        included).

        None is any class; ``wrong`` leaves out the right predictions.
        """
        chosen = (self.confidence >= low) & (self.confidence <= high)
        if true is not None:
            chosen &= self.labels == true
        if predicted is not None:
            chosen &= self.predicted == predicted
        if wrong:
            chosen &= self.wrong
        return np.flatnonzero(chosen)

    def ordered(self, positions: np.ndarray, by: Order) -> np.ndarray:
        """Return the positions by image number, or the most confident or least sure first.

        Ties are in the order of the image numbers.
        """
        numbers = positions if self.indices is None else self.indices[positions]
        keys = {
            "number": lambda: (numbers,),
            "confident": lambda: (numbers, -self.confidence[positions]),
            "unsure": lambda: (numbers, self.margin[positions]),
        }[by]()
        return positions[np.lexsort(keys)]

    def top_classes(self, position: int, count: int = 3) -> list[tuple[int, float]]:
        """Return (class, probability) of the most probable classes of one image, falling."""
        row = self.probabilities[position]
        classes = np.argsort(-row, kind="stable")[:count]
        return [(int(index), float(row[index])) for index in classes]

    def at(self, index: int) -> int | None:
        """Return the position of the image of that number; None if it is not in this split."""
        if self.indices is None:
            return None
        found = np.flatnonzero(self.indices == index)
        return int(found[0]) if len(found) else None

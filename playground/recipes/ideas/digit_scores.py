"""The digits that the ideas are shown with, and their scores: from scores to an answer, and to the
accuracy."""

import numpy as np

from playground.data.datasets import digits


def class_means(pixels: np.ndarray, labels: np.ndarray, classes: int = 10) -> np.ndarray:
    """Return the mean of each class's images: pixels (n, inputs) to float64 (classes, inputs)."""
    return np.stack([pixels[labels == one].mean(0) for one in range(classes)])


def scores(pixels: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return minus the squared distance to each class's mean image: (n, inputs) to (n, classes).

    The highest score has the class whose mean is nearest.
    """
    return -((pixels[:, None] - means) ** 2).sum(-1)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return scores (n, classes) as probabilities, which add up to 1 for each image."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def right(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each image 1 if its highest score is that of its label, else 0: int64 (n,)."""
    return (scores.argmax(1) == labels).astype(np.int64)


EXAMPLE_DIGIT = 1234
"""The digit that the article on the digits looks at, by its number."""
_TEST_FIRST, _TEST_EVERY = EXAMPLE_DIGIT % 4, 4
"""Every fourth digit is kept for the test, EXAMPLE among them. A run's own split would
import scikit-learn into the app's process: 77 MB."""


def pixels() -> np.ndarray:
    """Return all digits from 0 to 1, float64 (1797, 64)."""
    data = digits.load()
    return data.images.reshape(len(data.images), -1) / data.max_pixel


def test_numbers() -> np.ndarray:
    """Return the numbers of the digits that nothing here learns from, int64 (449,)."""
    return np.arange(_TEST_FIRST, len(digits.load().images), _TEST_EVERY)


def train_numbers() -> np.ndarray:
    """Return the numbers of all others, int64 (1348,)."""
    return np.delete(np.arange(len(digits.load().images)), test_numbers())

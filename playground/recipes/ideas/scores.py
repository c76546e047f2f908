"""From the scores of ten classes to an answer, and from answers to the accuracy."""

import numpy as np


def class_means(pixels: np.ndarray, labels: np.ndarray, classes: int = 10) -> np.ndarray:
    """The mean of each class's images: pixels (n, inputs) to float64 (classes, inputs)."""
    return np.stack([pixels[labels == one].mean(0) for one in range(classes)])


def scores(pixels: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Minus the squared distance to each class's mean image: (n, inputs) to (n, classes).

    The highest score has the class whose mean is nearest.
    """
    return -((pixels[:, None] - means) ** 2).sum(-1)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Scores (n, classes) as probabilities, which add up to 1 for each image."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def right(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """For each image 1 if its highest score is that of its label, else 0: int64 (n,)."""
    return (scores.argmax(1) == labels).astype(np.int64)

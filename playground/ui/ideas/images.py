"""The digits that this page's small networks learn from, and those they are measured on."""

import numpy as np

from playground.datasets import digits

_FIRST, _EVERY = 2, 4
"""Every fourth digit is kept for the test, the article's number 1234 among them. A run's own split
would import scikit-learn into the app's process: 77 MB."""


def pixels() -> np.ndarray:
    """All digits from 0 to 1, float64 (1797, 64)."""
    data = digits.load()
    return data.images.reshape(len(data.images), -1) / data.top


def tested() -> np.ndarray:
    """The numbers of the digits that nothing here learns from, int64 (449,)."""
    return np.arange(_FIRST, len(digits.load().images), _EVERY)


def learned() -> np.ndarray:
    """The numbers of all others, int64 (1348,)."""
    return np.delete(np.arange(len(digits.load().images)), tested())

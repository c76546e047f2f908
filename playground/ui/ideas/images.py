"""The digits that this page's small networks learn from, and those they are measured on."""

import numpy as np

from playground.data.datasets import digits

EXAMPLE = 1234
"""The digit that the article on the digits looks at, by its number."""
_FIRST, _EVERY = EXAMPLE % 4, 4
"""Every fourth digit is kept for the test, EXAMPLE among them. A run's own split would
import scikit-learn into the app's process: 77 MB."""


def pixels() -> np.ndarray:
    """All digits from 0 to 1, float64 (1797, 64)."""
    data = digits.load()
    return data.images.reshape(len(data.images), -1) / data.max_pixel


def tested() -> np.ndarray:
    """The numbers of the digits that nothing here learns from, int64 (449,)."""
    return np.arange(_FIRST, len(digits.load().images), _EVERY)


def learned() -> np.ndarray:
    """The numbers of all others, int64 (1348,)."""
    return np.delete(np.arange(len(digits.load().images)), tested())

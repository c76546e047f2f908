"""What L1 and L2 do to weights that nothing else pulls at."""

import numpy as np

from playground.config import SGD
from playground.recipes.ideas import rules

STARTS = (1.0, 0.6, 0.25, 0.08, -0.15, -0.4, -0.8)
"""The weights that are followed."""


def shrunk(l1: float, l2: float, learning_rate: float, steps: int) -> np.ndarray:
    """STARTS before each step of plain gradient descent on the penalty alone and after the last.

    Float64 (steps + 1, weights). The penalty is the run's own: l1 · sum of |w| + l2 · sum of w².
    """

    def slope(weights: np.ndarray) -> np.ndarray:
        return l1 * np.sign(weights) + 2 * l2 * weights

    return rules.path(SGD(learning_rate=learning_rate), slope, np.array(STARTS), steps)

"""Small losses, and the paths that optimizers and penalties take on them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import Polynomial

from playground.config import SGD, OptimizerConfig
from playground.recipes.ideas.optimizers import RULES, Memory

RATES = tuple(float(f"{digit}e{power}") for power in range(-4, 2) for digit in (1, 2, 5))
"""Learning rates to choose from: 0.0001, 0.0002, 0.0005 and so on to 50."""


@dataclass(frozen=True)
class Surface:
    """The loss ``along(w1) + across / 2 · w2²``: a polynomial of one weight, a bowl in the other.

    So its slope, its lowest point and its contours are known exactly.
    """

    title: str
    about: str
    along: Polynomial
    across: float
    start: tuple[float, float]
    limits: tuple[tuple[float, float], tuple[float, float]]
    """What is drawn of it: lowest and highest w1, lowest and highest w2."""
    levels: tuple[float, ...]
    """Heights of the contours above the lowest point."""

    def loss(self, weights: np.ndarray) -> np.ndarray:
        """Return the loss above that of the lowest point; weights (..., 2) to (...)."""
        first, second = np.moveaxis(np.asarray(weights), -1, 0)
        return self.along(first) + self.across / 2 * second**2 - self.along(self.lowest[0])

    def slope(self, weights: np.ndarray) -> np.ndarray:
        """Return the gradient of the loss; weights (2,) to (2,)."""
        return np.array([self._along_slope(weights[0]), self.across * weights[1]])

    @cached_property
    def _along_slope(self) -> Polynomial:
        return self.along.deriv()

    @cached_property
    def lowest(self) -> tuple[float, float]:
        """The weights of the least loss."""
        flat = self.along.deriv().roots()
        flat = flat[np.isreal(flat)].real
        return float(flat[self.along(flat).argmin()]), 0.0

    @property
    def reach(self) -> float:
        """How far from zero a weight may get before its path is said to run away."""
        return 20 * float(np.abs(self.limits).max())

    def contours(self, points: int = 61) -> list[tuple[float, np.ndarray]]:
        """Return (level, closed curve of points (n, 2)) for every level, highest first."""
        found = []
        turn = np.linspace(0, 2 * np.pi, points)
        for level in sorted(self.levels, reverse=True):
            height = self.along(self.lowest[0]) + level
            ends = (self.along - height).roots()
            ends = np.sort(ends[np.abs(ends.imag) < 1e-9].real)
            # Between a pair of its ends the polynomial lies below the level.
            for low, high in zip(ends[::2], ends[1::2], strict=True):
                first = (low + high) / 2 - (high - low) / 2 * np.cos(turn)
                room = np.maximum(height - self.along(first), 0)
                second = np.sign(np.sin(turn)) * np.sqrt(2 * room / self.across)
                found.append((level, np.stack([first, second], axis=1)))
        return found


SURFACES: dict[str, Surface] = {
    "valley": Surface(
        "Long narrow valley",
        "Across the valley the loss is 25 times as steep as along it. A step that suits the one "
        "direction is too long or too short for the other.",
        along=Polynomial([0, 0, 0.5]),
        across=25,
        start=(-4.0, 1.0),
        limits=((-5, 2), (-1.6, 1.6)),
        levels=(0.25, 1, 2.5, 5, 9, 15, 23, 33),
    ),
    "two_valleys": Surface(
        "Two valleys",
        "The path begins above the shallow valley; the deeper one lies beyond the saddle. Plain "
        "gradient descent settles in the first valley it comes to, momentum may roll through it.",
        along=Polynomial([0, 0.15, -0.5, 0, 0.25]),
        across=2,
        start=(1.7, 1.0),
        limits=((-2, 2), (-1.3, 1.3)),
        levels=(0.02, 0.1, 0.2, 0.3, 0.4, 0.55, 0.8, 1.2, 1.8, 2.6),
    ),
}


Slope = Callable[[np.ndarray], np.ndarray]


def optimizer_path(
    config: OptimizerConfig,
    slope: Slope,
    start: np.ndarray | tuple[float, float],
    steps: int,
    weight_decay: float = 0.0,
    reach: float = np.inf,
) -> np.ndarray:
    """Compute the weights of each step and after the last, float64 (up to steps + 1, weights).

    ``slope`` gives the loss's gradient at some weights. The path ends early with the first weights
    that are no numbers, or farther from zero than ``reach``: it ran away. The optimizer must have a
    rule in ``RULES``.
    """
    weights = np.array(start, float)
    memory: Memory = defaultdict(lambda: np.zeros_like(weights))
    rule = RULES[config.name]
    rule.begin(config, memory)
    found = [weights]
    with np.errstate(all="ignore"):  # what runs away overflows
        for number in range(1, steps + 1):
            gradient = slope(weights)
            if config.decouples:
                weights = weights * (1 - config.learning_rate * weight_decay)
            else:
                gradient = gradient + weight_decay * weights
            weights = weights - rule.move(config, gradient, memory, number)
            found.append(weights)
            if not np.abs(weights).max() <= reach:
                break
    return np.array(found)


PENALIZED_WEIGHTS = (1.0, 0.6, 0.25, 0.08, -0.15, -0.4, -0.8)
"""The weights that are followed."""


def penalized_path(l1: float, l2: float, learning_rate: float, steps: int) -> np.ndarray:
    """Return PENALIZED_WEIGHTS before each step of plain gradient descent on the penalty alone, and
    after the last.

    Float64 (steps + 1, weights). The penalty is the run's own: l1 · sum of |w| + l2 · sum of w².
    """

    def slope(weights: np.ndarray) -> np.ndarray:
        return l1 * np.sign(weights) + 2 * l2 * weights

    return optimizer_path(
        SGD(learning_rate=learning_rate), slope, np.array(PENALIZED_WEIGHTS), steps
    )

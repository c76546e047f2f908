"""The path of an optimizer, as torch takes it, on a loss of a few weights."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from playground.config import OptimizerConfig
from playground.recipes.ideas.optimizers import RULES, Memory

Slope = Callable[[np.ndarray], np.ndarray]


def path(
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

"""The update rules of the optimizers, as torch computes them, on a loss of a few weights."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from playground.config import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    Momentum,
    Nesterov,
    OptimizerConfig,
    RMSprop,
)

Slope = Callable[[np.ndarray], np.ndarray]
Memory = dict[str, np.ndarray]
"""What an optimizer keeps from step to step, each like the weights; zero before the first."""


def path(
    config: OptimizerConfig,
    slope: Slope,
    start: np.ndarray,
    steps: int,
    weight_decay: float = 0.0,
    reach: float = np.inf,
) -> np.ndarray:
    """The weights before each step and after the last, float64 (at most steps + 1, weights).

    ``slope`` gives the loss's gradient at some weights. The path ends early with the first weights
    that are no numbers, or farther from zero than ``reach``: it ran away.
    """
    weights = np.array(start, float)
    memory: Memory = defaultdict(lambda: np.zeros_like(weights))
    if isinstance(config, Adagrad):
        memory["s"] = memory["s"] + config.initial_accumulator
    found = [weights]
    with np.errstate(all="ignore"):  # what runs away overflows
        for number in range(1, steps + 1):
            gradient = slope(weights)
            if isinstance(config, AdamW):
                weights = weights * (1 - config.learning_rate * weight_decay)
            else:
                gradient = gradient + weight_decay * weights
            weights = weights - _move(config, gradient, memory, number)
            found.append(weights)
            if not np.abs(weights).max() <= reach:
                break
    return np.array(found)


def _move(config: Any, gradient: np.ndarray, memory: Memory, number: int) -> np.ndarray:
    """What step ``number`` (from 1) takes off the weights; the memory is brought up to date."""
    match config:
        case SGD():
            return config.learning_rate * gradient
        case Momentum() | Nesterov():
            memory["v"] = config.momentum * memory["v"] + gradient
            ahead = isinstance(config, Nesterov)
            move = gradient + config.momentum * memory["v"] if ahead else memory["v"]
            return config.learning_rate * move
        case RMSprop():
            memory["s"] = _mean(config.alpha, memory["s"], gradient**2)
            scaled = gradient / (np.sqrt(memory["s"]) + config.epsilon)
            memory["v"] = config.momentum * memory["v"] + scaled
            return config.learning_rate * memory["v"]
        case Adam() | AMSGrad() | AdamW():
            return _adam(config, gradient, memory, number)
        case Adagrad():
            rate = config.learning_rate / (1 + (number - 1) * config.learning_rate_decay)
            memory["s"] = memory["s"] + gradient**2
            return rate * gradient / (np.sqrt(memory["s"]) + config.epsilon)
        case Adadelta():
            memory["s"] = _mean(config.rho, memory["s"], gradient**2)
            size = np.sqrt(memory["d"] + config.epsilon) / np.sqrt(memory["s"] + config.epsilon)
            move = size * gradient
            memory["d"] = _mean(config.rho, memory["d"], move**2)
            return config.learning_rate * move
    raise TypeError(f"no rule for {config!r}")


def _adam(
    config: Adam | AMSGrad | AdamW, gradient: np.ndarray, memory: Memory, number: int
) -> np.ndarray:
    memory["m"] = _mean(config.beta1, memory["m"], gradient)
    memory["s"] = _mean(config.beta2, memory["s"], gradient**2)
    square = memory["s"]
    if isinstance(config, AMSGrad):
        square = memory["top"] = np.maximum(memory["top"], square)
    mean = memory["m"] / (1 - config.beta1**number)
    square = square / (1 - config.beta2**number)
    return config.learning_rate * mean / (np.sqrt(square) + config.epsilon)


def _mean(kept: float, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """A running mean: ``kept`` of the old one, the rest of the new value."""
    return kept * old + (1 - kept) * new

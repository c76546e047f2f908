"""How long each activation function takes, in this process."""

import time
from collections.abc import Callable, Mapping

import numpy as np

VALUES, REPEATS = 1_000_000, 7
"""Numbers in the array, and how often each function is timed: the shortest time counts."""


def seconds(
    functions: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    values: int = VALUES,
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """The shortest time of each function on the same float32 values, in seconds, by its name.

    The functions take turns, so that what else the machine does meets all of them alike.
    """
    x = np.random.default_rng(0).standard_normal(values, np.float32)
    found = dict.fromkeys(functions, float("inf"))
    for _ in range(repeats):
        for name, function in functions.items():
            start = clock()
            function(x)
            found[name] = min(found[name], clock() - start)
    return found

"""How long each activation function takes, in this process."""

import time
from collections.abc import Callable, Mapping

import numpy as np

VALUES, TURNS, BUDGET = 1_000_000, 20, 0.6
"""Numbers in the array; how often each function is timed at most; the seconds after which no
further turn begins."""


def seconds(
    functions: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    values: int = VALUES,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[dict[str, float], int]:
    """The shortest time of each function on the same float32 values, in seconds, by its name; and
    how many turns there were.

    The functions take turns, so that what else the machine does meets all of them alike, and the
    shortest time is the one that it disturbed least.
    """
    x = np.random.default_rng(0).standard_normal(values, np.float32)
    found = dict.fromkeys(functions, float("inf"))
    begin, turns = clock(), 0
    while turns < TURNS and (not turns or clock() - begin < BUDGET):
        for name, function in functions.items():
            start = clock()
            function(x)
            found[name] = min(found[name], clock() - start)
        turns += 1
    return found, turns

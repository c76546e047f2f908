"""What training in bfloat16 costs in accuracy: the same runs with and without it.

Where the processor has no matrices of bfloat16 both are computed in float32 alike.
"""

from collections.abc import Callable
from unittest.mock import patch

from benchmarks.rows import Row, rows_of
from benchmarks.serving import has_cifar10
from playground import environment, training
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.results import Result
from playground.training import execution

SEEDS = 3
RECIPE = "cures-base"


def measure(smoke: bool = False) -> list[Row]:
    """Measure test accuracy of article E's base in its quick form, seed by seed in turns."""
    if not has_cifar10():
        return []
    config = RECIPES[RECIPE].quick
    assert config
    if smoke:
        config = config.model_copy(update={"run": config.run.model_copy(update={"epochs": 1})})
    ways: dict[str, Callable[[], bool]] = {
        "bfloat16, if the processor has it": execution._fast_bfloat16,
        "float32": lambda: False,
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    for seed in range(1 if smoke else SEEDS):
        for way, is_fast in ways.items():
            with patch.object(execution, "_fast_bfloat16", is_fast):
                found[way].append(_accuracy(config.with_seed(seed)))
    first, second = found.values()
    apart = [one - other for one, other in zip(first, second, strict=True)]
    rows = [rows_of(f"{RECIPE}, quick: {way}", values, "%") for way, values in found.items()]
    return [row for several in rows for row in several] + rows_of(
        "the first less the second, seed by seed", apart, "points"
    )


def _accuracy(config: RunConfig) -> float:
    """Return the accuracy on the test images, in percent."""
    *_, result = training.train(config, environment.read().data)
    assert isinstance(result, Result) and result.scores["test"]
    return 100 * result.scores["test"].accuracy

"""How long a run takes, from what its steps cost on this machine; no torch, so the page knows it.

The counts are those of the training loop: a test holds them against what a run really does.
"""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.config import RunConfig
from playground.network import Plan
from playground.results import EpochMetrics, Speed

_SAME_SPEED = (
    "bias", "early_stopping", "epochs", "initialization", "label_noise", "seed", "split_seed",
    "test_time_flip",
)  # fmt: skip
_COUNTED = ("test_fraction", "validation_fraction")


def batch_size_of(config: RunConfig, images: int) -> int:
    """Count the images of a whole batch, of so many training images."""
    return images if config.run.batch_size == "full" else min(config.run.batch_size, images)


def trained_on(config: RunConfig, plan: Plan, images: int) -> int:
    """Count how many of the training images an epoch uses: a last batch of one that cannot be
    normalised is left out."""
    alone = images % batch_size_of(config, images) == 1
    return images - 1 if alone and plan.needs_two_images else images


def steps_of(config: RunConfig, plan: Plan, images: int) -> float:
    """Count the steps of an epoch over so many images, a smaller last batch as its share of one."""
    return trained_on(config, plan, images) / batch_size_of(config, images)


def evaluated_of(config: RunConfig, images: Mapping[str, int]) -> int:
    """Count how many images are evaluated in a whole run: the validation's in each epoch, the
    others at the end, and the test's mirror images if they are asked for."""
    mirrored = images["test"] if config.run.test_time_flip else 0
    return config.run.epochs * images["validation"] + images["train"] + images["test"] + mirrored


def seconds(config: RunConfig, plan: Plan, images: Mapping[str, int], speed: Speed) -> float:
    """Tell how long the run takes from its start to its result: at most, if it may stop
    early."""
    steps = config.run.epochs * steps_of(config, plan, images["train"])
    return speed.start + steps * speed.step + evaluated_of(config, images) * speed.evaluation


def speed_of(
    history: Sequence[EpochMetrics],
    config: RunConfig,
    plan: Plan,
    images: Mapping[str, int],
    start: float,
    of: Callable[[Sequence[float]], float],
) -> Speed:
    """Derive the speed from epochs over so many images: what ``of`` takes of several, without the
    first if there are more, as it also pays for what is done once.

    If there are no validation images, evaluating one is taken as a third of training on it: a
    step goes forwards once and backwards at twice the cost.
    """
    later = history[1:] or history
    seen = trained_on(config, plan, images["train"])
    training = [seen / one.images_per_second for one in later]
    step = of(training) / steps_of(config, plan, images["train"])
    if images["validation"]:
        rest = [one.seconds - spent for one, spent in zip(later, training, strict=True)]
        evaluation = max(of(rest), 0.0) / images["validation"]
    else:
        evaluation = of(training) / seen / 3
    return Speed(step, evaluation, start)


def speed_of_run(
    history: Sequence[EpochMetrics],
    config: RunConfig,
    plan: Plan,
    images: Mapping[str, int],
    taken: float,
    start: float | None = None,
) -> Speed:
    """Derive the speed of a finished run with these epochs that took so many seconds in all, from
    its start to its result: such that ``seconds`` gives just these for as many epochs.

    Means and not medians: in a run of many short epochs some are many times slower than the rest,
    and are waited for as well. ``start`` seconds (or the first epoch's, over what the others took)
    count once, as far as epochs and evaluations leave so many; what they leave beyond was spent
    between epochs, and counts with them. If ``start`` is not known, all of it counts once.
    """
    rough = speed_of(history, config, plan, images, 0.0, statistics.fmean)
    run = config.run.model_copy(update={"epochs": len(history)})
    counted = seconds(config.model_copy(update={"run": run}), plan, images, rough)
    left = max(taken - counted, 0.0)
    if start is not None:
        later = [one.seconds for one in history[1:]] or [history[0].seconds]
        start = max(start, history[0].seconds - statistics.fmean(later))
    once = left if start is None else min(start, left)
    share = (taken - once) / counted
    return Speed(rough.step * share, rough.evaluation * share, once)


def shape(config: RunConfig) -> str:
    """Write what of a config its speed depends on: equal for two that are equally fast.

    A number with a point makes no difference but by being 0, which turns something off; whole
    numbers are sizes.
    """
    kept = _reduced(config.model_dump(mode="json"))
    kept["schedule"] = config.schedule.kind
    return json.dumps(kept, sort_keys=True)


def _reduced(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: item if name in _COUNTED else _reduced(item)
            for name, item in value.items()
            if name not in _SAME_SPEED
        }
    if isinstance(value, list):
        return [_reduced(item) for item in value]
    return value != 0 if isinstance(value, float) else value

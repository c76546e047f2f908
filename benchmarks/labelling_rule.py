"""The rule of docs/diagnosis.md, by which a run with its companions is labelled."""

import math
from typing import Any, Literal

import numpy as np

from playground.config import KINDS, RunConfig, from_json

Label = Literal["yes", "no", "unclear"]
CHANCE = 0.1
"""U of a run that diverged: both data sets have ten classes of nearly one size."""


def unseen(record: dict[str, Any]) -> float:
    """Return U, the accuracy on validation and test together."""
    found = [record["scores"][name] for name in ("validation", "test")]
    there = [one for one in found if one]
    if not there:
        return CHANCE
    return sum(one[1] * one[2] for one in there) / sum(one[2] for one in there)


def labels_of(record: dict[str, Any]) -> dict[str, Label]:
    """Label a run by the rule of docs/diagnosis.md."""
    config = from_json(record["config"])
    if record["status"] == "diverged":
        return {
            "diverged": "yes", "guessing": "no", "never_predicted": "no", "memorising": "no",
            "still_improving": "unclear", "rate_too_high": "unclear", "rate_too_low": "unclear",
            "noise_learnt": "no", "penalty_too_strong": "unclear", "few_validation": "no",
            "overfitting": "no",
        }  # fmt: skip
    _, accuracy, images = record["scores"]["validation"]
    matrix = np.array(record["confusion"])
    share = matrix.sum(1).max() / images
    error = math.sqrt(share * (1 - share) / images)
    guessing = _between(accuracy, share + 4 * error, share + 2 * error)
    absent = bool(((matrix.sum(1) >= 5) & (matrix.sum(0) == 0)).any())
    others = record["companions"]
    gain = {name: one["unseen"] - unseen(record) for name, one in others.items()}
    # Slower steps may also only memorise less: then it is not the steps that were too large.
    seen = record["scores"]["train"][1]
    for name in ("slower", "usual"):
        if name in others and others[name]["train"] < seen - 0.01:
            gain[name] = min(gain[name], 0.0)
    # A tenth of a rate a thousand times too high is too high as well, and ten times one too low.
    rate = config.optimizer.learning_rate
    usual: Any = KINDS["optimizer"][config.optimizer.name]()
    if "usual" in gain:
        near = "slower" if rate > usual.learning_rate else "faster"
        gain[near] = max(gain.get(near, 0.0), gain["usual"])
    wrong, penalised = record["wrong labels given"], "without penalty" in gain
    return {
        "diverged": "no",
        "guessing": guessing,
        "never_predicted": "no" if not absent or guessing == "yes"
        else "unclear" if guessing == "unclear" else "yes",
        "memorising": _memorising(record),
        "overfitting": _overfitting(record, config),
        "still_improving": _between(gain["longer"], 0.007, 0.02),
        "rate_too_high": _between(gain["slower"], 0.01, 0.05) if "slower" in gain else "unclear",
        "rate_too_low": _between(gain["faster"], 0.01, 0.05) if "faster" in gain else "unclear",
        "noise_learnt": "no" if wrong is None else _between(wrong, 0.15, 0.3),
        "penalty_too_strong": _between(gain["without penalty"], 0.01, 0.05) if penalised else "no",
        "few_validation": _between(_margin(accuracy, images), 0.04, 0.05),
    } if config else {}  # fmt: skip


def _between(value: float, no: float, yes: float) -> Label:
    """Answer by two bounds, in either order: at the one and beyond it is no, at the other yes."""
    sign = 1 if yes > no else -1
    return "yes" if sign * value >= sign * yes else "no" if sign * value < sign * no else "unclear"


def _margin(accuracy: float, images: int) -> float:
    """Return half the width of Wilson's 95 % interval."""
    from scipy.stats import binomtest

    found = binomtest(round(accuracy * images), images).proportion_ci(method="wilson")
    return (found.high - found.low) / 2


def turn_of(record: dict[str, Any]) -> int:
    """Return the epoch, from 1, of the lowest smoothed validation loss."""
    losses = [one[2] for one in record["epochs"]]
    return int(np.argmin(_smoothed(losses))) + 1


def _smoothed(losses: list[float]) -> list[float]:
    reach = 1 if len(losses) < 15 else 2
    return [
        float(np.median(losses[max(at - reach, 0) : at + reach + 1])) for at in range(len(losses))
    ]


def _memorising(record: dict[str, Any]) -> Label:
    losses = [one[2] for one in record["epochs"]]
    count = len(losses)
    if count < 4 or any(loss is None for loss in losses):
        return "no"
    lowest = min(_smoothed(losses))
    end = float(np.mean(losses[-max(count // 10, 1) :]))
    gap = record["scores"]["train"][1] - record["scores"]["validation"][1]
    if end >= 1.1 * lowest and turn_of(record) <= 0.8 * count and gap >= 0.05:
        return "yes"
    return "no" if end < 1.03 * lowest or gap < 0.03 else "unclear"


def _overfitting(record: dict[str, Any], config: RunConfig) -> Label:
    seen, (_, unseen, images) = record["scores"]["train"][1], record["scores"]["validation"]
    gap, least = seen - unseen, max(0.1, 2 * _margin(unseen, images))
    turned = _memorising(record)
    if config.data.label_noise or turned == "yes" or seen < 0.93 or gap < 0.8 * least:
        return "no"
    return "yes" if turned == "no" and seen >= 0.95 and gap >= least else "unclear"

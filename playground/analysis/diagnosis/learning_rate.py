"""The learning rate is too high, or too low."""

import numpy as np

from playground import formats
from playground.analysis.diagnosis.record import Diagnosis, Record, mean_end

HIGH, LOW = 5.0, 1 / 3
"""Times the usual rate from which one may be too high, up to which it may be too low."""


def rate_too_high(record: Record) -> Diagnosis | None:
    """Find steps so large that the loss jumps about, or stays where it began, far from 0."""
    if record.unseen is None or record.seen is None or record.guess_loss is None:
        return None
    times = record.rate / record.usual_rate
    level = mean_end(record.losses) / record.guess_loss
    if times < HIGH or level < 0.25:
        return None
    jumps = jumpiness(record.losses)
    if level < 0.9 and jumps < 0.5:
        return None
    rate = record.rate / 10
    return Diagnosis(
        "The learning rate is probably too high: the steps jump over what they look for.",
        f"The training loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}. The rate is {times:,.0f} times the usual "
        f"{record.usual_rate:g}.",
        record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate),
    )


def rate_too_low(record: Record) -> Diagnosis | None:
    """Find a loss that fell slowly and smoothly to the end, and is still far from 0."""
    if record.unseen is None or record.seen is None or record.guess_loss is None:
        return None
    times = record.rate / record.usual_rate
    level = mean_end(record.losses) / record.guess_loss
    if times > LOW or level < 0.3 or jumpiness(record.losses) > 0.3:
        return None
    rate = record.rate * 10
    return Diagnosis(
        "The learning rate is probably too low: the loss fell slowly all the time.",
        f"The training loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}. The usual rate is {record.usual_rate:g}.",
        record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate),
    )


def jumpiness(losses: np.ndarray) -> float:
    """Return which share of the way that a loss went in its second half it went upwards: 0 if it
    only fell, near 1/2 if it jumps about."""
    steps = np.diff(losses[len(losses) // 2 :])
    way = np.abs(steps).sum()
    return float(steps[steps > 0].sum() / way) if way else 0.0

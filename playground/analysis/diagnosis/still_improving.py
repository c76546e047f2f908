"""It still improved when it ended."""

import numpy as np

from playground import formats
from playground.analysis.diagnosis.learning_rate import FEW, HIGH, falls_steadily
from playground.analysis.diagnosis.penalty_too_strong import penalty_too_strong
from playground.analysis.diagnosis.record import Diagnosis, Record

HALF, QUARTER = 0.04, 0.015
"""The gains of accuracy in the last half and the last quarter of the epochs, as shares, from which
twice as many promise more."""
LEAST_RIGHT = 0.2
"""The validation accuracy after very few epochs from which it has begun to learn."""
LEAST_LOSS = 0.08
"""The training loss, as a share of that of guessing, below which there is little left to learn."""


def still_improving(record: Record) -> Diagnosis | None:
    """Find a validation accuracy that rose to the end, or a training loss that fell as fast as
    before."""
    found = [e.validation_accuracy for e in record.epochs if e.validation_accuracy is not None]
    if record.level is None or len(found) < record.config.run.epochs or not found:
        return None  # without validation, or as early stopping saw that it did not
    held = penalty_too_strong(record) is not None and not falls_steadily(record)
    if record.level < LEAST_LOSS or held:
        return None
    epochs = min(2 * len(found), 5000)
    half, quarter = _gain(found, 1 / 2), _gain(found, 3 / 4)
    if len(found) <= FEW:
        high = record.rate >= HIGH * record.usual_rate
        if high or found[-1] < LEAST_RIGHT:
            return None
        why = f"The training loss is still at {formats.loss(record.losses[-1])}."
    elif half >= HALF and quarter >= QUARTER:
        why = (
            "In the second half of the epochs the validation accuracy rose by "
            f"{formats.points(100 * half).removeprefix('+')}."
        )
    elif falls_steadily(record):
        why = "The training loss fell as fast in the second half of the epochs as in the first."
    else:
        return None
    count = formats.counted(len(found), "epoch")
    return Diagnosis(
        f"It still improved: {count} {'was' if len(found) == 1 else 'were'} too few.",
        why,
        record.change(f"Train {epochs:,} epochs", run__epochs=epochs),
    )


def _gain(accuracies: list[float], since: float) -> float:
    """Return by how much the last epochs are better than those about ``since`` the beginning."""
    found = np.array(accuracies, np.float64)
    width, then = max(len(found) // 8, 1), int(since * len(found))
    return float(found[-width:].mean() - found[max(then - width, 0) : max(then, 1)].mean())

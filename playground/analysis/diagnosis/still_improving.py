"""It still improved when it ended."""

import numpy as np

from playground import formats
from playground.analysis.diagnosis.learning_rate import falls_steadily
from playground.analysis.diagnosis.record import Diagnosis, Record

HALF, QUARTER = 0.04, 0.015
"""The gains of accuracy in the last half and the last quarter of the epochs, as shares, from which
twice as many promise more."""
LEAST_LOSS = 0.08
"""The training loss, as a share of that of guessing, below which there is little left to learn."""


def still_improving(record: Record) -> Diagnosis | None:
    """Find a validation accuracy that rose to the end, or a training loss that fell as fast as
    before."""
    found = [e.validation_accuracy for e in record.epochs if e.validation_accuracy is not None]
    if record.level is None or len(found) < max(record.config.run.epochs, 2):
        return None  # without validation, or as early stopping saw that it did not
    half, quarter = _gain(found, 1 / 2), _gain(found, 3 / 4)
    rises = half >= HALF and quarter >= QUARTER and record.level >= LEAST_LOSS
    if not rises and not falls_steadily(record):
        return None
    epochs = min(2 * len(found), 5000)
    return Diagnosis(
        f"It still improved: {len(found):,} epochs were too few.",
        f"In the second half of the epochs the validation accuracy rose by "
        f"{formats.points(100 * half)}."
        if rises
        else "The training loss fell as fast in the second half of the epochs as in the first.",
        record.change(f"Train {epochs:,} epochs", run__epochs=epochs),
    )


def _gain(accuracies: list[float], since: float) -> float:
    """Return by how much the last epochs are better than those about ``since`` the beginning."""
    found = np.array(accuracies, np.float64)
    width, then = max(len(found) // 8, 1), int(since * len(found))
    return float(found[-width:].mean() - found[max(then - width, 0) : max(then, 1)].mean())

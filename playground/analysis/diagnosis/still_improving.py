"""It still improved when it ended."""

import numpy as np

from playground import formats
from playground.analysis.diagnosis.record import Diagnosis, Record

LEAST = 0.035
"""The gain in the second half of the epochs, as a share, from which twice as many promise more."""


def still_improving(record: Record) -> Diagnosis | None:
    """Find a validation accuracy that rose to the end."""
    accuracies = [one.validation_accuracy for one in record.epochs]
    if record.unseen is None or None in accuracies or record.watched is None:
        return None
    if len(record.epochs) < record.config.run.epochs:
        return None  # early stopping saw that it did not
    found = np.array(accuracies, np.float64)
    gain = _gain(found)
    if gain < LEAST:
        return None
    epochs = min(2 * record.config.run.epochs, 5000)
    count = len(found)
    return Diagnosis(
        f"It still improved: {formats.counted(count, 'epoch')} "
        f"{'was' if count == 1 else 'were'} too few.",
        f"In the second half of the epochs the validation accuracy rose by "
        f"{formats.points(100 * gain)}.",
        record.change(f"Train {epochs:,} epochs", run__epochs=epochs),
    )


def _gain(accuracies: np.ndarray) -> float:
    """Return by how much the last quarter is better than that around the middle."""
    count = len(accuracies)
    if count < 2:
        return float(accuracies[-1])
    width = max(count // 8, 1)
    middle = count // 2
    return float(accuracies[-width:].mean() - accuracies[middle - width : middle].mean())

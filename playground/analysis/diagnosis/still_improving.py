"""It still improved when it ended."""

import numpy as np

from playground import formats
from playground.analysis.diagnosis.learning_rate import FEW, HIGH, falls_steadily
from playground.analysis.diagnosis.record import Diagnosis, Record, mean_end

GAIN, GAIN_FAR, GAIN_FEW = 0.035, 0.02, 0.012
"""The share of the images that twice the epochs promise to set right, from which it is said: in
general, while the training loss is far from 0, and after very few epochs."""
NEAR, FAR = 0.08, 0.2
"""The training loss, as a share of that of guessing, below which there is little left to learn, and
above which it is far from 0."""
MOST_JUMPS = 0.38
"""Beyond, a loss that jumps is not told from one that falls."""


def still_improving(record: Record) -> Diagnosis | None:
    """Find a validation loss that fell to the end, or a training loss that fell as fast as
    before; not with noisy labels, as more epochs learn these."""
    found = record.watched
    if found is None or record.level is None or record.unseen is None or record.guess_loss is None:
        return None
    stopped = len(found) < record.config.run.epochs  # early stopping saw that it did not
    if record.level < NEAR:
        return None
    lost = record.rate >= HIGH * record.usual_rate and record.level >= 0.9
    if stopped or lost or record.config.data.label_noise or record.jumps > MOST_JUMPS:
        return None
    before, end = _middle(found, record.guess_loss), mean_end(found)
    if end >= before:
        return None
    gain = (1 - record.unseen.accuracy) * (1 - end / before)
    least = GAIN_FEW if len(found) <= FEW else GAIN_FAR if record.level >= FAR else GAIN
    if gain < least and not falls_steadily(record):
        return None
    epochs = 2 * len(found)
    count = formats.counted(len(found), "epoch")
    return Diagnosis(
        f"It still improved: {count} {'was' if len(found) == 1 else 'were'} too few.",
        f"In the second half of the epochs the {record.noun} loss fell from {formats.loss(before)} "
        f"to {formats.loss(end)}."
        if len(found) > 1
        else f"The {record.noun} loss is {formats.loss(end)}.",
        record.change(f"Train {epochs:,} epochs", run__epochs=epochs),
    )


def _middle(losses: np.ndarray, guess: float) -> float:
    """Return the loss half-way, of a single epoch that of guessing."""
    if len(losses) == 1:
        return guess
    then, width = max(len(losses) // 2, 1), max(len(losses) // 10, 1)
    return float(losses[max(then - width, 0) : then].mean())

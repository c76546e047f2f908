"""A class that is never the answer."""

import numpy as np

from playground import formats
from playground.analysis import evaluation
from playground.analysis.diagnosis.record import Change, Diagnosis, Record

FEWEST = 5
"""Images that a class must have for its absence to say something."""


def never_predicted(record: Record) -> Diagnosis | None:
    """Find classes that none of the images was taken for, in a network that does not guess."""
    matrix = record.confusion
    if matrix is None or record.shares is None or record.unseen is None:
        return None
    share = float(record.shares.max())
    if evaluation.is_at_chance(record.unseen.accuracy, share, record.unseen.images):
        return None
    images = matrix.sum(1)
    absent = np.flatnonzero((images >= FEWEST) & (matrix.sum(0) == 0))
    if not len(absent):
        return None
    names = record.config.data.classes
    called = [names[one] if names else str(one) for one in absent]
    what = formats.listed([f"“{name}”" for name in called])
    return Diagnosis(
        f"It never answers {what}.",
        f"{int(images[absent].sum()):,} of the {int(images.sum()):,} {record.noun} images are "
        f"{'of that class' if len(absent) == 1 else 'of these classes'}, and all of them are "
        "taken for others.",
        _changes(record),
    )


def _changes(record: Record) -> tuple[Change, ...]:
    hidden = getattr(record.config.architecture, "hidden", ())
    found: tuple[Change, ...] = ()
    if hidden and min(hidden) < 16:
        wider = "-".join(str(max(units, 32)) for units in hidden)
        found = record.change(f"Hidden layers {wider}", architecture__hidden=wider)
    epochs = 2 * record.config.run.epochs
    return (found + record.change(f"Train {epochs:,} epochs", run__epochs=epochs))[:2]

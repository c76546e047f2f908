"""It learns labels that were made wrong on purpose."""

import math

from playground import formats
from playground.analysis.diagnosis.memorising import cures
from playground.analysis.diagnosis.record import Diagnosis, Record
from playground.results import Scores

LEAST = 0.25
"""The share of the wrong labels from which it is said to have learnt them."""


def noise_learnt(record: Record) -> Diagnosis | None:
    """Find a network that is right of its noisy labels more often than it could be by knowing the
    true ones."""
    noise = record.config.data.label_noise
    if not noise or record.seen is None or record.unseen is None or record.shares is None:
        return None
    wrong = max(len(record.shares) - 1, 1)
    learnt, error = _share_learnt(record.seen, record.unseen, noise, wrong)
    if learnt < LEAST or learnt < 2 * error:
        return None
    return Diagnosis(
        "It has learnt wrong labels.",
        f"{formats.share(noise, 0)} of the training labels were made wrong. A network that knows "
        f"only the true ones agrees with {formats.share(1 - noise, 0)} of the labels at most; this "
        f"one agrees with {formats.share(record.seen.accuracy)}.",
        cures(record)[-2:],
    )


def _share_learnt(seen: Scores, unseen: Scores, noise: float, others: int) -> tuple[float, float]:
    """Estimate which share of the wrong labels is given as answer, and its standard error.

    Images with a right label are taken to be right as often as unseen ones at least, and wrong
    answers to be any of the ``others``, the classes that are not right.
    """
    right = max(unseen.accuracy, seen.accuracy)
    by_chance = (1 - right) / others
    learnt = (seen.accuracy - (1 - noise) * right) / noise - by_chance
    parts = [
        share * math.sqrt(one.accuracy * (1 - one.accuracy) / one.images)
        for one, share in ((seen, 1.0), (unseen, 1 - noise))
    ]
    return learnt, math.hypot(*parts) / noise

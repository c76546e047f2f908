"""It learns labels that were made wrong on purpose."""

from playground import formats
from playground.analysis.diagnosis.memorising import cures
from playground.analysis.diagnosis.record import Diagnosis, Record

LEAST = 0.25
"""The share of the wrong labels from which it is said to have learnt them."""


def noise_learnt(record: Record) -> Diagnosis | None:
    """Find a network that is right of its noisy labels more often than it could be by knowing the
    true ones."""
    noise = record.config.data.label_noise
    if not noise or record.seen is None or record.unseen is None:
        return None
    learnt = _share_learnt(record.seen.accuracy, record.unseen.accuracy, noise)
    if learnt < LEAST:
        return None
    return Diagnosis(
        "It has learnt wrong labels by heart.",
        f"{formats.share(noise, 0)} of the training labels were made wrong, so who knows the "
        f"images has at most {formats.share(1 - noise, 0)} of them right; it has "
        f"{formats.share(record.seen.accuracy)}.",
        cures(record)[-2:],
    )


def _share_learnt(seen: float, unseen: float, noise: float) -> float:
    """Estimate which share of the wrong labels is given as answer.

    Images with a right label are taken to be right at least as often as unseen ones.
    """
    right = max(unseen, min(seen, 1.0))
    return (seen - (1 - noise) * right) / noise

"""It knows its training images far better than others, though the validation loss did not turn."""

from playground import formats
from playground.analysis import headline
from playground.analysis.diagnosis.memorising import cures, memorising
from playground.analysis.diagnosis.record import Diagnosis, Record

RIGHT, GAP = 0.95, 0.1
"""The training accuracy from which it knows its images, and by how much it is better on them, as
shares."""


def overfitting(record: Record) -> Diagnosis | None:
    """Find a network that has nearly all training images right and many others wrong; not where it
    memorises, which says more, nor with noisy labels or too few images to tell."""
    seen, unseen = record.seen, record.unseen
    if not (seen and unseen) or record.config.data.label_noise or record.keeps_best:
        return None
    gap = seen.accuracy - unseen.accuracy
    margin = headline.Headline("validation", unseen.accuracy, unseen.images).margin
    if seen.accuracy < RIGHT or gap < max(GAP, 2 * margin) or memorising(record):
        return None
    epoch = _parting(record)
    since = f"from epoch {epoch} on " if epoch else ""
    return Diagnosis(
        f"It overfits: {since}it knows its training images much better than others.",
        f"{formats.share(seen.accuracy)} of the training images are right, "
        f"{formats.share(unseen.accuracy)} of the {record.noun} images.",
        cures(record)[:2],
        epoch,
        f"the gap opens: epoch {epoch}" if epoch else "",
    )


def _parting(record: Record) -> int | None:
    """Return the epoch from which training was better than validation by the gap to the end; None
    if it was not watched, or was not by the end."""
    found = None
    for one in record.epochs:
        watched = one.validation_accuracy
        apart = watched is not None and one.train_accuracy - watched >= GAP
        found = (found or one.epoch) if apart else None
    return found

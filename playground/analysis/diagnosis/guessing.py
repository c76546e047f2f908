"""It does no better than guessing."""

from playground import formats
from playground.analysis import evaluation
from playground.analysis.diagnosis.record import Diagnosis, Record


def guessing(record: Record) -> Diagnosis | None:
    """Find a network that does little better on what it has not seen than always saying the most
    frequent class."""
    if record.shares is None or record.unseen is None:
        return None
    share = float(record.shares.max())
    if not evaluation.is_at_chance(record.unseen.accuracy, share, record.unseen.images):
        return None
    seen, data = record.seen, record.config.data
    learnt = seen and not evaluation.is_at_chance(seen.accuracy, share, seen.images)
    if learnt:
        told = "It does little better than guessing on images that it has not seen."
        changes = record.change("Train on all images", data__train_images="all")
    else:
        better = "little" if record.unseen.accuracy > share else "no"
        told = f"It does {better} better than guessing."
        changes = ()
        if data.scaling == "raw":
            changes = record.change("Scale the pixels to 0 to 1", data__scaling="unit")
        if record.rate > 2 * record.usual_rate:
            rate = record.usual_rate
        else:
            rate = record.rate * 10 if record.rate < record.usual_rate else record.rate / 10
        changes += record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate)
    return Diagnosis(
        told,
        f"{formats.share(record.unseen.accuracy)} of the {record.noun} images are right; "
        f"{formats.share(share, 0)} would be if it always said the most frequent class.",
        changes[:2],
    )

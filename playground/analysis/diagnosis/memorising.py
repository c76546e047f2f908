"""It memorises its training images."""

from playground import formats
from playground.analysis.diagnosis.record import (
    Change,
    Diagnosis,
    Record,
    lowest,
    mean_end,
    smoothed,
)

RISE, LATEST, GAP = 1.1, 0.8, 0.05
"""Times its lowest at which the validation loss ends; the share of the epochs in which that lowest
lies; and how much better the network is on its training images, as a share."""
FEWEST = 4
"""Epochs of a curve that has a turn."""
MORE = 4
"""Times as many images to try."""


def memorising(record: Record) -> Diagnosis | None:
    """Find a validation loss that turned and rose while the training images were learnt."""
    if not (record.seen and record.unseen) or record.keeps_best or record.watched is None:
        return None
    if len(record.watched) < FEWEST:
        return None
    turn = lowest(record.watched) + 1
    end, best = mean_end(record.watched), float(smoothed(record.watched).min())
    gap = record.seen.accuracy - record.unseen.accuracy
    if end < RISE * best or turn > LATEST * len(record.watched) or gap < GAP:
        return None
    return Diagnosis(
        f"It memorises its training images from epoch {turn} on: the {record.noun} loss rises.",
        f"{formats.share(record.seen.accuracy)} of the training images are right, "
        f"{formats.share(record.unseen.accuracy)} of the {record.noun} images. Their loss rises "
        f"from {formats.loss(best)} to {formats.loss(end)}.",
        cures(record)[:2],
        turn,
        f"memorises from epoch {turn} on",
    )


def cures(record: Record) -> tuple[Change, ...]:
    """Return what keeps a network from memorising, the strongest first."""
    data, network = record.config.data, record.config.architecture
    found: tuple[Change, ...] = ()
    if isinstance(data.train_images, int):
        more, most = MORE * data.train_images, data.counts[0] if data.counts else 0
        found = record.change(f"Train on {more:,} images", data__train_images=more)
        if more >= most:  # or how many there are is not known here
            found = record.change("Train on all images", data__train_images="all")
    if not network.dropout:
        where = " in the dense layers" if network.kind == "cnn" else ""
        found += record.change(f"Dropout 0.5{where}", architecture__dropout=0.5)
    if record.config.regularization.early_stopping.watch == "off":
        found += record.change(
            "Stop early, keep the best epoch",
            regularization__early_stopping__watch="validation_loss",
        )
    return found

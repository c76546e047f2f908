"""scikit-learn's digits, each at a place of its own in a larger frame: computed, the same each
time."""

from functools import cache
from pathlib import Path

import numpy as np

from playground.config.datasets import ShiftedDigits
from playground.data.datasets import digits
from playground.data.datasets.dataset import Dataset, fingerprint_of


def load(data: ShiftedDigits | None = None, folder: Path | None = None) -> Dataset:
    """Compute the images (1797, 16, 16, 1), pixels 0 to 16, in the order of the digits. Needs no
    ``folder``."""
    return _computed()


@cache
def _computed() -> Dataset:
    plain = digits.load()
    assert ShiftedDigits.shape
    images = np.zeros((len(plain.images), *ShiftedDigits.shape), np.uint8)
    side = plain.images.shape[1]
    room = ShiftedDigits.shape[0] - side
    places = np.random.default_rng(0).integers(0, room + 1, (len(images), 2))
    for image, digit, (down, right) in zip(images, plain.images, places, strict=True):
        image[down : down + side, right : right + side] = digit
    images.flags.writeable = False
    digest = fingerprint_of(
        images.shape, plain.classes, digits.TOP, None, [images.tobytes()], plain.labels
    )
    return Dataset(images, plain.labels, plain.classes, digits.TOP, None, digest)

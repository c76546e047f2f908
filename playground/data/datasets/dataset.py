"""What every data set becomes, and what is raised if it cannot."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from playground.errors import UserError

FORMER_MAX_PIXEL = 255
"""What white was in own images of any kind, in runs that may still be stored."""


class DataError(UserError):
    """Data that cannot be used; the message is one sentence that says what to do, ``path`` the
    setting or the group of settings that it is about."""

    def __init__(self, sentence: str, path: str = "data") -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True)
class Dataset:
    """Images with labels. The arrays are read-only; those prepared on disk are memory-mapped."""

    images: np.ndarray
    """uint8 (n, height, width, channels)"""
    labels: np.ndarray
    """int64 (n,)"""
    classes: tuple[str, ...]
    max_pixel: int
    """The pixel value that is white: 16 for digits, 255 for CIFAR10; own images say it."""
    test_start: int | None
    """``images[test_start:]`` are the data set's own test images; None if it has none."""
    fingerprint: str
    """SHA-256 of all of the above, 64 hex digits."""
    former_fingerprint: str | None = None
    """Its fingerprint when every own image was taken to go up to 255; None if it did, or if
    that is not another one."""

    def as_seen(self, fingerprint: str) -> "Dataset":
        """Return the same images as a run of that fingerprint saw them: with 255 as white, if it
        is the former one."""
        if fingerprint != self.former_fingerprint:
            return self
        return replace(
            self, max_pixel=FORMER_MAX_PIXEL, fingerprint=fingerprint, former_fingerprint=None
        )

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)"""
        _, height, width, channels = self.images.shape
        return channels, height, width


def fingerprint_of(
    shape: tuple[int, ...],
    classes: tuple[str, ...],
    max_pixel: int,
    test_start: int | None,
    pixels: Iterable[bytes],
    labels: np.ndarray,
) -> str:
    """Compute a data set's SHA-256, over its description as JSON, its pixels and int64 labels."""
    digest = hashlib.sha256(json.dumps([shape, classes, max_pixel, test_start]).encode())
    for piece in pixels:
        digest.update(piece)
    digest.update(labels.astype("<i8").tobytes())
    return digest.hexdigest()

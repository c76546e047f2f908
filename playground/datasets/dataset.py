"""What every data set becomes, and what is raised where it cannot."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from playground.refusal import Refusal


class DataError(Refusal):
    """Data that cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Dataset:
    """Images with labels. The arrays are read-only; those prepared on disk are memory-mapped."""

    images: np.ndarray
    """uint8 (n, height, width, channels)"""
    labels: np.ndarray
    """int64 (n,)"""
    classes: tuple[str, ...]
    top: int
    """The largest raw pixel value: 16 for digits, 255 elsewhere."""
    test_start: int | None
    """``images[test_start:]`` are the data set's own test images; None where it has none."""
    fingerprint: str
    """SHA-256 of all of the above, 64 hex digits."""

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)"""
        _, height, width, channels = self.images.shape
        return channels, height, width


def fingerprint_of(
    shape: tuple[int, ...],
    classes: tuple[str, ...],
    top: int,
    test_start: int | None,
    pixels: Iterable[bytes],
    labels: np.ndarray,
) -> str:
    """A data set's SHA-256, over its description as JSON, its pixels and its int64 labels."""
    digest = hashlib.sha256(json.dumps([shape, classes, top, test_start]).encode())
    for piece in pixels:
        digest.update(piece)
    digest.update(labels.astype("<i8").tobytes())
    return digest.hexdigest()

"""The pixels of a person's own images: which numbers are taken, and which of them is white.

An array holds either shares of white (bool, or decimals from 0 to 1) or whole numbers as they are
stored. White, ``max_pixel``, is one value for the whole file, its test images included: it says in
which unit the pixels were saved, and nothing of what is on the images.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np

from playground.data.datasets.dataset import DataError
from playground.data.datasets.npz import Npz

MOST = 255
LEVELS = 127
"""Whole numbers up to this are white at their largest value; if one is above, 255 is: what was
saved with 8 bits may be dark. Pictures of fewer bits end at 1, 15, 16, 31, 63 or 127."""


@dataclass(frozen=True)
class Pixels:
    """What one array of images holds."""

    array: str
    kind: str
    """NumPy's letter of its type: b, u, i or f."""
    low: float
    high: float
    whole: bool
    """Whether all are whole numbers."""
    shares: bool
    """Whether they are shares of white, else whole numbers."""

    @property
    def fits(self) -> bool:
        """Whether they are what can be taken."""
        return self.low >= 0 and (self.shares or (self.whole and self.high <= MOST))


def pixels_of(npz: Npz, arrays: Sequence[str]) -> tuple[list[Pixels], int]:
    """Look at what the arrays of images hold, and which pixel value is white: 1 to 255.

    Raises DataError if they are no such numbers.
    """
    found = [_looked_at(npz, array) for array in arrays]
    for one in found:
        if not one.fits:
            alike = [other for other in found if other.shares == one.shares]
            raise _wrong(npz, one.array, f"go from {one.low:g} to {one.high:g}", _scaled(alike))
    whole = [one.high for one in found if not one.shares]
    if max(whole, default=0) <= 1 and any(one.kind == "f" for one in found):
        # Beside decimals that end at 1, so do whole numbers that go no further.
        return [replace(one, shares=True) for one in found], MOST
    if whole:
        most = int(max(whole))
        return found, max(most, 1) if most <= LEVELS else MOST
    return found, 1  # true and false


def write_pixels(npz: Npz, pixels: Pixels, max_pixel: int, file: BinaryIO) -> None:
    """Write an array's pixels as uint8 from 0 to ``max_pixel``, as plain bytes in C order."""
    for piece in npz.pieces(pixels.array):
        if pixels.shares:
            piece = np.rint(piece.astype(np.float64) * max_pixel)
        file.write(piece.astype(np.uint8).tobytes())


def _looked_at(npz: Npz, array: str) -> Pixels:
    _, dtype = npz.header(array)
    kind = dtype.kind
    if kind not in "buif":
        raise DataError(f"The pixels of {array} in {npz.name} are no plain numbers: save {_TAKEN}.")
    lows, highs, whole = [], [], True
    for piece in npz.pieces(array):
        low, high = float(piece.min()), float(piece.max())
        if not (math.isfinite(low) and math.isfinite(high)):  # NaN is both
            code = f"{array} = np.nan_to_num({array}, posinf=1, neginf=0)"
            raise _wrong(npz, array, "are not all finite", code)
        lows.append(low)
        highs.append(high)
        whole = whole and (kind != "f" or bool((piece == np.rint(piece)).all()))
    shares = kind == "b" or (kind == "f" and max(highs) <= 1)
    return Pixels(array, kind, min(lows), max(highs), whole, shares)


_TAKEN = f"whole numbers from 0 to {MOST}, decimals from 0 to 1, or true and false"


def _scaled(pixels: Sequence[Pixels]) -> str:
    """Write code that brings arrays from 0 to 1, all in the same way."""
    ends = min(0.0, *(one.low for one in pixels)), max(one.high for one in pixels)
    arrays = ", ".join(one.array for one in pixels)
    if len(pixels) == 1:
        return f"{arrays} = np.interp({arrays}, {ends}, (0, 1))"
    return f"{arrays} = (np.interp(x, {ends}, (0, 1)) for x in ({arrays}))"


def _wrong(npz: Npz, array: str, what: str, code: str) -> DataError:
    return DataError(
        f"The pixels of {array} in {npz.name} {what}, and must be {_TAKEN}: run {code} and save "
        "the file again."
    )

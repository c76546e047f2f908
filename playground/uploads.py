"""A picture that somebody uploads, made into an image for a network; the file is never trusted.

What a file declares is looked at before anything is decoded, and one file is decoded at a time, so
that memory stays bounded: 160 MB for the largest picture, given back at once.
"""

import io
import threading
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from playground.refusal import Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 10 * 2**20
SMALL = 2**18
"""Bytes of a picture that is kept as it came; of others a smaller copy is."""
MAX_PIXELS = 20_000_000
MAX_WEBP_PIXELS = 10_000_000  # its decoder takes 16 bytes for each
MAX_TEXT = 4 * 2**20
"""Bytes of unpacked text in a PNG, which may come from a few thousand."""
MAX_SCANS = 500
"""Passes over a progressive JPEG; ten are usual, and each takes time for the whole picture."""
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""EXIF's orientations, and what sets them right."""

_SIDE = 1000
_one_at_a_time = threading.Lock()


class PictureError(Refusal):
    """A file that cannot be used; the message is one sentence that says what to do."""


UNKNOWN = "This file is no picture that can be read: choose a PNG, JPEG, WebP, GIF or BMP file."
BROKEN = "This picture is damaged or not whole: save it anew, or choose another one."


def read_picture(
    data: bytes, input_shape: tuple[int, int, int], top: int, invert: bool = False
) -> np.ndarray:
    """The middle of a picture as an image, uint8 (height, width, channels) from 0 to ``top``.

    ``input_shape`` is (channels, height, width); with one channel the picture becomes grey. It is
    cut to the shape's proportions and turned as its EXIF says; of an animation the first frame is
    taken; what is transparent becomes white. ``invert`` exchanges light and dark.

    Raises PictureError.
    """
    channels, height, width = input_shape
    picture = _decode(data, lambda _: (width, height)).convert("L" if channels == 1 else "RGB")
    values = np.asarray(picture, np.float32).reshape(height, width, channels)
    if invert:
        values = 255 - values
    return np.rint(values * (top / 255)).astype(np.uint8)


def reduced(data: bytes) -> bytes:
    """A picture as a JPEG of at most 1,000 pixels a side and SMALL bytes, whole, upright and on
    white: as much as is needed of it. Raises PictureError."""
    picture = _decode(data, _fitted).convert("RGB")
    for quality in (90, 75, 50, 25):
        picture.save(file := io.BytesIO(), "JPEG", quality=quality)
        if file.tell() <= SMALL:
            break
    return file.getvalue()


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    share = min(1.0, _SIDE / max(size))
    return max(round(size[0] * share), 1), max(round(size[1] * share), 1)


def _decode(data: bytes, target: Callable[[tuple[int, int]], tuple[int, int]]) -> "Image":
    """The picture on white, cut and resized to what ``target`` makes of its upright size."""
    if not data:
        raise PictureError("This file is empty: choose another one.")
    if len(data) > MAX_BYTES:
        raise PictureError("This file has more than 10 MB: make the picture smaller.")
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise PictureError(BROKEN)
    with _one_at_a_time:
        return _decoded(data, target)


def _decoded(data: bytes, target: Callable[[tuple[int, int]], tuple[int, int]]) -> "Image":
    from PIL import Image, PngImagePlugin, UnidentifiedImageError

    # What these warn of becomes a picture or a PictureError all the same.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(picture)
        orientation = picture.getexif().get(0x0112)
        turned = orientation in (5, 6, 7, 8)  # lies on its side
        width, height = target(picture.size[::-1] if turned else picture.size)
        if turned:
            width, height = height, width
        side = 4 * max(width, height)
        picture.draft(None, (side, side))  # a JPEG is decoded no larger than is needed
        picture = _plain(picture)
        small = picture.resize(
            (width, height),
            Image.Resampling.LANCZOS,
            box=_middle(picture.width, picture.height, width / height),
            reducing_gap=3.0,
        )
        del picture
        paper = Image.new("RGBA", small.size, "white")
        alpha = small.mode in ("LA", "RGBA")
        paper.alpha_composite((small if alpha else small.convert("RGB")).convert("RGBA"))
        turn = TURNS.get(orientation)
        return paper.transpose(Image.Transpose[turn]) if turn else paper
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError(UNKNOWN) from None
    except Image.DecompressionBombError:
        raise PictureError(_too_large(MAX_PIXELS)) from None
    except Exception as error:  # a broken file may raise anything
        raise PictureError(BROKEN) from error


def _check_size(picture: "Image") -> None:
    most = MAX_WEBP_PIXELS if picture.format == "WEBP" else MAX_PIXELS
    if picture.width * picture.height > most:
        raise PictureError(_too_large(most))


def _too_large(most: int) -> str:
    return (
        f"This picture has more than {most // 10**6} megapixels, the limit for its format: make it "
        "smaller."
    )


def _plain(picture: "Image") -> "Image":
    """The picture with one value for each channel of each pixel, so that it can be averaged."""
    from PIL import Image

    picture.load()
    if picture.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode == "P" or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("L") if picture.mode == "1" else picture


def _middle(width: int, height: int, proportion: float) -> tuple[float, float, float, float]:
    """The largest box of a proportion (width / height) in the middle: left, top, right, bottom."""
    across = min(width, height * proportion)
    down = across / proportion
    left, top = (width - across) / 2, (height - down) / 2
    return left, top, left + across, top + down

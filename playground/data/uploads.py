"""A picture that somebody uploads, made into an image for a network; the file is never trusted.

What a file declares is looked at before anything is decoded, and one file is read at a time, so
that memory stays bounded: 160 MB for the largest picture, given back at once.
"""

import io
import math
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from playground.config import Drawing
from playground.data import drawing, ink
from playground.data.ink import Ink
from playground.errors import UserError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_BYTES = 10 * 2**20
SMALL = 2**18
"""Bytes of a picture that is kept as it came; of others a smaller copy is."""
MAX_PIXELS = 20_000_000
MAX_WEBP_PIXELS = 10_000_000  # its decoder takes 16 bytes for each
MAX_SHAPE = 100
"""How many times as long as high a picture may be; of longer ones, made small, nothing is left."""
MAX_TEXT = 4 * 2**20
"""Bytes of unpacked text in a PNG, which may come from a few thousand."""
MAX_SCANS = 500
"""Passes over a progressive JPEG; ten are usual, and each takes time for the whole picture."""
AREA = 300_000
"""Pixels to which a picture is shrunk first: a digit of a tenth of its height keeps 50 rows."""
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

_one_at_a_time = threading.Lock()


class PictureError(UserError):
    """A file that cannot be used; the message is one sentence that says what to do."""


UNKNOWN = "This file is no picture that can be read: choose a PNG, JPEG, WebP, GIF or BMP file."
BROKEN = "This picture is damaged or not whole: save it anew, or choose another one."


@dataclass(frozen=True)
class Upload:
    """An uploaded picture, and what became of it on its way to the network."""

    picture: np.ndarray
    """What was taken of it, upright: uint8 (height, width), or (height, width, 3)."""
    pixels: np.ndarray
    """The image, uint8 (height, width, channels)."""
    inverted: bool
    """Whether light and dark were exchanged."""
    ink: Ink | None = None
    """The digit in it, if one was looked for."""
    dots: np.ndarray | None = None
    """That digit in its frame, bool: True is ink."""


def read(
    data: bytes,
    input_shape: tuple[int, int, int],
    max_pixel: int,
    invert: bool | None = None,
    find: Drawing | None = None,
    on_light: bool = False,
) -> Upload:
    """Make a picture an image of (channels, height, width) with values from 0 to ``max_pixel``.

    The middle is cut out; or with ``find``, for one channel, what is written is found, and treated
    as such a drawing. It is turned as its EXIF says, and of an animation the first frame is taken.
    With one channel the picture becomes grey, and light and dark are exchanged if ``invert`` is
    true; None does so if it is dark on light and the data set, by ``on_light``, is not, or the
    other way round. Raises PictureError.
    """
    picture = _on_paper(_decode(data), adapt=find is not None)
    if find is None:
        return _of_middle(picture, input_shape, max_pixel, invert, on_light)
    with _one_at_a_time:
        return _of_writing(picture, input_shape, max_pixel, find, invert, on_light)


def reduced(data: bytes) -> bytes:
    """Reduce a picture to AREA pixels and SMALL bytes at most, upright: as much as is needed of
    it. Raises PictureError."""
    picture = _decode(data)
    for quality in (90, 75, 50, 25):
        picture.save(file := io.BytesIO(), "WEBP", quality=quality)
        if file.tell() <= SMALL:
            break
    return file.getvalue()


def _of_writing(
    picture: "Image",
    input_shape: tuple[int, int, int],
    max_pixel: int,
    way: Drawing,
    invert: bool | None,
    light: bool,
) -> Upload:
    """Make what is written on a picture an image of a data set that is dark on ``light``, or
    not."""
    from PIL import Image

    scale = math.sqrt(AREA / (picture.width * picture.height))
    size = [max(1, round(side * scale)) for side in picture.size]
    grey = np.asarray(picture.convert("L").resize(size, Image.Resampling.BICUBIC))
    found = ink.find(grey, None if invert is None else invert != light)
    if found is None:
        one = way.of or "drawing"
        raise PictureError(
            f"No {one} was found in this picture: take one from close by, of a single {one} in "
            "dark ink on light paper."
        )
    dots = drawing.dots_of(found.points, input_shape, way)
    pixels = drawing.counted(dots, max_pixel)
    return Upload(
        np.asarray(picture.resize(size)),
        max_pixel - pixels if light else pixels,
        found.dark != light,
        found,
        dots,
    )


def _of_middle(
    picture: "Image",
    input_shape: tuple[int, int, int],
    max_pixel: int,
    invert: bool | None,
    light: bool,
) -> Upload:
    """Make the middle of a picture an image."""
    from PIL import Image

    channels, height, width = input_shape
    box = _middle(picture.width, picture.height, width / height)
    small = picture.convert("L" if channels == 1 else "RGB").resize(
        (width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0
    )
    values = np.asarray(small, np.float32).reshape(height, width, channels)
    if invert is None:
        invert = channels == 1 and is_light(values[None], 255) != light
    if invert:
        values = 255 - values
    pixels = np.rint(values * (max_pixel / 255)).astype(np.uint8)
    left, upper, right, lower = box
    middle = picture.crop((int(left), int(upper), math.ceil(right), math.ceil(lower)))
    return Upload(np.asarray(middle), pixels, invert)


def is_light(images: np.ndarray, max_pixel: int) -> bool:
    """Tell whether images (n, height, width, 1) from 0 to ``max_pixel`` are light at their
    border."""
    inside = images[:, 1:-1, 1:-1]
    border = (images.size - inside.size) * max_pixel / 2
    return bool(images.sum(dtype=float) - inside.sum(dtype=float) > border)


def _decode(data: bytes) -> "Image":
    """Decode the picture, upright, of AREA pixels at most: L, RGB or RGBA."""
    if not data:
        raise PictureError("This file is empty: choose another one.")
    if len(data) > MAX_BYTES:
        raise PictureError("This file has more than 10 MB: make the picture smaller.")
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise PictureError(BROKEN)
    with _one_at_a_time:
        return _decoded(data)


def _decoded(data: bytes) -> "Image":
    from PIL import Image, PngImagePlugin, UnidentifiedImageError

    # What these warn of becomes a picture or a PictureError all the same.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    # pyrefly: ignore[bad-assignment]  # pillow's type is its default's value
    PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(picture)
        scale = min(1.0, math.sqrt(AREA / (picture.width * picture.height)))
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        turn = TURNS.get(picture.getexif().get(0x0112, 0))
        picture.draft(None, size)  # a JPEG is decoded no larger than is needed
        picture = _plain(picture)
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling.BOX)
        if picture.mode != "L":
            picture = picture.convert("RGBA" if picture.mode in ("LA", "RGBA") else "RGB")
        return picture.transpose(Image.Transpose[turn]) if turn else picture
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError(UNKNOWN) from None
    except Image.DecompressionBombError:
        raise PictureError(_too_large(MAX_PIXELS)) from None
    except Exception as error:  # a broken file may raise anything
        raise PictureError(BROKEN) from error


def _on_paper(picture: "Image", adapt: bool) -> "Image":
    """Put a transparent picture on white; or with ``adapt``, what is light on black."""
    from PIL import Image

    if picture.mode != "RGBA":
        return picture
    color = "black" if adapt and _is_pale(picture) else "white"
    paper = Image.new("RGBA", picture.size, color)
    paper.alpha_composite(picture)
    return paper.convert("RGB")


def _is_pale(picture: "Image") -> bool:
    """Tell whether what is not transparent of it would hardly be seen on white."""
    light, there = np.asarray(picture.convert("LA"), np.float32).transpose(2, 0, 1)
    return bool(there.min() < 128) and float((light * there).sum()) > 127 * float(there.sum())


def _check_size(picture: "Image") -> None:
    most = MAX_WEBP_PIXELS if picture.format == "WEBP" else MAX_PIXELS
    if picture.width * picture.height > most:
        raise PictureError(_too_large(most))
    if max(picture.size) > MAX_SHAPE * min(picture.size):
        raise PictureError("This picture is much too narrow: cut out a part of it.")


def _too_large(most: int) -> str:
    return (
        f"This picture has more than {most // 10**6} megapixels, the limit for its format: make it "
        "smaller."
    )


def _plain(picture: "Image") -> "Image":
    """Convert the picture to one value for each channel and pixel, so that it can be averaged."""
    from PIL import Image

    picture.load()
    if picture.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode == "P" or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("L") if picture.mode == "1" else picture


def _middle(width: int, height: int, proportion: float) -> tuple[float, float, float, float]:
    """Fit the largest box of a proportion (width / height) in the middle: left, top, right,
    bottom."""
    across = min(width, height * proportion)
    down = across / proportion
    left, top = (width - across) / 2, (height - down) / 2
    return left, top, left + across, top + down

"""Images of a data set made into pictures: several side by side, or one as a PNG."""

import io

import numpy as np

from playground.charts.colors import NEGATIVE, POSITIVE


def shades(images: np.ndarray, max_pixel: int) -> np.ndarray:
    """Return uint8 images with values up to ``max_pixel`` as uint8 up to 255."""
    if max_pixel == 255:
        return images
    return (images.astype(np.float32) * (255 / max_pixel)).round().astype(np.uint8)


def strip(images: np.ndarray, max_pixel: int, height: int = 48, gap: int = 12) -> np.ndarray:
    """Return images side by side, enlarged without smoothing, so that every pixel can be seen.

    Takes uint8 (n, side, side, channels) with values up to ``max_pixel``; gives uint8 (h, w, 4), in
    which the gaps are transparent: if a digit fills its image, a grey line would look like part
    of it.
    """
    factor = max(1, round(height / images.shape[1]))
    scaled = shades(images, max_pixel)
    colour = np.repeat(scaled, 3, axis=-1) if images.shape[-1] == 1 else scaled
    solid = np.concatenate([colour, np.full_like(colour[..., :1], 255)], axis=-1)
    large = solid.repeat(factor, axis=1).repeat(factor, axis=2)
    space = np.zeros((large.shape[1], gap, 4), np.uint8)
    parts = [part for image in large for part in (image, space)]
    return np.concatenate(parts[:-1], axis=1)


def grid(
    images: np.ndarray, max_pixel: int, columns: int, height: int = 96, gap: int = 8
) -> np.ndarray:
    """Return images in rows of ``columns``, enlarged as in ``strip``; what is left of the last row
    is transparent.

    Takes uint8 (n, side, side, channels), n at least 1; gives uint8 (h, w, 4).
    """
    rows = [
        strip(images[start : start + columns], max_pixel, height, gap)
        for start in range(0, len(images), columns)
    ]
    wide, space = rows[0].shape[1], np.zeros((gap, rows[0].shape[1], 4), np.uint8)
    filled = [np.pad(row, ((0, 0), (0, wide - row.shape[1]), (0, 0))) for row in rows]
    parts = [part for row in filled for part in (row, space)]
    return np.concatenate(parts[:-1])


def signed(values: np.ndarray, most: float) -> np.ndarray:
    """Return numbers as colours, uint8 (…, 4): above 0 in one, below 0 in another, the stronger the
    closer to ``most`` in size; 0 lets the page through."""
    alpha = np.abs(values) / (most or 1.0)
    found = np.empty((*values.shape, 4), np.uint8)
    found[..., :3] = np.where((values >= 0)[..., None], _rgb(POSITIVE), _rgb(NEGATIVE))
    found[..., 3] = (alpha.clip(0, 1) * 255).round()
    return found


def over(image: np.ndarray, max_pixel: int, values: np.ndarray, most: float) -> np.ndarray:
    """Return a pale grey picture of an image with numbers over it in their colours: uint8
    (h, w, 3), of an image (h, w, 1 or 3) and values (h, w)."""
    grey = shades(image, max_pixel).mean(-1, keepdims=True)
    pale = 255 - (255 - grey.repeat(3, axis=-1)) * 0.35
    colour = signed(values, most)
    share = colour[..., 3:] / 255 * 0.9
    return (pale * (1 - share) + colour[..., :3] * share).round().astype(np.uint8)


def enlarged(picture: np.ndarray, side: int) -> np.ndarray:
    """Return a picture, uint8 (h, w, …), about ``side`` high, every pixel a square."""
    factor = max(1, round(side / picture.shape[0]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def _rgb(color: str) -> np.ndarray:
    return np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)], np.uint8)


def thumbnail(picture: np.ndarray, side: int) -> np.ndarray:
    """Return a picture, uint8 (h, w) or (h, w, 3), no larger than ``side`` each way."""
    from PIL import Image

    small = Image.fromarray(picture)
    small.thumbnail((side, side))
    return np.asarray(small)


def png(image: np.ndarray, max_pixel: int) -> bytes:
    """Encode one image as a PNG of the same size. Takes uint8 (h, w, 1 or 3) with values up to
    ``max_pixel``."""
    pixels = shades(image, max_pixel)
    return encoded(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def encoded(pixels: np.ndarray) -> bytes:
    """Encode pixels as a PNG: uint8 (h, w), or (h, w, 3 or 4), from 0 to 255."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def choose(labels: np.ndarray, wanted: int, count: int, seed: int) -> np.ndarray:
    """Return indices of ``count`` random images of one class, in order."""
    there = np.flatnonzero(labels == wanted)
    rng = np.random.default_rng([seed, wanted])
    return np.sort(rng.choice(there, min(count, len(there)), replace=False))

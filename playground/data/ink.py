"""A digit found in a photograph, as points along its strokes: then it is treated as a drawing is.

Light and shade multiply what paper sends back, so everything here looks at ratios: how much darker
a place is than the paper around it, or lighter, for chalk on a board.
"""

import math
from dataclasses import dataclass

import numpy as np

LEVELS = (0.6, 0.4, 0.25, 0.15)
"""Contrasts at which ink is looked for: what stands out most comes first, noise is below them."""
WINDOWS = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Sides of a square, as shares of the picture's: paper is where it fits. The smallest that is wider
than the strokes removes most of the shadows."""
FLOOR = 32
"""Added to all light (of 255), so that noise in the dark is no contrast."""
CELLS = 96
"""Cells along the longer side; ink in neighbouring cells belongs together, as chalk has gaps."""
PEN = 6
"""The width of a stroke when it is thinned, in pixels: rough edges are gone by then."""
MOST_LENGTH = 6
"""How long the strokes of a digit may be, in heights: an 8 has 3, a face or a page of text more."""


@dataclass(frozen=True)
class Ink:
    """A digit that was found in a picture of (height, width) pixels."""

    even: np.ndarray
    """The picture with its light straightened, uint8."""
    strokes: np.ndarray
    """Where the digit is, bool."""
    rest: np.ndarray
    """Other ink, which was left out, bool."""
    dark: bool
    """Whether the ink is darker than its paper."""
    points: np.ndarray
    """Points along the middle of the strokes, (n, 2): x and y."""


def find(grey: np.ndarray, dark: bool | None = None) -> Ink | None:
    """Find the digit in a grey picture, uint8 (height, width), of some 300,000 pixels, if any.

    ``dark`` says whether to look for dark ink or for light; None is for either.
    """
    from PIL import Image, ImageFilter

    grey = np.asarray(Image.fromarray(grey).filter(ImageFilter.GaussianBlur(1)))
    ways = (True, False) if dark is None else (dark,)
    sizes = [max(2, round(share * math.sqrt(grey.size))) for share in WINDOWS]
    contrasts = {(size, way): _contrast(grey, size, way) for size in sizes for way in ways}
    for level in LEVELS:
        for (size, way), contrast in contrasts.items():
            if (found := _digit(grey, contrast, level, size, way)) is not None:
                return found
    return None


def _contrast(grey: np.ndarray, size: int, dark: bool) -> np.ndarray:
    """Tell how much darker (or lighter) than its paper each place is, from 0 to 1."""
    # A morphological closing (or opening) leaves the edges of shadows and tables where they are.
    paper = ~_opened(~grey, size) if dark else _opened(grey, size)
    low, high = (grey, paper) if dark else (paper, grey)
    contrast = 1 - (low.astype(np.float32) + FLOOR) / (high.astype(np.float32) + FLOOR)
    usual = np.median(contrast)  # that of noise, as most of a picture is paper
    return np.maximum(contrast - usual, 0) / (1 - usual)


def _opened(values: np.ndarray, size: int) -> np.ndarray:
    """Take the grey opening by a square: what is lighter than its surroundings and narrower
    goes."""
    height, width = values.shape
    least = ~_most(~np.pad(values, size - 1, mode="edge"), size)
    return _most(least, size)[:height, :width]


def _most(values: np.ndarray, size: int) -> np.ndarray:
    """Take the maximum of each square of ``size`` by ``size``; smaller by ``size`` − 1."""
    for _ in range(2):
        span = 1
        while span < size:
            step = min(span, size - span)
            values = np.maximum(values[:-step], values[step:])
            span += step
        values = values.T
    return values


def _digit(
    grey: np.ndarray, contrast: np.ndarray, level: float, size: int, dark: bool
) -> Ink | None:
    """Take what stands out by ``level``, if it looks like a digit and the window was wide
    enough."""
    strokes, share = _main(contrast > level)
    if not share:
        return None
    # A stroke ends where half of its contrast is left; the lines of the paper are paler than that.
    level = max(LEVELS[-1], float(np.percentile(contrast[strokes], 90)) / 2)
    ink = contrast > level
    strokes, share = _main(ink)
    if share < 0.4:
        return None
    rows, columns = np.flatnonzero(strokes.any(1)), np.flatnonzero(strokes.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    crop = strokes[box]
    extent = max(crop.shape)
    width = 2 * crop.sum() / _edge(crop)
    length = crop.sum() / width / extent
    side = math.sqrt(ink.size)
    if extent < side / 10 or width > min(0.7 * size, 0.45 * extent) or length > MOST_LENGTH:
        return None
    # Nothing else near it is as dark: neither the inside of a wider stroke, nor the paper in a 0.
    tone = np.median(grey[strokes])
    same = ~ink & (grey <= tone if dark else grey >= tone)
    near = tuple(slice(max(0, at.start - extent // 2), at.stop + extent // 2) for at in box)
    if same[near].sum() > 0.2 * crop.sum():
        return None
    mask = _shrunk(crop, min(1.0, PEN / width))
    if not mask.any() or (~_most(~mask, 2 * PEN)).any():  # a blob; a crossing is less wide
        return None
    points = np.argwhere(_thinned(mask))[:, ::-1].astype(float)
    even = (255 * (1 - contrast if dark else contrast)).round().astype(np.uint8)
    return Ink(even, strokes, ink & ~strokes, dark, points)


def _main(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Find the largest thing among all ink, bool of its shape, and its share of the ink."""
    height, width = ink.shape
    cell = -(-max(ink.shape) // CELLS)
    padded = np.pad(ink, ((0, -height % cell), (0, -width % cell)))
    counts = padded.reshape(padded.shape[0] // cell, cell, -1, cell).sum((1, 3))
    cells = np.argwhere(counts)
    if not 0 < len(cells) < 0.75 * counts.size:
        return np.zeros_like(ink), 0.0
    labels = _labels(cells, counts.shape[1])
    order = np.argsort(labels, kind="stable")
    firsts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    low = np.minimum.reduceat(cells[order], firsts)
    high = np.maximum.reduceat(cells[order], firsts) + 1
    sums = np.bincount(labels, counts[tuple(cells.T)])
    cut = (low == 0).any(1) | (high == counts.shape).any(1)
    main = np.argmax(sums * np.where(cut, 0.2, 1))  # fingers and tables come in from the side
    extents = (high - low).max(1)
    near = max(1, extents[main] / 8)
    chosen = (  # a 5 may have its bar apart; a speck is no stroke
        (extents >= extents[main] / 6)
        & (low < high[main] + near).all(1)
        & (high > low[main] - near).all(1)
    )
    mine = np.zeros(counts.shape, bool)
    mine[tuple(cells[chosen[labels]].T)] = True
    mine = mine.repeat(cell, 0).repeat(cell, 1)[:height, :width]
    return ink & mine, float(sums[chosen].sum() / sums.sum())


def _labels(cells: np.ndarray, columns: int) -> np.ndarray:
    """Label the cells (row, column) from 0: the same for those that touch, by a corner too."""
    row = columns + 2
    steps = (-row - 1, -row, -row + 1, -1, 1, row - 1, row, row + 1)
    places = (cells[:, 0] * row + cells[:, 1]).tolist()
    label_of = dict.fromkeys(places, -1)
    number = -1
    for first in places:
        if label_of[first] >= 0:
            continue
        number += 1
        label_of[first] = number
        group = [first]
        for place in group:
            for step in steps:
                if label_of.get(place + step) == -1:
                    label_of[place + step] = number
                    group.append(place + step)
    return np.array([label_of[place] for place in places])


def _edge(mask: np.ndarray) -> float:
    """Measure the length of the edge, in pixels; its steps are 4 / π too long, on average."""
    padded = np.pad(mask, 1)
    steps = (padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum()
    return float(steps) * math.pi / 4


def _shrunk(mask: np.ndarray, scale: float) -> np.ndarray:
    """Make the mask smaller, without its pinholes and pimples, in a free border."""
    from PIL import Image, ImageFilter

    picture = Image.fromarray(mask.astype(np.uint8) * 255)
    if scale < 1:
        size = [max(1, round(side * scale)) for side in picture.size]
        picture = picture.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(3))
    return np.pad(np.asarray(picture) > 127, 1)


def _thinned(mask: np.ndarray) -> np.ndarray:
    """Thin a mask to lines one pixel wide, connected as the mask is (Zhang and Suen, 1984)."""
    image = mask.astype(np.uint8)
    rows, columns = image.shape
    turns = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    around = [image[1 + r : rows - 1 + r, 1 + c : columns - 1 + c] for r, c in turns]
    north, _, east, _, south, _, west, _ = around
    before = -1
    while before != (before := int(image.sum())):
        for first in (True, False):
            count = sum(around)
            begins = sum(a < b for a, b in zip(around, around[1:] + around[:1], strict=True))
            held = east & south & (north | west) if first else north & west & (east | south)
            gone = (count >= 2) & (count <= 6) & (begins == 1) & (held == 0)
            image[1:-1, 1:-1][gone] = 0
    return image.astype(bool)

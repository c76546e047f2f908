"""A drawing made into an image like those of a data set, which says how (``config.Drawing``).

Scikit-learn's digits, whose way is the usual one, came from paper through NIST's programs, as
bitmaps of 32×32 dots whose blocks of 4×4 dots were counted. What those programs had done shows in
the images (all 1,797):

- Every digit fills its frame from the first row to the last, and is 20 dots wide on average.
- All are about as black, 31 ± 3 % of the frame in every class: the pen is wider for a 1 than for
  an 8.
- None slants: in the mean image of every class, the first and the last row begin at the same
  column, to within half a dot.

A drawing is fitted, thickened and set upright in the same way, and so is what is on a photo.
"""

import math

import numpy as np

from playground.config import Drawing
from playground.errors import UserError

DOTS = 4
"""Dots of the bitmap along a pixel's side."""
PENS = (1.5 / 32, 5 / 32)
"""The least and the largest radius of the pen, as shares of the shorter side of what is filled."""
STRETCH = 2.0
"""How much more one direction may be stretched than the other: a plain 1 stays narrow."""
MAX_POINTS = 20_000
STEPS = 64
"""Points along the longer side of a drawing: half a dot of 32 lies between two."""

Strokes = list[list[tuple[float, float]]]


class DrawingError(UserError):
    """A drawing that cannot be used; the message is one sentence that says what to do."""


def pixels_of(
    strokes: object, input_shape: tuple[int, int, int], max_pixel: int, way: Drawing
) -> np.ndarray | None:
    """Make a drawing an image, uint8 (height, width, 1) from 0 to ``max_pixel``; None of an empty
    one.

    ``strokes`` is what the browser sent: lists of (x, y) in 0..1 of the canvas, from the top left.
    ``input_shape`` is (1, height, width). Raises DrawingError if it is no such thing.
    """
    points = _points(_checked(strokes))
    return counted(dots_of(points, input_shape, way), max_pixel) if len(points) else None


def dots_of(points: np.ndarray, input_shape: tuple[int, int, int], way: Drawing) -> np.ndarray:
    """Make the bitmap of a drawing, bool (height × DOTS, width × DOTS), fitted and thickened.

    ``points`` lie close together along its strokes, (n, 2), y downwards, in any unit.
    """
    _, height, width = input_shape
    step = np.ptp(points, axis=0).max() / STEPS or 1.0
    # A scribble passes the same places again and again.
    cells = np.rint((points - points.min(0)) / step)
    points = points[np.unique(cells, axis=0, return_index=True)[1]]
    return _bitmap(points, height * DOTS, width * DOTS, way)


def counted(dots: np.ndarray, max_pixel: int) -> np.ndarray:
    """Make a bitmap an image, uint8 (height, width, 1) from 0 to ``max_pixel``."""
    rows, columns = dots.shape
    counts = dots.reshape(rows // DOTS, DOTS, columns // DOTS, DOTS).sum((1, 3))
    return np.rint(counts * (max_pixel / DOTS**2)).astype(np.uint8)[..., None]


def _checked(strokes: object) -> Strokes:
    broken = DrawingError("This drawing could not be read: clear it and draw it again.")
    if not isinstance(strokes, list | tuple):
        raise broken
    found: Strokes = []
    for stroke in strokes:
        if not isinstance(stroke, list | tuple):
            raise broken
        for point in stroke:
            pair = isinstance(point, list | tuple) and len(point) == 2
            if not pair or not all(type(v) in (int, float) and -1 <= v <= 2 for v in point):
                raise broken
        found.append([(float(x), float(y)) for x, y in stroke])
    if sum(map(len, found)) > MAX_POINTS:
        raise DrawingError("This drawing has too many strokes: clear it and draw it again.")
    return found


def _points(strokes: Strokes) -> np.ndarray:
    """Interpolate points close together along the strokes, (n, 2)."""
    lines = [np.array(stroke) for stroke in strokes if stroke]
    if not lines:
        return np.empty((0, 2))
    step = np.ptp(np.concatenate(lines), axis=0).max() / STEPS or 1.0
    found = []
    for line in lines:
        along = np.append(0, np.hypot(*np.diff(line, axis=0).T).cumsum())
        places = np.linspace(0, along[-1], math.ceil(along[-1] / step) + 1)
        found.append(np.stack([np.interp(places, along, axis) for axis in line.T], axis=1))
    return np.concatenate(found)


def _bitmap(points: np.ndarray, height: int, width: int, way: Drawing) -> np.ndarray:
    """Draw the points as dots, bool (height, width)."""
    least, most = (share * way.height * min(height, width) for share in PENS)
    wanted = round(way.ink * height * width)
    radius = (least + most) / 2
    for _ in range(2):  # the fit depends on the pen, and the pen on the fit
        fitted = _fitted(points, height, width, radius, way)
        if way.upright:
            fitted = _upright(fitted, height, width, radius)
        distances = _distances(fitted, height, width)
        radius = float(np.clip(np.partition(distances.ravel(), wanted)[wanted], least, most))
    return distances <= radius


def _fitted(points: np.ndarray, height: int, width: int, radius: float, way: Drawing) -> np.ndarray:
    """Move the points to the middle of the frame, as large as the pen and the shares of it that
    are filled allow."""
    low, high = points.min(0), points.max(0)
    room = np.array([way.width * width, way.height * height]) - 2 * radius
    scales = room / np.maximum(high - low, 1e-9)
    scales = np.minimum(scales, STRETCH * scales.min())
    return (points - (low + high) / 2) * scales + np.array([width, height]) / 2


def _upright(points: np.ndarray, height: int, width: int, radius: float) -> np.ndarray:
    """Shear the points, so that the first and the last row of dots begin at the same column."""
    x, y = points.T
    if np.ptp(y) < 1:
        return points
    dots = _distances(points, height, width) <= radius
    first, last = np.flatnonzero(dots.any(1))[[0, -1]]
    slant = (dots[last].argmax() - dots[first].argmax()) / np.ptp(y)
    x = x - slant * (y - height / 2)
    middle = (x.min() + x.max()) / 2
    narrower = min(1.0, (width - 2 * radius) / max(np.ptp(x), 1e-9))
    return np.stack([(x - middle) * narrower + width / 2, y], axis=1)


def _distances(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Measure from the middle of each dot to the nearest point, (height, width), in dots."""
    nearest = np.full((height, width), np.inf)
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    for some in np.array_split(points, -(-len(points) * height * width // 2**20)):
        x, y = some.T[..., None]
        squares = ((rows - y) ** 2)[:, :, None] + ((columns - x) ** 2)[:, None, :]
        np.minimum(nearest, squares.min(axis=0), out=nearest)
    return np.sqrt(nearest)

"""Photographs of handwritten digits, made up: strokes on paper or a board, under uneven light.

Each takes the strokes of ``test_drawing.HANDS`` and gives float (height, width) or, in colour,
(height, width, 3), from 0 to 255.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.picture_files import saved

WIDE, HIGH = 450, 600
Y, X = np.mgrid[0:HIGH, 0:WIDE]
rng = np.random.default_rng(0)


def written(strokes, size: float, pen: float, at=(0.5, 0.5)) -> np.ndarray:
    """Where the ink is, 0 to 1: ``size`` is that of the strokes' square, ``pen`` a share of it."""
    picture = Image.new("L", (WIDE, HIGH), 0)
    draw = ImageDraw.Draw(picture)
    side = size * WIDE
    half = max(1.0, pen * side / 2)
    for stroke in strokes:
        x, y = (np.array(stroke) - 0.5).T * side
        points = list(zip(x + at[0] * WIDE, y + at[1] * HIGH, strict=True))
        draw.line(points, fill=255, width=round(2 * half), joint="curve")
        for x, y in points:
            draw.ellipse([x - half, y - half, x + half, y + half], fill=255)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(1))) / 255


def noise(amount: float, size: int = 1) -> np.ndarray:
    """What a camera or the material adds, in spots of some pixels."""
    spots = rng.normal(0, amount, (HIGH // size, WIDE // size)).astype(np.float32)
    return np.asarray(Image.fromarray(spots).resize((WIDE, HIGH), Image.Resampling.BICUBIC))


def on(paper, ink, where: np.ndarray) -> np.ndarray:
    return paper * (1 - where) + ink * where


def grey_paper(strokes) -> np.ndarray:
    """Half as high as the picture, on grey paper that gets darker towards a corner."""
    light = (1 - 0.25 * X / WIDE) * (1 - 0.12 * Y / HIGH)
    return on(210 * light, 20, written(strokes, 0.55, 0.07))


def ball_pen(strokes) -> np.ndarray:
    return on(235, 60, written(strokes, 0.6, 0.025)) + noise(3)


def marker(strokes) -> np.ndarray:
    return on(225, 40, written(strokes, 0.9, 0.13))


def pencil(strokes) -> np.ndarray:
    return on(215, 130, written(strokes, 0.6, 0.03) * np.clip(0.8 + noise(0.2), 0, 1)) + noise(3)


def chalk(strokes) -> np.ndarray:
    """Light on dark, with gaps, on a board that was wiped."""
    where = written(strokes, 0.7, 0.06) * np.clip(0.7 + noise(0.4), 0, 1)
    return on(50 + noise(6, 30), 215, where) * (1 - 0.35 * X / WIDE) + noise(3)


def squared(strokes) -> np.ndarray:
    """Blue ink on squared paper, in colour."""
    lines = (X % 30 < 2) | (Y % 30 < 2)
    paper = np.where(lines[..., None], [185, 200, 225], [240, 240, 235])
    return on(paper, np.array([40, 50, 150]), written(strokes, 0.6, 0.03)[..., None])


def lined(strokes) -> np.ndarray:
    """Small, in blue ink on lined paper, in colour."""
    paper = np.where((Y % 40 < 2)[..., None], [150, 175, 205], [235, 232, 220])
    where = written(strokes, 0.4, 0.04, at=(0.55, 0.6))[..., None]
    return on(paper, np.array([50, 60, 140]), where)


def shadow_edge(strokes) -> np.ndarray:
    """The edge of a shadow goes across the digit."""
    light = 1 - 0.5 / (1 + np.exp((WIDE / 2 - X - 0.4 * (Y - HIGH / 2)) / 2))
    return on(225, 40, written(strokes, 0.6, 0.05)) * light + noise(3)


def own_shadow(strokes) -> np.ndarray:
    """The telephone's soft shadow lies in the middle."""
    far = ((X / WIDE - 0.5) / 0.22) ** 2 + ((Y / HIGH - 0.5) / 0.22) ** 2
    return on(225, 50, written(strokes, 0.6, 0.04)) * (1 - 0.45 * np.exp(-(far**2))) + noise(3)


def off_centre(strokes) -> np.ndarray:
    """In a corner, with two specks, one of them close to it."""
    specks = (X - 100) ** 2 + (Y - 450) ** 2 < 36
    specks |= (X - 280) ** 2 + (Y - 50) ** 2 < 9
    return np.where(specks, 30, on(225, 40, written(strokes, 0.35, 0.06, at=(0.78, 0.2))))


def on_a_table(strokes) -> np.ndarray:
    """The paper lies askew on dark wood, which is seen on three sides."""
    wood = 90 + noise(12, 10)
    table = (X * 0.2 + Y < 120) | (X * 0.2 + Y > 570) | (X - 0.15 * Y < 0)
    return np.where(table, wood, on(220, 40, written(strokes, 0.45, 0.06)))


def beside_a_name(strokes) -> np.ndarray:
    """Under some words."""
    words = Image.new("L", (WIDE, HIGH), 0)
    ImageDraw.Draw(words).text((40, 40), "Name: Alex Miller\n29 November", fill=255, font_size=20)
    where = np.maximum(written(strokes, 0.5, 0.05, at=(0.5, 0.6)), np.asarray(words) / 255)
    return on(225, 40, where)


def cropped(strokes) -> np.ndarray:
    """Cut out almost at its edge."""
    where = written(strokes, 0.9, 0.08)
    rows, columns = np.flatnonzero(where.any(1)), np.flatnonzero(where.any(0))
    return on(225, 40, where)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def dark_screen(strokes) -> np.ndarray:
    return on(20, 230, written(strokes, 0.8, 0.03))


KINDS = {
    kind.__name__: kind
    for kind in (
        *(grey_paper, ball_pen, marker, pencil, chalk, squared, lined, shadow_edge, own_shadow),
        *(off_centre, on_a_table, beside_a_name, cropped, dark_screen),
    )
}
LIGHT_ON_DARK = ("chalk", "dark_screen")


def jpeg(picture: np.ndarray, **options) -> bytes:
    """As a file of a camera."""
    return saved(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), "JPEG", **options)

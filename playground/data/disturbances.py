"""What can be done to images to see when a network no longer knows them: a line each.

A line here is a curve on the page Inside.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Disturbance:
    """A way to disturb images, by steps."""

    title: str
    unit: str
    """Of ``levels``, as an axis names it."""
    levels: tuple[float, ...]
    """From none at all."""
    of: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
    """Takes and gives float32 (n, height, width, channels) from 0 to 1, and the level; what leaves
    0 to 1 is cut off afterwards."""


def noise(images: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Add normal noise of a standard deviation of so many per cent of the range."""
    return images + rng.standard_normal(images.shape, np.float32) * np.float32(level / 100)


def shift(images: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Move each image by so many per cent of its width to any side; its edge is repeated."""
    from scipy.ndimage import shift as moved

    side = images.shape[2]
    angles = rng.uniform(0, 2 * np.pi, len(images))
    length = level / 100 * side
    return np.stack(
        [
            moved(image, (np.sin(a) * length, np.cos(a) * length, 0), order=1, mode="nearest")
            for image, a in zip(images, angles, strict=True)
        ]
    )


def rotation(images: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Turn each image by so many degrees, one way or the other; its edge is repeated."""
    from scipy.ndimage import rotate

    ways = rng.choice([-level, level], len(images))
    return np.stack(
        [
            rotate(image, angle, axes=(1, 0), reshape=False, order=1, mode="nearest")
            for image, angle in zip(images, ways, strict=True)
        ]
    )


def blur(images: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Blur with a Gaussian whose deviation is so many per cent of the width."""
    from scipy.ndimage import gaussian_filter

    deviation = level / 100 * images.shape[2]
    return gaussian_filter(images, (0, deviation, deviation, 0), mode="nearest")


def contrast(images: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Bring each image so many per cent of the way to its mean shade."""
    mean = images.mean((1, 2, 3), keepdims=True)
    return images + (mean - images) * np.float32(level / 100)


DISTURBANCES: dict[str, Disturbance] = {
    "noise": Disturbance(
        "Noise", "Standard deviation (% of the range)", (0, 5, 10, 20, 30, 50), noise
    ),
    "shift": Disturbance("Shift", "Shift (% of the width)", (0, 5, 10, 15, 20, 30), shift),
    "rotation": Disturbance("Rotation", "Rotation (degrees)", (0, 10, 20, 30, 45, 90), rotation),
    "blur": Disturbance("Blur", "Blur (% of the width)", (0, 3, 5, 8, 12, 20), blur),
    "contrast": Disturbance(
        "Contrast", "Contrast taken away (%)", (0, 20, 40, 60, 80, 95), contrast
    ),
}
"""By name."""


def disturbed(images: np.ndarray, max_pixel: int, kind: str, level: float) -> np.ndarray:
    """Disturb images, uint8 (n, height, width, channels) up to ``max_pixel``: the same in shape and
    kind, and the same each time. At level 0 they are as they were."""
    if not level:
        return images
    given = images.astype(np.float32) / max_pixel
    found = DISTURBANCES[kind].of(given, level, np.random.default_rng(0))
    return (found.clip(0, 1) * max_pixel).round().astype(np.uint8)

"""Images of a data set laid out as one picture."""

import numpy as np


def strip(images: np.ndarray, top: int, height: int = 48, gap: int = 4) -> np.ndarray:
    """Images side by side, enlarged without smoothing, so that every pixel can be seen.

    Takes uint8 (n, side, side, channels) with values up to ``top``; gives uint8 (h, w, 3).
    """
    factor = max(1, round(height / images.shape[1]))
    scaled = images.astype(np.float32) * (255 / top)
    colour = np.repeat(scaled, 3, axis=-1) if images.shape[-1] == 1 else scaled
    large = colour.round().astype(np.uint8).repeat(factor, axis=1).repeat(factor, axis=2)
    space = np.full((large.shape[1], gap, 3), 128, np.uint8)
    parts = [part for image in large for part in (image, space)]
    return np.concatenate(parts[:-1], axis=1)


def choose(labels: np.ndarray, wanted: int, count: int, seed: int) -> np.ndarray:
    """Indices of ``count`` random images of one class, in order."""
    there = np.flatnonzero(labels == wanted)
    rng = np.random.default_rng([seed, wanted])
    return np.sort(rng.choice(there, min(count, len(there)), replace=False))

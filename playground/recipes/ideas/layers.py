"""What padding, dropout and batch norm do to the values of a layer."""

import numpy as np

EPSILON = 1e-5
"""What torch's batch norm adds to the variance."""


def dropout_masks(rate: float, batches: int, images: int, units: int, seed: int = 0) -> np.ndarray:
    """Return which values dropout keeps: bool (batches, images, units), each drawn by itself."""
    return np.random.default_rng(seed).random((batches, images, units)) >= rate


def hidden_values(pixels: np.ndarray, units: int, seed: int = 0) -> np.ndarray:
    """Return what the first dense layer makes of images before training: float64 (images, units).

    Takes pixels (images, inputs). The weights are Xavier's uniform ones, the biases 0.
    """
    inputs = pixels.shape[1]
    limit = np.sqrt(6 / (inputs + units))
    weights = np.random.default_rng(seed).uniform(-limit, limit, (inputs, units))
    return pixels.astype(float) @ weights


def spread_units(values: np.ndarray, count: int) -> np.ndarray:
    """Return ``count`` of the units of values (images, units), from the lowest mean to the
    highest."""
    order = values.mean(0).argsort()
    return values[:, order[np.linspace(0, len(order) - 1, count).round().astype(int)]]


def normalize(values: np.ndarray, scale: float = 1.0, shift: float = 0.0) -> np.ndarray:
    """Return each unit's values (images, units) with the batch's mean taken off, divided by its
    deviation, then scaled and shifted.

    As torch's batch norm gives them in training, its weight being ``scale`` and its bias ``shift``:
    1 and 0 until it has learned others.
    """
    return scale * (values - values.mean(0)) / np.sqrt(values.var(0) + EPSILON) + shift


KERNELS: dict[str, tuple[tuple[int, ...], ...]] = {
    "Edges from left to right": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "Edges from top to bottom": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "Outlines": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "The sum of all nine": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
}
"""3×3 weights in whole numbers, so that every result can be checked by hand."""


def zero_padded(picture: np.ndarray, rows: int = 1) -> np.ndarray:
    """Return the picture (h, w) with that many rows of zeros on each side."""
    return np.pad(picture, rows)


def convolve(picture: np.ndarray, kernel: np.ndarray, padding: int = 0) -> np.ndarray:
    """Convolve with stride 1 as networks do: the kernel (k, k) is not turned round.

    The picture (h, w) becomes (h + 2 padding - k + 1, w + 2 padding - k + 1). With padding,
    products outside the picture are left out: no zeros are put there.
    """
    height, width = picture.shape
    size = len(kernel)
    out = np.zeros((height + 2 * padding - size + 1, width + 2 * padding - size + 1))
    for (row, column), weight in np.ndenumerate(kernel):
        # The pixel below this weight is (down, right) from where the output stands.
        down, right = row - padding, column - padding
        top, left = max(0, -down), max(0, -right)
        bottom, end = min(len(out), height - down), min(out.shape[1], width - right)
        out[top:bottom, left:end] += (
            weight * picture[top + down : bottom + down, left + right : end + right]
        )
    return out


def side_lengths(kernels: list[int], padded: bool, side: int = 32) -> list[int]:
    """Return the side of the picture at first, after each convolution and after the 2×2 pooling
    behind it. ``padded``: zeros all around keep a convolution's picture as large as it was."""
    found = [side]
    for kernel in kernels:
        convolved_side = found[-1] if padded else found[-1] - kernel + 1
        found += [convolved_side, convolved_side // 2]
    return found

"""What a convolution makes of a picture's edge: with padding, with zeros put there by hand, or
without either."""

import numpy as np

KERNELS: dict[str, tuple[tuple[int, ...], ...]] = {
    "Edges from left to right": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "Edges from top to bottom": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "Outlines": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "The sum of all nine": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
}
"""3×3 weights in whole numbers, so that every result can be checked by hand."""


def surrounded(picture: np.ndarray, rows: int = 1) -> np.ndarray:
    """The picture (h, w) with that many rows of zeros on each side."""
    return np.pad(picture, rows)


def convolved(picture: np.ndarray, kernel: np.ndarray, padding: int = 0) -> np.ndarray:
    """A convolution of stride 1 as networks have it: the kernel (k, k) is not turned round.

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


def sides(kernels: list[int], padded: bool, side: int = 32) -> list[int]:
    """The side of the picture at first, after each convolution and after the 2×2 pooling behind
    it. ``padded``: zeros all around keep a convolution's picture as large as it was."""
    found = [side]
    for kernel in kernels:
        convolved_side = found[-1] if padded else found[-1] - kernel + 1
        found += [convolved_side, convolved_side // 2]
    return found

"""scikit-learn's 1,797 handwritten digits, in scikit-learn's order."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from playground.config import Digits
from playground.data.datasets.dataset import Dataset, fingerprint_of

TOP = 16


def load(data: Digits | None = None, folder: Path | None = None) -> Dataset:
    """Give the digits: images (1797, 8, 8, 1), pixels 0 to 16. Equal to sklearn's
    ``load_digits()``. They need no ``folder``."""
    return _loaded()


@cache
def _loaded() -> Dataset:
    table = _table()
    assert Digits.shape
    images = table[:, :-1].astype(np.uint8).reshape(-1, *Digits.shape)
    labels = table[:, -1].astype(np.int64)
    for array in (images, labels):
        array.flags.writeable = False
    classes = Digits.classes
    digest = fingerprint_of(images.shape, classes, TOP, None, [images.tobytes()], labels)
    return Dataset(images, labels, classes, TOP, None, digest)


def _table() -> np.ndarray:
    """Read one row an image: its 64 pixels, then its label. Shape (1797, 65)."""
    # sklearn's own file, read without importing sklearn, which costs a process 80 MB.
    package = importlib.util.find_spec("sklearn")
    for location in (package and package.submodule_search_locations) or ():
        path = Path(location, "datasets", "data", "digits.csv.gz")
        if path.is_file():
            return np.loadtxt(path, delimiter=",", dtype=np.int64)
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    return np.column_stack([digits.data, digits.target])

"""KMNIST with 300 images in place of 70,000, in the format of the real files."""

import gzip
from pathlib import Path

import numpy as np

from playground.config import DATA_KINDS

COUNTS = (250, 50)
IMAGES = np.random.default_rng(2).integers(0, 256, (sum(COUNTS), 28, 28), np.uint8)
LABELS = np.random.default_rng(3).permutation(np.arange(sum(COUNTS)) % 10).astype(np.uint8)


def idx(values: np.ndarray) -> bytes:
    """An array of bytes in the IDX format."""
    head = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    return head + values.tobytes()


def unpacked() -> dict[str, bytes]:
    """The contents of the published files, by their names without the ending."""
    parts = {"train": slice(COUNTS[0]), "t10k": slice(COUNTS[0], None)}
    found = {}
    for name, part in parts.items():
        found[f"{name}-images-idx3-ubyte"] = idx(IMAGES[part])
        found[f"{name}-labels-idx1-ubyte"] = idx(LABELS[part])
    return found


def contents() -> dict[str, bytes]:
    """The published files, by name."""
    return {f"{name}.gz": gzip.compress(one, mtime=0) for name, one in unpacked().items()}


def save(folder: Path) -> dict[str, object]:
    """Save the published files, and beside them what torchvision unpacks of them: it takes no other
    files than the real ones."""
    published = DATA_KINDS["kmnist"].download
    assert published
    home = folder / published.folder
    home.mkdir(parents=True)
    for name, one in (contents() | unpacked()).items():
        (home / name).write_bytes(one)
    return {}

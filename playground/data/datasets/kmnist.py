"""KMNIST from its four published files: images and labels of the training, then of the test.

Source: CODH, http://codh.rois.ac.jp/kmnist/. Each file is an array in the IDX format, packed by
gzip: the bytes 0, 0, 8 (for values of one byte) and the number of axes, the length of each axis in
four bytes, the highest first, and the values.
"""

import gzip
from pathlib import Path
from typing import IO

import numpy as np

from playground.config.datasets import KMNIST
from playground.data.datasets import published
from playground.data.datasets.dataset import Dataset
from playground.data.datasets.prepared_copy import PIECE, Content, write_header


def load(data: KMNIST, folder: Path) -> Dataset:
    """Open KMNIST from the published files in the data folder. Raises DataError."""
    return published.load(data, folder, _write)


def _write(files: list[Path], temporary: Path) -> Content:
    assert KMNIST.counts and KMNIST.shape
    labels = [_labels(file, most) for file, most in zip(files[1::2], KMNIST.counts, strict=True)]
    np.save(temporary / "labels.npy", np.concatenate(labels))
    counts = [len(some) for some in labels]
    shape = (sum(counts), *KMNIST.shape)
    with (temporary / "images.npy").open("wb") as out:
        write_header(out, shape)
        for file, count in zip(files[::2], counts, strict=True):
            _copy_pixels(file, count, out)
    return Content(shape, KMNIST.classes, counts[0])


def _labels(path: Path, most: int) -> np.ndarray:
    """Read the labels in a file, int64 (n,), of which there are ``most`` at most."""
    with gzip.open(path) as file:
        (count,) = _axes(file, 1)
        if not 0 < count <= most:
            raise published.not_as_published(KMNIST())
        labels = np.frombuffer(_exactly(file, count), np.uint8)
        if labels.max() >= len(KMNIST.classes) or file.read(1):
            raise published.not_as_published(KMNIST())
    return labels.astype(np.int64)


def _copy_pixels(path: Path, count: int, out: IO[bytes]) -> None:
    """Append the pixels of ``count`` images in a file."""
    assert KMNIST.shape
    height, width, _ = KMNIST.shape
    with gzip.open(path) as file:
        if _axes(file, 3) != [count, height, width]:
            raise published.not_as_published(KMNIST())
        left = count * height * width
        while left:
            piece = _exactly(file, min(left, PIECE))
            out.write(piece)
            left -= len(piece)
        if file.read(1):
            raise published.not_as_published(KMNIST())


def _axes(file: gzip.GzipFile, number: int) -> list[int]:
    """Read the lengths of the axes; zeros if the file has not bytes of so many axes."""
    if _exactly(file, 4) != bytes([0, 0, 8, number]):
        return [0] * number
    return np.frombuffer(_exactly(file, 4 * number), ">u4").tolist()


def _exactly(file: gzip.GzipFile, count: int) -> bytes:
    """Read so many bytes. Raises EOFError if there are fewer."""
    content = file.read(count)
    if len(content) < count:
        raise EOFError
    return content

"""CIFAR10 with 50 images a batch instead of 10,000, in the layouts of the real files, for tests."""

import hashlib
import io
import struct
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.datasets import cifar10

ROWS = 50
TOTAL = 6 * ROWS
IMAGES = np.random.default_rng(0).integers(0, 256, (TOTAL, 32, 32, 3), np.uint8)
LABELS = np.random.default_rng(1).permutation(np.arange(TOTAL) % 10)
# The order in which a batch stands in the archive is not the data set's.
ARCHIVED = [f"data_batch_{n}" for n in (4, 1)] + ["test_batch"] + [f"data_batch_{n}" for n in "523"]


def rows_of(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), 3072)


def python_2_pickle(images: np.ndarray, labels: np.ndarray, by_column: bool = False) -> bytes:
    """A batch token by token as Python 2's cPickle wrote the published ones (protocol 2)."""

    def text(value: bytes) -> bytes:
        return b"U" + bytes([len(value)]) + value + b"q\x01"

    def listed(numbers: np.ndarray) -> bytes:
        return b"(" + b"".join(b"K" + bytes([number]) for number in numbers) + b"e"

    pixels = rows_of(images).tobytes("F" if by_column else "C")
    half = len(labels) // 2
    return b"".join(
        [
            b"\x80\x02}q\x01(",
            text(b"batch_label") + text(b"training batch 1 of 5"),
            text(b"labels") + b"]q\x02",
            listed(labels[:half]) + listed(labels[half:]),  # as cPickle splits long lists
            text(b"data") + b"cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04",
            b"K\x00\x85" + text(b"b") + b"\x87Rq\x05(K\x01",
            b"M" + struct.pack("<H", len(labels)) + b"M\x00\x0c\x86",
            b"cnumpy\ndtype\nq\x06" + text(b"u1") + b"K\x00K\x01\x87Rq\x07(K\x03" + text(b"|"),
            b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
            b"\x88" if by_column else b"\x89",
            b"T" + struct.pack("<i", len(pixels)) + pixels + b"q\x08tb",
            text(b"filenames") + b"]q\x09(" + text(b"a.png") + text(b"b.png") + b"e",
            b"u.",
        ]
    )


def part(name: str) -> slice:
    start = list(cifar10.BATCHES).index(name) * ROWS
    return slice(start, start + ROWS)


def batches() -> dict[str, bytes]:
    return {name: python_2_pickle(IMAGES[part(name)], LABELS[part(name)]) for name in ARCHIVED}


@cache
def archive() -> bytes:
    """A small archive that is laid out as the published one."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, content in {"batches.meta": b"", **batches(), "readme.html": b"<p>"}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def contents() -> dict[str, bytes]:
    """The published file."""
    return {"cifar-10-python.tar.gz": archive()}


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def assert_is_the_small_one(dataset) -> None:
    assert np.array_equal(dataset.images, IMAGES) and np.array_equal(dataset.labels, LABELS)
    assert (dataset.test_start, dataset.max_pixel) == (5 * ROWS, 255)
    assert dataset.classes[3] == "cat" and len(dataset.classes) == 10


def save_npz(folder: Path, **arrays) -> None:
    cut = 5 * ROWS
    content: dict[str, Any] = {
        "x_train": IMAGES[:cut],
        "y_train": LABELS[:cut, None].astype(np.uint8),  # as Keras has them
        "x_test": IMAGES[cut:],
        "y_test": LABELS[cut:, None].astype(np.uint8),
    }
    np.savez(folder / "cifar10.npz", **content | arrays)


def save(folder: Path) -> dict[str, object]:
    """Save it as cifar10.npz: torchvision takes no other archive than the real one."""
    save_npz(folder)
    return {}

"""CIFAR10 from what is in the data folder: the published archive or folder, else cifar10.npz.

Source: Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
https://www.cs.toronto.edu/~kriz/cifar.html. It is downloaded from the addresses in
``config/datasets.py``. The published files are Python pickles. They are never unpickled:
``pickletools`` only splits them into their tokens, and the pixels and labels are picked out of
those.
"""

import pickletools
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from playground.config import Cifar10
from playground.data.datasets import own_images, published
from playground.data.datasets.dataset import DataError, Dataset
from playground.data.datasets.prepared_copy import PIECE, Content, open_copy, prepare, write_header

FOLDER = "cifar-10-batches-py"
assert Cifar10.shape
SHAPE: tuple[int, int, int] = Cifar10.shape
CLASSES = Cifar10.classes

# MD5 sums as in torchvision.datasets.CIFAR10 (train_list, test_list), torchvision 0.29.
BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
"""The batches in the data set's order, the test images last."""


def ready(data: Cifar10, folder: Path) -> bool:
    """Tell whether a source or a prepared copy is there."""
    assert data.download
    sources = (FOLDER, data.download.npz)
    return any((folder / name).exists() for name in sources) or published.ready(data, folder)


def load(data: Cifar10, folder: Path) -> Dataset:
    """Open CIFAR10 from the first source that is in the data folder. Raises DataError."""
    assert data.download
    batches, npz = folder / FOLDER, folder / data.download.npz
    if published.are_there(data, folder):
        return published.load(data, folder, _write_archive)
    if batches.is_dir():
        files = [batches / name for name in BATCHES]
        for file in files:
            if not file.is_file():
                raise DataError(
                    f"{batches.name} in the data folder has no {file.name}: delete it, or extract "
                    "the archive again."
                )
        return open_copy(prepare(folder, data.name, files, lambda to: _write_folder(files, to)))
    if npz.is_file():
        return open_copy(prepare(folder, data.name, [npz], lambda to: _write_npz(npz, to)))
    return published.load(data, folder, _write_archive)


def _write_npz(source: Path, temporary: Path) -> Content:
    content = own_images.write(source, temporary, CLASSES)
    if content.shape[1:] != SHAPE or content.test_start is None:
        raise DataError(
            f"{source.name} is not CIFAR10: it must hold x_train, y_train, x_test and y_test, with "
            "images of 32×32 pixels in 3 colours."
        )
    return content


def _write_archive(files: list[Path], temporary: Path) -> Content:
    # One pass: the batches stand in the archive in another order, and gzip cannot jump.
    with tarfile.open(files[0], "r|gz") as tar:
        return _write_batches(_members(tar), temporary)


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        name = member.name.removeprefix(f"{FOLDER}/")
        if name in BATCHES and (file := tar.extractfile(member)):
            yield name, file


def _write_folder(files: list[Path], temporary: Path) -> Content:
    for file in files:
        published.check(file, BATCHES[file.name])
    return _write_batches(_opened(files), temporary)


def _opened(files: list[Path]) -> Iterator[tuple[str, IO[bytes]]]:
    for path in files:
        with path.open("rb") as file:
            yield path.name, file


def _write_batches(batches: Iterator[tuple[str, IO[bytes]]], temporary: Path) -> Content:
    """Write the batches, each at its place; all have as many rows as the first that comes."""
    order = list(BATCHES)
    labels: dict[str, np.ndarray] = {}
    rows = start = 0
    with (temporary / "images.npy").open("wb") as out:
        for name, file in batches:
            pixels, labels[name] = read_batch(file)
            rows = len(pixels)
            if len(labels) == 1:
                write_header(out, (rows * len(order), *SHAPE))
                start = out.tell()
            out.seek(start + order.index(name) * pixels.size)
            at_once = PIECE // pixels[0].size
            for first in range(0, rows, at_once):
                out.write(pixels[first : first + at_once].tobytes())
    if len(labels) < len(order) or len({len(part) for part in labels.values()}) > 1:
        raise DataError("The published CIFAR10 files are not complete: download them again.")
    np.save(temporary / "labels.npy", np.concatenate([labels[name] for name in order]))
    total = rows * len(order)
    return Content((total, *SHAPE), CLASSES, total - rows)


def read_batch(file: IO[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Read pixels uint8 (rows, 32, 32, 3) and labels int64 (rows,) of a published batch.

    A batch is a pickled dict: ``labels`` is a list of small whole numbers; ``data`` is an array of
    one row an image, 1024 red, 1024 green, then 1024 blue values, pickled as one long string.
    Nothing is executed. Raises DataError if the file has another content.
    """
    labels: list[int] = []
    pixels = ""
    in_labels = by_column = flag = False
    try:
        operations: Iterable[tuple[Any, Any, Any]] = pickletools.genops(file)
        for token, value, _ in operations:
            if token.name == "BININT1" and in_labels:
                labels.append(value)
            elif token.name in ("NEWTRUE", "NEWFALSE"):
                flag = token.name == "NEWTRUE"
            elif token.name in ("SHORT_BINSTRING", "BINSTRING", "BINUNICODE"):
                in_labels = value == "labels"
                if len(value) > len(pixels):
                    # The flag before the pixels says whether the array is in Fortran order.
                    pixels, by_column = value, flag
        data = np.frombuffer(pixels.encode("latin-1"), np.uint8)
        data = data.reshape(3072, -1).T if by_column else data.reshape(-1, 3072)
    except ValueError as error:
        raise DataError("A CIFAR10 batch is not as published: download it again.") from error
    if len(labels) != len(data) or not labels or max(labels) >= len(CLASSES):
        raise DataError("A CIFAR10 batch is not as published: download it again.")
    images = data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.array(labels, np.int64)

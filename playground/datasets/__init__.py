"""The data sets: digits, CIFAR10 and a person's own .npz, as NumPy arrays, with their splits.

Nothing here imports torch, and nothing is ever unpickled. CIFAR10 and own files are prepared once
into plain .npy files and memory-mapped from there by the app and its workers; the digits are small
and stay in memory, so there is real data even where the data folder cannot be written.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from playground.config import Cifar10, DataConfig, Digits
from playground.datasets import cifar10, digits, own, prepared
from playground.datasets.dataset import DataError, Dataset
from playground.datasets.fetch import fetch_cifar10
from playground.datasets.splits import Split, split

__all__ = [
    "DataError",
    "Dataset",
    "Facts",
    "Split",
    "available",
    "cifar10_ready",
    "facts",
    "fetch_cifar10",
    "fingerprint",
    "load",
    "split",
]


def cifar10_ready(folder: Path) -> bool:
    """Whether CIFAR10 can be had without a download."""
    try:
        return cifar10.ready(folder)
    except OSError:  # told by load
        return False


@dataclass(frozen=True)
class Facts:
    """What a page needs to know of a data set before a run."""

    input_shape: tuple[int, int, int]
    """(channels, height, width)"""
    classes: tuple[str, ...]
    n_train_pool: int
    """Images outside the test split: ``train_images`` may be at most this."""
    n_test: int


def load(data: DataConfig, folder: Path) -> Dataset:
    """The data set that ``data`` names, from the data folder ``folder``.

    Prepares it where it is new or its source has changed (CIFAR10: some seconds); after that this
    takes about a millisecond, and pixels are read from disk as they are used.

    Raises DataError.
    """
    if isinstance(data, Digits):
        return digits.load()
    try:
        if isinstance(data, Cifar10):
            return prepared.open_copy(cifar10.copy(folder))
        return prepared.open_copy(own.copy(folder, data.file))
    except OSError as error:
        raise DataError(
            f"The data folder cannot be read ({error.strerror}): set PLAYGROUND_DATA to a folder "
            "that can."
        ) from None


def facts(data: DataConfig, folder: Path) -> Facts:
    """Shape, classes and counts. Cheap once the data set is prepared; raises DataError."""
    dataset = load(data, folder)
    total = len(dataset.labels)
    if dataset.test_start is None:
        n_test = math.ceil(total * data.test_fraction)  # as train_test_split rounds
    else:
        n_test = total - dataset.test_start
    return Facts(dataset.input_shape, dataset.classes, total - n_test, n_test)


def fingerprint(data: DataConfig, folder: Path) -> str:
    """The data set's SHA-256, 64 hex digits. Cheap once it is prepared; raises DataError."""
    return load(data, folder).fingerprint


def available(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The names of a person's own .npz files in the data folder, sorted; and of those that cannot
    be chosen, why."""
    try:
        found, others = own.files(folder)
    except OSError:  # told by load
        return [], {}
    if found.pop(cifar10.NPZ, None):
        others[cifar10.NPZ] = "it is the data set CIFAR10"
    return list(found), others

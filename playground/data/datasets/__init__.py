"""The data sets as NumPy arrays, with their splits.

What is known of a data set stands in its class in ``playground.config``, which names the module
that loads it: ``load(data, folder)`` gives a Dataset; ``ready(data, folder)``, which only some
have, says whether it needs no download. Nothing here imports torch, and nothing is ever unpickled.
Files are prepared once into plain .npy files and memory-mapped from there by the app and its
workers; the digits are small and stay in memory, so there is real data even if the data folder
cannot be written.
"""

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from playground.config import DATA_KINDS, DataConfig
from playground.data.datasets import own_images, published
from playground.data.datasets.dataset import DataError, Dataset
from playground.data.datasets.fetch import Downloader, Report
from playground.data.datasets.splits import Split, count_images, split

__all__ = [
    "DataError",
    "Dataset",
    "Facts",
    "Split",
    "available",
    "count_images",
    "facts",
    "fetch",
    "fingerprint",
    "load",
    "ready",
    "split",
]


@dataclass(frozen=True)
class Facts:
    """What a page needs to know of a data set before a run."""

    input_shape: tuple[int, int, int]
    """(channels, height, width)"""
    classes: tuple[str, ...]
    n_train_pool: int
    """Images outside the test split."""
    n_test: int

    def images_of(self, data: DataConfig) -> dict[str, int]:
        """Count how many images each split has: "train", "validation", "test".

        Raises DataError if there are too few images.
        """
        return count_images(data, self.n_train_pool, self.n_test)


def _loader(data: DataConfig) -> ModuleType:
    return importlib.import_module(data.loader)


def load(data: DataConfig, folder: Path) -> Dataset:
    """Open the data set that ``data`` names, from the data folder ``folder``.

    Prepares it if it is new or its source has changed (CIFAR10: some seconds); after that this
    takes about a millisecond, and pixels are read from disk as they are used.

    Raises DataError.
    """
    try:
        return _loader(data).load(data, folder)
    except OSError as error:
        raise DataError(
            f"The data folder cannot be read ({error.strerror}): set PLAYGROUND_DATA to a folder "
            "that can."
        ) from None


def ready(kind: str, folder: Path) -> bool:
    """Tell whether the data set of that kind can be had without a download."""
    data = DATA_KINDS[kind]()
    if data.download is None:
        return True
    try:
        return getattr(_loader(data), "ready", published.ready)(data, folder)
    except OSError:  # told by load
        return False


def fetch(
    kind: str,
    folder: Path,
    report: Report = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Download the data set of that kind and prepare it; if it is there, only prepare it.

    Raises DataError, also if ``stop`` became true; an unfinished file is then removed.
    """
    data = DATA_KINDS[kind]()
    if not ready(kind, folder):
        Downloader(data, report, stop).files(folder)
    load(data, folder)


def facts(data: DataConfig, folder: Path) -> Facts:
    """Give shape, classes and counts. Cheap once the data set is prepared; raises DataError."""
    dataset = load(data, folder)
    total = len(dataset.labels)
    if dataset.test_start is None:
        n_test = math.ceil(total * data.test_fraction)  # as train_test_split rounds
    else:
        n_test = total - dataset.test_start
    return Facts(dataset.input_shape, dataset.classes, total - n_test, n_test)


def fingerprint(data: DataConfig, folder: Path) -> str:
    """Give the data set's SHA-256, 64 hex digits. Cheap once it is prepared; raises DataError."""
    return load(data, folder).fingerprint


def available(folder: Path) -> tuple[list[str], dict[str, str]]:
    """List the names of a person's own .npz files in the data folder, sorted; and of those that
    cannot be chosen, why."""
    try:
        found, others = own_images.files(folder)
    except OSError:  # told by load
        return [], {}
    for data in DATA_KINDS.values():
        if data.download and found.pop(data.download.npz, None):
            others[data.download.npz] = f"it is the data set {data.short}"
    return list(found), others

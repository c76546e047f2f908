"""Which images train, which validate, which test; and training labels made wrong on purpose."""

import math
from dataclasses import dataclass

import numpy as np

from playground.config import Data, DataConfig, settings_of
from playground.data.datasets.dataset import DataError, Dataset

# Each use of the split seed has a generator of its own, so one setting does not reshuffle another.
_SUBSET, _VALIDATION, _NOISE = 1, 2, 3


@dataclass(frozen=True)
class Split:
    """Indices into a data set's images, each int64 (n,)."""

    train: np.ndarray
    validation: np.ndarray
    """Empty if none is wanted; equal to ``test`` if the test images are to be used."""
    test: np.ndarray
    train_labels: np.ndarray
    """int64, the labels of ``train``, with label noise applied."""


def split(dataset: Dataset, data: DataConfig) -> Split:
    """Split a data set as ``data`` says; the same settings always give the same split.

    Without test images of its own, the data set is divided as scikit-learn's ``train_test_split``
    divides it with ``test_size=test_fraction, random_state=split_seed``, in that order.

    Raises DataError if there are too few images.
    """
    pool, test = _apart(dataset, data)
    counts = count_images(data, len(pool), len(test))
    if data.validation_from == "chosen" and data.train_images != "all":
        pool = _drawn(pool, data.train_images, data)
    train, validation = pool, np.empty(0, np.int64)
    if data.validation == "test":
        validation = test
    elif data.validation == "end":
        train, validation = np.split(pool, [len(pool) - counts["validation"]])
    elif data.validation == "random":
        kept = np.zeros(len(pool), bool)
        order = _generator(data, _VALIDATION).permutation(len(pool))
        kept[order[: counts["validation"]]] = True
        train, validation = pool[~kept], pool[kept]
    train = _drawn(train, counts["train"], data)
    return Split(train, validation, test, _noisy(dataset, train, data))


def count_images(data: DataConfig, pool: int, test: int) -> dict[str, int]:
    """Count how many images ``split`` gives "train", "validation" and "test", of so many outside
    the test and so many in it.

    Raises DataError if there are too few images.
    """
    if data.validation_from == "chosen" and data.train_images != "all":
        _check_enough(data.train_images, pool)
        pool = data.train_images
    kept = {
        "random": max(1, round(pool * data.validation_fraction)),
        "end": pool - int(pool * (1 - data.validation_fraction)),  # as Keras' validation_split
        "test": 0,
        "none": 0,
    }[data.validation]
    train = pool - kept
    if data.validation_from == "pool" and data.train_images != "all":
        _check_enough(data.train_images, train, kept)
        train = data.train_images
    if train < 1:
        raise DataError("There are too few images to train on: use a data set with more of them.")
    return {
        "train": train,
        "validation": test if data.validation == "test" else kept,
        "test": test,
    }


def _check_enough(wanted: int, there: int, kept: int = 0) -> None:
    if wanted > there:
        least = settings_of(Data)["train_images"].low
        instead = f"choose at most {there:,}, or all" if there >= (least or 0) else "choose all"
        beside = f" beside {kept:,} for validation" if kept else ""
        raise DataError(
            f"There are only {there:,} training images{beside}, and {wanted:,} are asked for: "
            f"{instead}.",
            "data.train_images",
        )


def _generator(data: DataConfig, use: int) -> np.random.Generator:
    return np.random.default_rng([data.split_seed, use])


def _apart(dataset: Dataset, data: DataConfig) -> tuple[np.ndarray, np.ndarray]:
    """Divide the images into those outside the test split and those in it."""
    total = len(dataset.labels)
    if dataset.test_start is not None:
        pool, test = np.split(np.arange(total), [dataset.test_start])
        if not len(pool) or not len(test):
            raise DataError("The data set needs both training and test images: add some.")
        return pool, test
    kept = math.ceil(total * data.test_fraction)
    if kept >= total:
        raise DataError("There are too few images to keep some for the test: add more.")
    # What train_test_split does: importing it takes two seconds and 80 MB in every process.
    order = np.random.RandomState(data.split_seed).permutation(total)
    return order[kept:], order[:kept]


def _drawn(images: np.ndarray, count: int, data: DataConfig) -> np.ndarray:
    """Draw so many of the images at random, in their order.

    A larger number keeps the images of a smaller one and adds to them.
    """
    if count == len(images):
        return images
    return images[np.sort(_generator(data, _SUBSET).permutation(len(images))[:count])]


def _noisy(dataset: Dataset, train: np.ndarray, data: DataConfig) -> np.ndarray:
    """Replace that share of the labels of ``train`` by a random other class."""
    labels = np.array(dataset.labels[train])
    count = round(len(labels) * data.label_noise)
    if count:
        generator = _generator(data, _NOISE)
        chosen = generator.permutation(len(labels))[:count]
        steps = generator.integers(1, len(dataset.classes), size=len(labels))
        labels[chosen] = (labels[chosen] + steps[chosen]) % len(dataset.classes)
    return labels

"""A small .npz file of a person's own images, for tests."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.config import OwnImages
from playground.data import datasets
from playground.data.datasets import DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 9, 10, 3), np.uint8)
LABELS = np.arange(60) % 3


def save(folder: Path, name: str = "mine.npz", **arrays) -> OwnImages:
    content: dict[str, Any] = {"x_train": IMAGES, "y_train": LABELS} | arrays
    np.savez(folder / name, **content)
    return OwnImages(file=name)


def load(folder: Path, **arrays):
    return datasets.load(save(folder, **arrays), folder)


def refusal(folder: Path, data: OwnImages | None = None) -> str:
    """The sentence with which the file is refused; nothing may be left of an unfinished copy."""
    with pytest.raises(DataError) as raised:
        datasets.load(data or OwnImages(file="mine.npz"), folder)
    assert not [path for path in folder.glob("prepared/**/*") if path.is_file()]
    assert not list(folder.glob("prepared/*/.*"))
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence
    assert str(folder) not in sentence, "visitors need not know where it is"
    return sentence

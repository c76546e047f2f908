"""Test images with what the network made of them: its surest mistakes, and some right ones."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from playground import formats
from playground.analysis.predictions import Predictions
from playground.charts import pictures
from playground.data.datasets import Dataset
from playground.export.subject import Subject

MISTAKES, RIGHT = 12, 6
SIDE = 96
"""Pixels of a picture's longer side, at least: enlarged without smoothing, which not every PDF
viewer leaves out by itself."""


@dataclass(frozen=True)
class ClassProbability:
    """A class with its probability."""

    name: str
    share: str
    width: float
    """The probability in per cent, for a bar."""
    true: bool


@dataclass(frozen=True)
class Sample:
    """One image."""

    number: int
    source: str
    """Its picture, as a data URI."""
    true: str
    top_classes: list[ClassProbability]
    """The most probable classes, falling; the true class last if it is not among them."""

    @property
    def wrong(self) -> bool:
        """Whether the most probable class is not the true one."""
        return not self.top_classes[0].true


@dataclass(frozen=True)
class Samples:
    """What is shown of a run's test images."""

    mistakes: list[Sample]
    wrong: int
    """How many mistakes there are in all."""
    right: list[Sample]


def of(subject: Subject) -> Samples | None:
    """Return the samples of a run; None if it left no predictions."""
    test = subject.predictions("test")
    if test is None:
        return None
    wrong = np.flatnonzero(test.wrong)
    right = np.flatnonzero(~test.wrong)
    drawn = np.random.default_rng(0).permutation(right)[:RIGHT]  # the same in each report
    surest = test.ordered(wrong, "confident")[:MISTAKES]
    return Samples(
        list(_samples(subject.dataset, test, surest)),
        len(wrong),
        list(_samples(subject.dataset, test, test.ordered(drawn, "number"))),
    )


def _samples(dataset: Dataset, test: Predictions, positions: Iterable[int]) -> Iterable[Sample]:
    assert test.indices is not None
    for position in positions:
        number, true = int(test.indices[position]), int(test.labels[position])
        top = test.top_classes(position)
        if true not in dict(top):
            top.append((true, float(test.probabilities[position, true])))
        top_classes = [
            ClassProbability(
                dataset.classes[index], formats.share(share), 100 * share, index == true
            )
            for index, share in top
        ]
        yield Sample(number, _source(dataset, number), dataset.classes[true], top_classes)


def _source(dataset: Dataset, number: int) -> str:
    image = dataset.images[number]
    factor = -(-SIDE // max(image.shape[:2]))
    large = image.repeat(factor, axis=0).repeat(factor, axis=1)
    return (
        "data:image/png;base64," + base64.b64encode(pictures.png(large, dataset.max_pixel)).decode()
    )

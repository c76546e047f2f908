"""Which accuracies are no better than guessing."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import TypeVar

Key = TypeVar("Key")

ERRORS = 3
"""Standard errors above chance up to which an accuracy counts as guessed."""


def most_guessed(classes: int, images: int) -> float:
    """The highest accuracy that counts as guessed, of as many classes with as many images each.

    Chance is 1 / classes; on so many images it comes out up to three standard errors higher.
    """
    chance = 1 / classes
    return chance + ERRORS * sqrt(chance * (1 - chance) / images)


def guessing(found: Mapping[Key, Sequence[float]], classes: int, images: int) -> set[Key]:
    """Those of which no seed is better than guessing; those without a figure are left out."""
    most = most_guessed(classes, images)
    return {key for key, values in found.items() if values and max(values) <= most}

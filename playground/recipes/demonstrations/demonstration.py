"""What a demonstration is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from playground.config.lessons import Guess, Lesson, lesson_of
from playground.recipes.recipe import Finding, Recipe, Reported, Series

TRAIN, VALIDATION = Reported(None, "train"), Reported(None, "validation")
TEST = Reported(None, "test")
RIGHT = (TRAIN, VALIDATION, TEST)
"""How many images of each split are right at the end."""
LOSS = Reported(None, "validation", "loss")
LOWEST_LOSS = Reported(None, "validation", "loss", taken="best")

Drawn = Literal["validation accuracy", "train accuracy as it trained"]
"""Which curve of each setting is drawn, by Reported.key."""


@dataclass(frozen=True)
class Demonstration:
    """An experiment of some seconds that shows one thing: a question, a guess, and what comes
    out."""

    title: str
    guess: Guess
    """The question, the answers, and the right one."""
    watch: str
    """What to watch as it trains, in a sentence or two."""
    why: str
    """Why it comes out so, in a sentence or two; the figures are told beside it."""
    task: str
    """What a class is to do in a lesson of it."""
    recipes: Mapping[str, Recipe]
    """Its settings by the names of their recipes; a lesson begins with the first. A title is
    ``Learning rate: 0.3``, and what comes after the colon tells it from the others."""
    findings: tuple[Finding, ...]
    """What its runs are to show, on the mean over seeds."""
    opens: tuple[str, ...]
    """The dotted paths of the one or two settings that it is about, which a lesson opens."""
    drawn: Drawn = "validation accuracy"
    """The curve of each of several settings; of one alone, training and validation are drawn."""
    seeds: int = 1
    """How many seeds of each setting stand side by side."""

    @property
    def series(self) -> Series:
        """Its recipes and what they are to show, as an article's."""
        return Series(self.title, self.guess.question, tuple(self.recipes), findings=self.findings)

    def lesson(self) -> Lesson:
        """Make the lesson of it."""
        first = next(iter(self.recipes.values()))
        return lesson_of(
            title=self.title, question=self.task, start=first.config, open=self.opens,
            guess=self.guess,
        )  # fmt: skip


def called(recipe: Recipe) -> str:
    """Name a setting among those of its demonstration: what its title has after the colon."""
    return recipe.title.partition(": ")[2] or recipe.title

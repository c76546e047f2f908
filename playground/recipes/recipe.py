"""What a recipe and an article are made of."""

from dataclasses import dataclass
from typing import Literal

from playground.config import RunConfig
from playground.sweeps import Axis, Sweep

Scale = Literal["full", "quick"]
View = Literal[
    "features",
    "classes",
    "sizes",
    "free choices",
    "curves",
    "limit",
    "memory",
    "first digits",
    "losses",
    "samples",
    "rates",
]
"""What is drawn beside a series: each is a function of the same name in ui/articles/views."""


@dataclass(frozen=True)
class Reported:
    """A figure that an article reports of a run.

    Accuracies are shares from 0 to 1, losses mean cross-entropies (nats per image); "epochs" is
    when the run ended.
    """

    value: float
    split: Literal["train", "validation", "test"] = "test"
    quantity: Literal["accuracy", "loss", "epochs"] = "accuracy"
    of_class: str = ""
    """The class whose accuracy (recall) it is; empty for all images."""
    as_trained: bool = False
    """Whether it is the mean over the last epoch's batches, taken before each step with dropout on,
    as Keras prints it; else it is measured at the end with dropout off."""

    @property
    def key(self) -> str:
        """Names the figure among those of one run, such as ``test accuracy`` or ``epochs``."""
        if self.quantity == "epochs":
            return "epochs"
        words = [self.split, self.quantity]
        words += [f"of {self.of_class}"] if self.of_class else []
        words += ["as it trained"] if self.as_trained else []
        return " ".join(words)


@dataclass(frozen=True)
class Recipe:
    """A config by name, as an article has it, with what the article reports of it."""

    title: str
    about: str
    """One sentence: what it is, and where it comes from."""
    config: RunConfig
    quick: RunConfig | None = None
    """The same network on fewer images for fewer epochs, under a minute on two CPU cores; None
    where the recipe itself takes no longer."""
    reported: tuple[Reported, ...] = ()
    axes: tuple[Axis, ...] = ()
    """Where the recipe is a family: the fields that vary, and their values."""
    note: str = ""
    """What is to be known of our figures: why they differ from what was reported, where we know."""

    def at(self, scale: Scale) -> RunConfig:
        """The config at a scale: as reported, or quick where there is such a one."""
        return self.quick if scale == "quick" and self.quick else self.config

    def scales(self) -> tuple[Scale, ...]:
        """The scales it comes in."""
        return ("full", "quick") if self.quick else ("full",)

    def sweep(self, scale: Scale, seeds: tuple[int, ...] = (0,)) -> Sweep:
        """The recipe as a sweep: one run a seed, or its whole family."""
        return Sweep(base=self.at(scale), axes=self.axes, seeds=seeds)


@dataclass(frozen=True)
class Series:
    """Recipes of an article that are told together, as one of its tables."""

    title: str
    text: str
    """What the article concludes from it, in a sentence or two."""
    recipes: tuple[str, ...]
    axis: Axis | None = None
    """The one field in which they differ, a value for each recipe in their order."""
    views: tuple[View, ...] = ()
    """The figures that are drawn with it, in this order."""


@dataclass(frozen=True)
class Article:
    """One of the articles the playground grew out of."""

    title: str
    source: str
    claim: str
    how: str
    """How our recipes follow it, and where they had to choose."""
    series: tuple[Series, ...]

    @property
    def recipes(self) -> tuple[str, ...]:
        """The names of all its recipes, once each, in order."""
        return tuple(dict.fromkeys(name for series in self.series for name in series.recipes))

"""What a recipe and an article are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from playground.config import RunConfig, with_settings
from playground.config.sweeps import Axis, Sweep

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


Taken = Literal["at the end", "as it trained", "of the last batch", "best", "over all epochs"]
"""How a figure of a run is taken: at its end with dropout off; the mean over the last epoch's
batches, each before its step with dropout on, as Keras prints it; of the last epoch's last batch
alone, in the same way, as PyTorch Lightning 0.7 prints it; the best of all epochs; the mean of all
epochs, which says how fast it learns."""


@dataclass(frozen=True)
class Reported:
    """A figure of a run that an article reports.

    Accuracies are shares from 0 to 1, losses mean cross-entropies (nats per image); "epochs" is
    how many were trained.
    """

    value: float | None
    """None if the article has none and ours stands beside what it does report."""
    split: Literal["train", "validation", "test"] = "test"
    quantity: Literal["accuracy", "loss", "epochs"] = "accuracy"
    of_class: str = ""
    """The class whose accuracy (recall) it is; empty for all images."""
    taken: Taken = "at the end"
    with_penalty: bool = False
    """Whether the L1 and L2 penalties are in a loss, as Keras has them."""

    @property
    def key(self) -> str:
        """Names the figure among those of one run, such as ``test accuracy`` or ``epochs``."""
        if self.quantity == "epochs":
            return "epochs"
        words = ["best"] if self.taken == "best" else []
        words += [self.split, self.quantity]
        words += [f"of {self.of_class}"] if self.of_class else []
        words += [self.taken] if self.taken not in ("at the end", "best") else []
        words += ["with penalties"] if self.with_penalty else []
        return " ".join(words)


DEFAULT_REPORTED = (Reported(None, "train"), Reported(None, "validation"), Reported(None, "test"))
"""The figures of a recipe of which nothing was reported."""


@dataclass(frozen=True)
class Recipe:
    """A config by name, as an article has it, with what the article reports of it."""

    title: str
    about: str
    """One sentence: what it is, and where it comes from."""
    config: RunConfig
    quick: RunConfig | None = None
    """What shows the same within a minute on two CPU cores: mostly the same on fewer images, in
    smaller batches and with narrower layers. None if the recipe itself takes no longer, or if
    nothing so short shows it."""
    reported: tuple[Reported, ...] = DEFAULT_REPORTED
    """The article's figures, and those of ours that stand beside them."""
    axes: tuple[Axis, ...] = ()
    """If the recipe is a grid: the fields that vary, and their values."""
    note: str = ""
    """What is to be known of our figures: why they differ from what was reported, if we know."""

    def at(self, scale: Scale) -> RunConfig:
        """Return the config at a scale: as reported, or quick if there is such a one."""
        return self.quick if scale == "quick" and self.quick else self.config

    def scales(self) -> tuple[Scale, ...]:
        """Return the scales it comes in."""
        return ("full", "quick") if self.quick else ("full",)

    def sweep(self, scale: Scale, seeds: tuple[int, ...] = (0,)) -> Sweep:
        """Return the recipe as a sweep: one run a seed, or its whole grid."""
        return Sweep(base=self.at(scale), axes=self.axes, seeds=seeds)


def with_validation_apart(config: RunConfig) -> RunConfig:
    """Return a quick form's config in which its few images all train, and 1,000 others of CIFAR10
    validate: a share of so few could tell little apart."""
    apart = {"data.validation_from": "pool", "data.validation_fraction": "0.02"}
    changed, problems = with_settings(apart, config)
    assert not problems
    return changed


class MeanLookup(Protocol):
    """Looks up a mean over the seeds of a recipe, by its name and a figure's key."""

    def __call__(
        self, recipe: str, key: str, where: Callable[[tuple[str, ...]], bool] = ...
    ) -> float:
        """Give the mean; of a grid also over its members whose values are as ``where`` says.

        Raises LookupError if that was not measured.
        """


@dataclass(frozen=True)
class Finding:
    """What a series shows, as a statement that figures bear out or do not."""

    text: str
    """One sentence."""
    holds: Callable[[MeanLookup], bool]
    quick: bool = True
    """Whether quick forms are to show it as well."""


@dataclass(frozen=True)
class Series:
    """Recipes of an article that belong together, as one of its tables."""

    title: str
    text: str
    """What the article concludes from it, in a sentence or two."""
    recipes: tuple[str, ...]
    axis: Axis | None = None
    """The one field in which they differ, a value for each recipe in their order."""
    views: tuple[View, ...] = ()
    """The figures that are drawn with it, in this order."""
    findings: tuple[Finding, ...] = ()
    """What it is to show: every quick form does (tests hold it against what was measured)."""


@dataclass(frozen=True)
class Article:
    """One of the articles the playground grew out of."""

    title: str
    source: str
    claim: str
    how: str
    """How our recipes follow it, and where they had to choose."""
    series: tuple[Series, ...]
    ideas: tuple[str, ...]
    """What it explains, by the titles of the page Ideas."""

    @property
    def recipes(self) -> tuple[str, ...]:
        """The names of all its recipes, once each, in order."""
        return tuple(dict.fromkeys(name for series in self.series for name in series.recipes))

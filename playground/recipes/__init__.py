"""Recipes: named RunConfigs with their source and the figures it reported, article by article.

Each article has a file of its own, and so have the recipes that come from elsewhere and each
demonstration. What we measured of the articles' and the demonstrations' stands in
``measured.json``, written by ``python -m playground reproduce``.
"""

from playground.config import CNN, Adam, Cifar10, Run, RunConfig, beginning
from playground.config.sweeps import Axis
from playground.recipes import cures, demonstrations, digits, fast, pyramid, size, tutorial
from playground.recipes.demonstrations import DEMONSTRATIONS, Demonstration
from playground.recipes.recipe import Article, Finding, Recipe, Reported, Scale, Series, View

ARTICLES: dict[str, Article] = {
    "tutorial": tutorial.ARTICLE,
    "size": size.ARTICLE,
    "pyramid": pyramid.ARTICLE,
    "digits": digits.ARTICLE,
    "cures": cures.ARTICLE,
}
RECIPES: dict[str, Recipe] = {
    "cifar10-cnn": Recipe(
        "CIFAR10: a convolutional network",
        "Three 3×3 convolutions of 32, 64 and 128 channels, each with pooling, then 128 dense "
        "units; a first try of our own.",
        RunConfig(
            data=Cifar10(validation_fraction=0.1, validation_from="chosen"),
            architecture=CNN(),
            optimizer=Adam(learning_rate=0.001),
            run=Run(epochs=10, batch_size=128),
        ),
    ),
    "cifar10-minute": Recipe(
        "CIFAR10: what it begins with",
        "A first run of CIFAR10 within a minute: a whitened first layer, then four 3×3 "
        "convolutions with batch norm, each block behind a pooling, trained three times over "
        "30,000 images.",
        beginning("cifar10"),
        note="Test accuracy of three seeds on two cores of an AMD EPYC (AVX2), on JPEG copies of "
        "the images: 72.3 % (72.2 to 72.3), after 44 to 49 s, 37 to 40 of them of training.",
    ),
    **fast.RECIPES,
    **tutorial.RECIPES,
    **size.RECIPES,
    **pyramid.RECIPES,
    **digits.RECIPES,
    **cures.RECIPES,
    **demonstrations.RECIPES,
}


def recipes_with_curves() -> set[str]:
    """Return the recipes of which a view, or the card of a demonstration, draws curves."""
    views = {"curves", "limit", "losses"}
    every = (series for article in ARTICLES.values() for series in article.series)
    found = {name for series in every if views & {*series.views} for name in series.recipes}
    return found | set(demonstrations.RECIPES)


TITLES: dict[tuple[str, tuple[Axis, ...]], str] = {
    (recipe.at(scale).family, recipe.axes): recipe.title + (", quick" if scale == "quick" else "")
    for name, recipe in RECIPES.items()
    for scale in recipe.scales()
    if name not in demonstrations.RECIPES  # their names tell what comes out
}
"""What a config's family, swept over these axes, is called if it is a recipe of an article, or
another whose name gives nothing away."""

__all__ = [
    "ARTICLES",
    "DEMONSTRATIONS",
    "RECIPES",
    "TITLES",
    "Article",
    "Demonstration",
    "Finding",
    "Recipe",
    "Reported",
    "Scale",
    "Series",
    "View",
    "recipes_with_curves",
]

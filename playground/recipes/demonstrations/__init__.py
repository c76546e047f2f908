"""Demonstrations: experiments of some seconds, each with a question and what comes out.

Each has a file of its own. Their runs are recipes, and what was measured of them stands with that
of the articles' in ``measured.json``.
"""

from playground.recipes.demonstrations import (
    batch_norm,
    chance,
    dense_or_cnn,
    dropout,
    early_stopping,
    learning_rate,
    more_data,
    no_activation,
    overfitting,
    random_labels,
)
from playground.recipes.demonstrations.demonstration import Demonstration, called
from playground.recipes.recipe import Recipe

DEMONSTRATIONS: dict[str, Demonstration] = {
    "overfitting": overfitting.DEMONSTRATION,
    "learning-rate": learning_rate.DEMONSTRATION,
    "dropout": dropout.DEMONSTRATION,
    "batch-norm": batch_norm.DEMONSTRATION,
    "random-labels": random_labels.DEMONSTRATION,
    "no-activation": no_activation.DEMONSTRATION,
    "more-data": more_data.DEMONSTRATION,
    "early-stopping": early_stopping.DEMONSTRATION,
    "chance": chance.DEMONSTRATION,
    "dense-or-cnn": dense_or_cnn.DEMONSTRATION,
}
"""By the name that addresses have, in the order of the page."""
RECIPES: dict[str, Recipe] = {
    name: recipe
    for demonstration in DEMONSTRATIONS.values()
    for name, recipe in demonstration.recipes.items()
}

__all__ = ["DEMONSTRATIONS", "RECIPES", "Demonstration", "called"]

"""Overfitting: all training images right, and half of the others wrong."""

from playground.config import MLP, Adam, Run, RunConfig, ShiftedDigits
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import (
    LOSS,
    LOWEST_LOSS,
    RIGHT,
    Demonstration,
)
from playground.recipes.recipe import Finding, Recipe

_NAME = "demo-overfitting"

DEMONSTRATION = Demonstration(
    title="Overfitting",
    guess=Guess(
        question="A network gets every training image right. How many new images does it get "
        "right?",
        choices=("All of them too", "About nine in ten", "About half", "One in ten, as by chance"),
        right="About half",
    ),
    watch="The two curves part: training goes on to 100 %, validation stays behind, and its loss "
    "turns and rises.",
    why="It learned these images by heart: with so few of them, that is easier than learning what "
    "makes a 3 a 3, wherever it stands.",
    task="Find layers and a number of epochs with which validation ends as high as you can get it. "
    "At which epoch does the validation loss turn?",
    recipes={
        _NAME: Recipe(
            "Overfitting: 64 units",
            "A dense layer of 64 units on digits that stand anywhere in the picture: it learns its "
            "training images by heart.",
            RunConfig(
                data=ShiftedDigits(),
                architecture=MLP(hidden=(64,)),
                optimizer=Adam(learning_rate=0.003),
                run=Run(epochs=60),
            ),
            reported=(*RIGHT, LOSS, LOWEST_LOSS),
        )
    },
    findings=(
        Finding(
            "Over 99 % of the training images are right in the end, and under 60 % of those it "
            "never saw.",
            lambda of: (
                of(_NAME, "train accuracy") > 0.99 and of(_NAME, "validation accuracy") < 0.6
            ),
        ),
        Finding(
            "The validation loss ends at least 0.3 above its lowest.",
            lambda of: of(_NAME, LOSS.key) > of(_NAME, LOWEST_LOSS.key) + 0.3,
        ),
    ),
    opens=("architecture.hidden", "run.epochs"),
)

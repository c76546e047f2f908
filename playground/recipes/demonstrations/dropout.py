"""Dropout as a cure against overfitting."""

from playground.config import CNN, Adam, ConvBlock, Run, RunConfig, ShiftedDigits
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import LOSS, RIGHT, Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(dropout: float, word: str) -> Recipe:
    return Recipe(
        f"Dropout: {word}",
        f"A small CNN on the shifted digits, {word}.",
        RunConfig(
            data=ShiftedDigits(),
            architecture=CNN(
                blocks=(ConvBlock(channels=(8,)), ConvBlock(channels=(16,))),
                hidden=(64,),
                dropout=dropout,
                dropout_at="before_dense",
            ),
            optimizer=Adam(learning_rate=0.003),
            run=Run(epochs=30),
        ),
        reported=(*RIGHT, LOSS),
    )


_OFF, _ON = "demo-dropout-off", "demo-dropout-on"

DEMONSTRATION = Demonstration(
    title="Dropout",
    guess=Guess(
        question="Dropout switches off half of the units at random in every step. What does that "
        "do to a network that overfits?",
        choices=(
            "It gets fewer new images right",
            "It gets more new images right",
            "Nothing: the units come back",
        ),
        right="It gets more new images right",
    ),
    watch="With dropout the training curve climbs more slowly, and the validation curve ends "
    "higher.",
    why="A unit that may be missing cannot be relied on alone, so the network spreads what it "
    "knows and memorises less.",
    task="Find the share of dropout with which validation ends highest. What happens at 0.9?",
    recipes={_OFF: _recipe(0.0, "without dropout"), _ON: _recipe(0.5, "with dropout 0.5")},
    findings=(
        Finding(
            "With dropout at least 2 points more of the validation images are right.",
            lambda of: of(_ON, "validation accuracy") >= of(_OFF, "validation accuracy") + 0.02,
        ),
        Finding(
            "With dropout the validation loss ends lower, by a quarter at least.",
            lambda of: of(_ON, LOSS.key) < 0.75 * of(_OFF, LOSS.key),
        ),
    ),
    opens=("architecture.dropout",),
)

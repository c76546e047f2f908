"""A dense network and a CNN on digits that stand anywhere."""

from playground.config import CNN, MLP, Adam, ConvBlock, Run, RunConfig, ShiftedDigits
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(word: str, network: MLP | CNN) -> Recipe:
    return Recipe(
        f"Shifted digits: {word}",
        f"Digits that stand anywhere in the picture, read by {word}.",
        RunConfig(
            data=ShiftedDigits(),
            architecture=network,
            optimizer=Adam(learning_rate=0.003),
            run=Run(epochs=20),
        ),
    )


_DENSE, _CNN = "demo-shifted-dense", "demo-shifted-cnn"
_RIGHT = "validation accuracy"

DEMONSTRATION = Demonstration(
    title="Dense network or CNN?",
    guess=Guess(
        question="Digits stand anywhere in the picture. Which network reads new ones better, if "
        "the dense one has more weights?",
        choices=("The dense network", "The CNN", "Both alike"),
        right="The CNN",
    ),
    watch="Both get nearly all training images right; on validation the CNN leaves the dense "
    "network far behind.",
    why="A convolution looks for the same strokes everywhere in the picture. A dense layer has to "
    "learn each place anew, and for most places it has seen too few digits.",
    task="Can you find a dense network that comes near the CNN? Try other layers, then a CNN.",
    recipes={
        _DENSE: _recipe("a dense network", MLP(hidden=(128,))),
        _CNN: _recipe(
            "a CNN",
            CNN(
                blocks=(ConvBlock(channels=(16,)), ConvBlock(channels=(32,))),
                hidden=(32,),
            ),
        ),
    },
    findings=(
        Finding(
            "Both get over 95 % of their training images right.",
            lambda of: min(of(_DENSE, "train accuracy"), of(_CNN, "train accuracy")) > 0.95,
        ),
        Finding(
            "The CNN gets at least 25 points more of the validation images right.",
            lambda of: of(_CNN, _RIGHT) > of(_DENSE, _RIGHT) + 0.25,
        ),
    ),
    opens=("architecture.kind", "architecture.hidden"),
)

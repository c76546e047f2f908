"""Batch norm lets the learning rate rise."""

from playground.config import MLP, SGD, Digits, Run, RunConfig
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(rate: float, norm: bool) -> Recipe:
    word = "with" if norm else "without"
    return Recipe(
        f"Batch norm: rate {rate:g}, {word} it",
        f"Three hidden layers on the digits {word} batch norm, with plain SGD at {rate:g}.",
        RunConfig(
            data=Digits(),
            architecture=MLP(hidden=(32, 32, 32), batch_norm=norm),
            optimizer=SGD(learning_rate=rate),
            run=Run(epochs=30),
        ),
    )


_OFF, _ON = "demo-norm-off", "demo-norm-on"
_FAST_OFF, _FAST_ON = "demo-norm-off-fast", "demo-norm-on-fast"
_RIGHT = "validation accuracy"

DEMONSTRATION = Demonstration(
    title="Batch norm",
    guess=Guess(
        question="This network learns at a rate of 0.05. At 1, twenty times as high, what does "
        "batch norm change?",
        choices=(
            "Nothing: at 1 it fails either way",
            "It learns with batch norm, and fails without",
            "It learns without batch norm, and fails with it",
        ),
        right="It learns with batch norm, and fails without",
    ),
    watch="The runs at rate 1: with batch norm the curve climbs within two epochs, without it "
    "stays near 10 %, which is guessing.",
    why="Batch norm brings each unit's values back to mean 0 and standard deviation 1 in every "
    "step, so a long step cannot blow them up.",
    task="Find the highest learning rate that works without batch norm, and the highest with it.",
    recipes={
        _FAST_OFF: _recipe(1, norm=False),
        _FAST_ON: _recipe(1, norm=True),
        _OFF: _recipe(0.05, norm=False),
        _ON: _recipe(0.05, norm=True),
    },
    findings=(
        Finding(
            "At 0.05 both learn: over 80 % of the validation images are right.",
            lambda of: min(of(_OFF, _RIGHT), of(_ON, _RIGHT)) > 0.8,
        ),
        Finding(
            "At 1 the network with batch norm has over 90 % right, the one without under 30 %.",
            lambda of: of(_FAST_ON, _RIGHT) > 0.9 and of(_FAST_OFF, _RIGHT) < 0.3,
        ),
    ),
    opens=("architecture.batch_norm", "optimizer.learning_rate"),
)

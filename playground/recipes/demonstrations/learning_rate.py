"""The learning rate: too low, right, too high."""

from playground.config import MLP, SGD, Digits, Run, RunConfig
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(rate: float, word: str) -> Recipe:
    return Recipe(
        f"Learning rate: {rate:g}, {word}",
        f"A small network on the digits with plain SGD at {rate:g}, which is {word}.",
        RunConfig(
            data=Digits(),
            architecture=MLP(hidden=(32, 16)),
            optimizer=SGD(learning_rate=rate),
            run=Run(epochs=30),
        ),
    )


_LOW, _GOOD, _HIGH = "demo-rate-low", "demo-rate-good", "demo-rate-high"
_RIGHT = "validation accuracy"

DEMONSTRATION = Demonstration(
    title="The learning rate",
    guess=Guess(
        question="The learning rate says how far each step goes. What does a rate ten times too "
        "high do?",
        choices=(
            "It learns faster, and less exactly",
            "It learns nothing",
            "It memorises its images",
        ),
        right="It learns nothing",
    ),
    watch="At the low rate the curves hardly move, at the right one they take off at once, at the "
    "high one they jump about near guessing.",
    why="A step that is too short gets nowhere in 30 epochs; one that is too long jumps over the "
    "valley, and lands where the network guesses.",
    task="Find the highest learning rate with which this network still learns, and the lowest.",
    recipes={
        _LOW: _recipe(0.001, "too low"),
        _GOOD: _recipe(0.3, "right"),
        _HIGH: _recipe(3, "too high"),
    },
    findings=(
        Finding(
            "The right rate gets over 90 % of the validation images right.",
            lambda of: of(_GOOD, _RIGHT) > 0.9,
        ),
        Finding(
            "A rate far too low and one far too high both end near guessing, under 20 %.",
            lambda of: max(of(_LOW, _RIGHT), of(_HIGH, _RIGHT)) < 0.2,
        ),
    ),
    opens=("optimizer.learning_rate",),
)

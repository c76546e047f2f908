"""A deep network without activation is one linear map."""

from playground.config import MLP, Adam, Run, RunConfig, ShiftedDigits
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(word: str, network: MLP) -> Recipe:
    return Recipe(
        f"Without activation: {word}",
        f"A network on the shifted digits: {word}.",
        RunConfig(
            data=ShiftedDigits(),
            architecture=network,
            optimizer=Adam(learning_rate=0.001),
            run=Run(epochs=40),
        ),
    )


_FLAT, _LINEAR, _RELU = "demo-linear-flat", "demo-linear-deep", "demo-linear-relu"
_RIGHT = "validation accuracy"
_DEEP = (64, 64, 64, 64)

DEMONSTRATION = Demonstration(
    title="Without activation",
    guess=Guess(
        question="Four hidden layers, but no activation between them. How many more new images do "
        "they get right than no hidden layer at all?",
        choices=("Many more: depth is what counts", "A few more", "No more"),
        right="No more",
    ),
    watch="The validation curves of both networks without activation lie together near the "
    "bottom; the one with ReLU climbs away from them.",
    why="A linear map of a linear map is a linear map again: without a bend between them, four "
    "layers can express no more than one. They only get there faster, so more of their training "
    "images are right by then.",
    task="Try other activations, and fewer layers. Which is the smallest network that beats four "
    "layers without activation?",
    recipes={
        _LINEAR: _recipe("four layers, none", MLP(hidden=_DEEP, activation="none")),
        _FLAT: _recipe("no hidden layer", MLP(hidden=())),
        _RELU: _recipe("four layers, ReLU", MLP(hidden=_DEEP)),
    },
    findings=(
        Finding(
            "Four layers without activation are at most 3 points better than none at all.",
            lambda of: of(_LINEAR, _RIGHT) < of(_FLAT, _RIGHT) + 0.03,
        ),
        Finding(
            "The same four layers with ReLU are at least 20 points better.",
            lambda of: of(_RELU, _RIGHT) > of(_LINEAR, _RIGHT) + 0.2,
        ),
    ),
    opens=("architecture.activation", "architecture.hidden"),
)

"""More data is the best cure."""

from playground.config import MLP, Adam, Digits, Run, RunConfig
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import LOSS, RIGHT, Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(images: int) -> Recipe:
    return Recipe(
        f"More data: {images:,} images",
        f"A network on {images:,} of the digits; the same others validate.",
        RunConfig(
            data=Digits(train_images=images),
            architecture=MLP(hidden=(64,)),
            optimizer=Adam(learning_rate=0.003),
            run=Run(epochs=40),
        ),
        reported=(*RIGHT, LOSS),
    )


_FEW, _SOME, _MANY = "demo-data-50", "demo-data-200", "demo-data-1000"
_RIGHT = "validation accuracy"

DEMONSTRATION = Demonstration(
    title="More data",
    guess=Guess(
        question="With 50 training images one new digit in five is read wrong. With 1,000?",
        choices=(
            "Still one in five: the network is the same",
            "About one in ten",
            "About one in twenty",
        ),
        right="About one in twenty",
    ),
    watch="All three get every training image right, or nearly. The gap down to validation closes "
    "as the images become more.",
    why="More images leave fewer ways to be right on all of them by heart, so what fits them fits "
    "new ones too.",
    task="How many training images does it take to get 90 % of the validation images right? And "
    "95 %?",
    recipes={_FEW: _recipe(50), _SOME: _recipe(200), _MANY: _recipe(1000)},
    findings=(
        Finding(
            "All get over 98 % of their training images right.",
            lambda of: min(of(name, "train accuracy") for name in (_FEW, _SOME, _MANY)) > 0.98,
        ),
        Finding(
            "Each step to more images brings at least 3 points on the validation images.",
            lambda of: (
                of(_SOME, _RIGHT) > of(_FEW, _RIGHT) + 0.03
                and of(_MANY, _RIGHT) > of(_SOME, _RIGHT) + 0.03
            ),
        ),
    ),
    opens=("data.train_images",),
)

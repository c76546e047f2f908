"""Labels at random are memorised too."""

from playground.config import MLP, Adam, Digits, Run, RunConfig
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(noise: float, word: str) -> Recipe:
    return Recipe(
        f"Labels: {word}",
        f"A wide network on the digits, with {word} to learn from.",
        RunConfig(
            data=Digits(label_noise=noise),
            architecture=MLP(hidden=(256,)),
            optimizer=Adam(learning_rate=0.003),
            run=Run(epochs=150),
        ),
    )


_TRUE, _RANDOM = "demo-labels-true", "demo-labels-random"

DEMONSTRATION = Demonstration(
    title="Labels at random",
    guess=Guess(
        question="Every training image is given a label by lot. How many of these can a network "
        "learn?",
        choices=("About one in ten", "About half", "Nearly all of them"),
        right="Nearly all of them",
    ),
    watch="The training curve climbs slowly and in the end nearly reaches the top, while "
    "validation stays at guessing, one in ten.",
    why="There is nothing to understand, so it can only learn by heart, and it has weights enough "
    "for that. All right in training says nothing of new images.",
    task="How wide must the layer be to learn all these labels by heart? What share of them must "
    "be right for validation to rise above 50 %?",
    recipes={
        # Nine in ten labels become another one of ten: so each label is as likely as any other.
        _RANDOM: _recipe(0.9, "labels by lot"),
        _TRUE: _recipe(0.0, "true labels"),
    },
    findings=(
        Finding(
            "Over 95 % of the labels by lot are learned.",
            lambda of: of(_RANDOM, "train accuracy") > 0.95,
        ),
        Finding(
            "After that under 20 % of the validation images are right; with true labels over 90 %.",
            lambda of: (
                of(_RANDOM, "validation accuracy") < 0.2 and of(_TRUE, "validation accuracy") > 0.9
            ),
        ),
    ),
    opens=("architecture.hidden", "data.label_noise"),
    drawn="train accuracy as it trained",
)

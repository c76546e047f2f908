"""Is this difference real? Two settings that seeds cannot tell apart."""

from playground.config import MLP, Adam, Digits, Run, RunConfig
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import TEST, Demonstration
from playground.recipes.recipe import Finding, Recipe


def _recipe(units: int) -> Recipe:
    return Recipe(
        f"Real or chance: {units} units",
        f"A small network on the digits with {units} units in its second layer.",
        RunConfig(
            data=Digits(),
            architecture=MLP(hidden=(32, units)),
            optimizer=Adam(learning_rate=0.001),
            run=Run(epochs=40),
        ),
    )


_A, _B = "demo-chance-a", "demo-chance-b"

DEMONSTRATION = Demonstration(
    title="Is this difference real?",
    guess=Guess(
        question="One run of each of two networks: the second reads more of the test digits. Is it "
        "better?",
        choices=("Yes: it was measured", "One run of each cannot say", "No: it is worse"),
        right="One run of each cannot say",
    ),
    watch="Five seeds of each: the same network comes out a point or two apart, by the weights "
    "that it begins with alone.",
    why="Another seed is another draw, and the draws of one network lie as far apart as those of "
    "two. Only the means of several seeds, beside how far the seeds lie apart, can tell.",
    task="Change the second layer by a few units and train. Then change only the seed. Which of "
    "the two changes the figure more?",
    recipes={_A: _recipe(16), _B: _recipe(20)},
    findings=(
        Finding(
            "The means over the seeds lie within one point of each other.",
            lambda of: abs(of(_A, TEST.key) - of(_B, TEST.key)) < 0.01,
        ),
    ),
    opens=("architecture.hidden", "run.seed"),
    seeds=5,
)

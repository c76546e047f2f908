"""Early stopping: leave off before the mistakes are learned."""

from playground.config import MLP, Adam, Digits, EarlyStopping, Regularization, Run, RunConfig
from playground.config.lessons import Guess
from playground.recipes.demonstrations.demonstration import RIGHT, Demonstration
from playground.recipes.recipe import Finding, Recipe, Reported

_EPOCHS = Reported(None, quantity="epochs")


def _recipe(word: str, stopping: EarlyStopping) -> Recipe:
    return Recipe(
        f"Early stopping: {word}",
        f"A network on digits of which three in ten training labels are wrong: {word}.",
        RunConfig(
            data=Digits(label_noise=0.3),
            architecture=MLP(hidden=(128,)),
            optimizer=Adam(learning_rate=0.003),
            run=Run(epochs=60),
            regularization=Regularization(early_stopping=stopping),
        ),
        reported=(*RIGHT, _EPOCHS),
    )


_OFF, _ON = "demo-stopping-off", "demo-stopping-on"

DEMONSTRATION = Demonstration(
    title="Early stopping",
    guess=Guess(
        question="Three in ten training labels are wrong. When does the network read new digits "
        "best?",
        choices=("At the end, after 60 epochs", "Somewhere in between", "After the first epoch"),
        right="Somewhere in between",
    ),
    watch="Validation climbs to over 90 %, stays there for a while, and then falls as the network "
    "learns the wrong labels too.",
    why="What most images agree on is learned first, single mistakes later. Early stopping ends "
    "the run when the validation loss has not fallen for five epochs, and keeps the best weights.",
    task="Find the epoch after which validation falls. Which early stopping ends there by itself?",
    recipes={
        _OFF: _recipe("all 60 epochs", EarlyStopping()),
        _ON: _recipe("stopped early", EarlyStopping(watch="validation_loss", patience=5)),
    },
    findings=(
        Finding(
            "Stopped early, at least 4 points more of the validation images are right.",
            lambda of: of(_ON, "validation accuracy") > of(_OFF, "validation accuracy") + 0.04,
        ),
        Finding(
            "It stops after 50 of the 60 epochs at the latest.",
            lambda of: of(_ON, "epochs") < 50,
        ),
    ),
    opens=("regularization.early_stopping.watch", "run.epochs"),
)

"""Article D: a perceptron on the digits under different rates, widths, depths and optimizers."""

from collections.abc import Sequence

from playground.config import MLP, SGD, Digits, Run, RunConfig
from playground.recipes.recipe import Article, Recipe, Reported, Series
from playground.sweeps import Axis, Sweep

BASE = "digits-mlp"
_CONFIG = RunConfig(
    data=Digits(test_fraction=0.25, split_seed=42, scaling="raw", validation="test"),
    architecture=MLP(hidden=(32, 16), initialization="xavier_uniform", bias=0.01),
    optimizer=SGD(learning_rate=0.01),
    run=Run(epochs=1001, batch_size="full"),
)
RECIPES = {
    BASE: Recipe(
        "Digits: a perceptron",
        "The digits article's 64-32-16-10 network, full batch, 1,001 epochs; like the article it "
        "watches the test images as it trains.",
        _CONFIG,
        reported=(Reported(0.947),),
    )
}

_DEAD = (
    "Two of our ten seeds end at 8.2 %: they give every image the same answer, as a network does "
    "whose ReLUs put out zero for all images."
)
_NOTES = {
    "digits-rate-0.001": "After 1,001 such small steps it is still learning, and how far it has "
    "come depends on the seed.",
    "digits-rate-0.1": _DEAD,
    "digits-rmsprop": _DEAD,
    "digits-width-16-10": "One of our ten seeds ends at 28 %, and never names three of the ten "
    "digits.",
}


def _series(
    title: str, text: str, path: str, rows: Sequence[tuple[str, str, str, float]]
) -> Series:
    """One table of the article: (recipe, what is told of it, value, reported accuracy in %).

    Its recipes are entered into RECIPES; the base, which is in every table, is there already.
    """
    axis = Axis(path=path, values=[value for *_, value, _ in rows])
    members = Sweep(base=_CONFIG, axes=(axis,)).members()
    for (name, words, _, percent), member in zip(rows, members, strict=True):
        if name == BASE:
            continue
        RECIPES[name] = Recipe(
            f"Digits: {words}",
            f"The digits perceptron with {words}; it watches the test images as it trains.",
            member.config,
            reported=(Reported(percent / 100),),
            note=_NOTES.get(name, ""),
        )
    return Series(title, text, tuple(name for name, *_ in rows), axis)


def _base_or(name: str, value: str, base: str) -> str:
    return BASE if value == base else name


_SERIES = (
    _series(
        "Learning rate",
        "Too small learns slowly; from 0.005 on all are close, and the largest did best.",
        "optimizer.learning_rate",
        [
            (_base_or(f"digits-rate-{v}", v, "0.01"), f"learning rate {v}", v, percent)
            for v, percent in zip(
                ("0.001", "0.005", "0.01", "0.05", "0.1"),
                (86.5, 95.3, 94.7, 93.8, 96.9),
                strict=True,
            )
        ],
    ),
    _series(
        "Share kept for the test",
        "The more images train, the better; the figures jump about as the test grows smaller.",
        "data.test_fraction",
        [
            (_base_or(f"digits-test-{v}", v, "0.25"), f"{float(v):.0%} for the test", v, percent)
            for v, percent in zip(
                ("0.10", "0.18", "0.25", "0.32", "0.40"),
                (97.2, 96.0, 94.7, 95.7, 95.4),
                strict=True,
            )
        ],
    ),
    _series(
        "Epochs",
        "It goes on getting better, ever more slowly.",
        "run.epochs",
        [
            (_base_or(f"digits-epochs-{v}", v, "1001"), f"{int(v):,} epochs", v, percent)
            for v, percent in zip(
                ("301", "501", "1001", "1501", "2001"),
                (89.3, 93.1, 94.7, 96.0, 97.1),
                strict=True,
            )
        ],
    ),
    _series(
        "Width",
        "Wider layers did better.",
        "architecture.hidden",
        [
            (_base_or(f"digits-width-{v}", v, "32-16"), f"hidden layers {v}", v, percent)
            for v, percent in zip(
                ("16-10", "16-16", "32-16", "64-64", "128-64"),
                (96.0, 94.0, 94.7, 96.2, 97.6),
                strict=True,
            )
        ],
    ),
    _series(
        "Depth",
        "More layers did not help; the deepest did worst.",
        "architecture.hidden",
        [
            (_base_or(f"digits-depth-{v}", v, "32-16"), f"hidden layers {v}", v, percent)
            for v, percent in zip(
                ("16", "32-16", "32-16-16", "32-32-16-16", "64-64-32-32-16-16"),
                (96.2, 94.7, 95.6, 96.4, 93.3),
                strict=True,
            )
        ],
    ),
    _series(
        "Optimizer",
        "At the same learning rate of 0.01 Adam, AMSGrad and Adagrad beat plain SGD; RMSprop came "
        "last.",
        "optimizer.name",
        [
            (BASE, "SGD", "sgd", 94.7),
            ("digits-adam", "Adam", "adam", 96.9),
            ("digits-amsgrad", "AMSGrad", "amsgrad", 96.4),
            ("digits-adagrad", "Adagrad", "adagrad", 96.7),
            ("digits-rmsprop", "RMSprop", "rmsprop", 94.4),
        ],
    ),
)

ARTICLE = Article(
    title="A perceptron on the digits",
    source="An article in PyTorch on scikit-learn's digits, one setting changed at a time.",
    claim="A 64-32-16-10 network trained with plain gradient descent on the whole batch reads "
    "94.7 % of the test digits; rate, width, depth, epochs and optimizer move that by a few "
    "points.",
    how="Raw pixels from 0 to 16, Xavier's weights, every bias 0.01, full batch, 1,001 epochs, "
    "SGD at 0.01. Like the article, these runs watch the test images as they train, so the test "
    "figure is not independent. The article's own split and seeds are not known: ours is "
    "scikit-learn's train_test_split with seed 42. One image of 450 is 0.2 points.",
    series=_SERIES,
)

"""Article D: a perceptron on the digits under different rates, widths, depths and optimizers."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.config import MLP, SGD, Digits, Run, RunConfig
from playground.config.sweeps import Axis, Sweep
from playground.recipes.recipe import Article, Finding, Recipe, Reported, Series

BASE = "digits-mlp"


def _config(split_seed: int, **network: Any) -> RunConfig:
    return RunConfig(
        data=Digits(test_fraction=0.25, split_seed=split_seed, scaling="raw", validation="test"),
        architecture=MLP(hidden=(32, 16), **network),
        optimizer=SGD(learning_rate=0.01),
        run=Run(epochs=1001, batch_size="full"),
    )


_CONFIG = _config(0, initialization="xavier_uniform", bias=0.01)
RECIPES = {
    "digits-first": Recipe(
        "Digits: the first listing",
        "The 64-32-16-10 network as PyTorch begins it, the digits divided with seed 42; it watches "
        "the test images as it trains.",
        _config(42),
        reported=(Reported(None), Reported(None, quantity="loss"), Reported(None, "train", "loss")),
        note="The article prints no accuracy here, but says that it is over 90 %.",
    ),
    BASE: Recipe(
        "Digits: a perceptron",
        "The digits article's 64-32-16-10 network with Xavier's weights, full batch, 1,001 epochs; "
        "like the article it watches the test images as it trains.",
        _CONFIG,
        reported=(Reported(0.947),),
    ),
}

_DEAD = (
    "With some seeds the network ends at guessing and gives every image the same answer, as one "
    "does whose ReLUs put out zero for all images: they pull the mean down."
)
_NOTES = {
    "digits-rate-0.001": "After 1,001 such small steps it is still learning, and how far it has "
    "come depends on the seed.",
    "digits-rate-0.05": _DEAD,
    "digits-rate-0.1": _DEAD,
    "digits-rmsprop": _DEAD,
    "digits-width-16-10": "So narrow a network depends much on its seed: some end far below the "
    "others.",
}


def _series(
    title: str,
    text: str,
    path: str,
    name: str,
    words: Callable[[str], str],
    rows: Mapping[str, float],
) -> Series:
    """Return one table of the article: a value of the field at ``path`` -> reported accuracy in %.

    A value's recipe, ``digits-NAME-VALUE``, is entered into RECIPES; the base is there already.
    ``words`` describes a value.
    """
    axis = Axis(path=path, values=tuple(rows))
    members = Sweep(base=_CONFIG, axes=(axis,)).members()
    names = []
    for (value, percent), member in zip(rows.items(), members, strict=True):
        recipe = "-".join(filter(None, ["digits", name, value]))
        names.append(BASE if member.config == _CONFIG else recipe)
        if member.config == _CONFIG:
            continue
        RECIPES[recipe] = Recipe(
            f"Digits: {words(value)}",
            f"The digits perceptron with {words(value)}; it watches the test images as it trains.",
            member.config,
            reported=(Reported(percent / 100),),
            note=_NOTES.get(recipe, ""),
        )
    return Series(title, text, tuple(names), axis)


_OPTIMIZERS = {
    "sgd": "SGD",
    "adam": "Adam",
    "amsgrad": "AMSGrad",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
}
_SERIES = (
    _series(
        "Learning rate",
        "In the article too small a rate learns slowly; from 0.005 on all are close, and the "
        "largest did best. Of ours, some seeds fail altogether from 0.05 on.",
        "optimizer.learning_rate",
        "rate",
        "learning rate {}".format,
        {"0.001": 86.5, "0.005": 95.3, "0.01": 94.7, "0.05": 93.8, "0.1": 96.9},
    ),
    _series(
        "Share kept for the test",
        "Keeping the least for the test did best; from 18 to 40 % there is little between them.",
        "data.test_fraction",
        "test",
        lambda share: f"{float(share):.0%} for the test",
        {"0.10": 97.2, "0.18": 96.0, "0.25": 94.7, "0.32": 95.7, "0.40": 95.4},
    ),
    _series(
        "Epochs",
        "It goes on getting better, ever more slowly.",
        "run.epochs",
        "epochs",
        lambda epochs: f"{int(epochs):,} epochs",
        {"301": 89.3, "501": 93.1, "1001": 94.7, "1501": 96.0, "2001": 97.1},
    ),
    _series(
        "Width",
        "The widest did best; among the others there is no clear order.",
        "architecture.hidden",
        "width",
        "hidden layers {}".format,
        {"16-10": 96.0, "16-16": 94.0, "32-16": 94.7, "64-64": 96.2, "128-64": 97.6},
    ),
    _series(
        "Depth",
        "No clear order; the deepest did worst.",
        "architecture.hidden",
        "depth",
        "hidden layers {}".format,
        {
            "16": 96.2,
            "32-16": 94.7,
            "32-16-16": 95.6,
            "32-32-16-16": 96.4,
            "64-64-32-32-16-16": 93.3,
        },
    ),
    _series(
        "Optimizer",
        "At the same learning rate of 0.01 Adam, AMSGrad and Adagrad beat plain SGD; RMSprop came "
        "last.",
        "optimizer.name",
        "",
        _OPTIMIZERS.__getitem__,
        {"sgd": 94.7, "adam": 96.9, "amsgrad": 96.4, "adagrad": 96.7, "rmsprop": 94.4},
    ),
)

ARTICLE = Article(
    title="A perceptron on the digits",
    source="An article in PyTorch on scikit-learn's digits, one setting changed at a time.",
    claim="A 64-32-16-10 network trained with plain gradient descent on the whole batch reads "
    "94.7 % of the test digits; rate, width, depth, epochs and optimizer move that between 86.5 "
    "and 97.6 %.",
    how="Raw pixels from 0 to 16, full batch, 1,001 epochs, SGD at 0.01. The article's first "
    "listing divides the digits by scikit-learn's train_test_split with seed 42 and has PyTorch's "
    "own initial weights; its experiments have seed 0, Xavier's weights and every bias 0.01, as "
    "ours have. Like the article, these runs watch the test images as they train, so the test "
    "figure is not independent. The seed of the article's weights is not known. One image of 450 "
    "is 0.2 points.",
    ideas=("From scores to accuracy", "Optimizers"),
    series=(
        Series(
            "The first listing",
            "The article prints both losses every 100 epochs, and gets over 90 % of the test "
            "digits right.",
            ("digits-first",),
            views=("first digits", "curves", "losses"),
            findings=(
                Finding(
                    "It gets over 90 % of the test digits right.",
                    lambda of: of("digits-first", "test accuracy") > 0.9,
                ),
            ),
        ),
        *_SERIES,
    ),
)

"""Article E: a base CNN, and one cure against overfitting at a time (PyTorch)."""

from typing import Any

from playground.config import (
    CNN,
    SGD,
    Adam,
    Cifar10,
    ConvBlock,
    EarlyStopping,
    Momentum,
    Regularization,
    RMSprop,
    Run,
    RunConfig,
)
from playground.recipes.recipe import Article, Recipe, Reported, Series

_CHANNELS = (32, 64, 128)
_SPLITS = ("train", "validation", "test")


def _recipe(title: str, about: str, *reported: Reported, **parts: Any) -> Recipe:
    """The base with some parts of its config replaced."""
    network = CNN(blocks=tuple(ConvBlock(channels=(c,)) for c in _CHANNELS), hidden=(128,))

    def config(images: int | str, epochs: int) -> RunConfig:
        usual: dict[str, Any] = {"architecture": network, "optimizer": Adam(learning_rate=0.001)}
        return RunConfig(
            data=Cifar10(
                train_images=images, validation="random", validation_fraction=0.2, split_seed=0
            ),
            run=Run(epochs=epochs, batch_size=1024),
            **(usual | parts),
        )

    return Recipe(title, about, config("all", 50), config(1000, 48), reported)


def _reported(accuracies: tuple[float, ...], losses: tuple[float, ...]) -> tuple[Reported, ...]:
    """Three accuracies, three losses: train, validation, test."""
    return (
        *(Reported(value, s) for s, value in zip(_SPLITS, accuracies, strict=True)),
        *(Reported(value, s, "loss") for s, value in zip(_SPLITS, losses, strict=True)),
    )


RECIPES = {
    "cures-base": _recipe(
        "The base network",
        "Three 3×3 convolutions of 32, 64 and 128 channels with pooling, dense 128, Adam at 0.001, "
        "50 epochs.",
        *_reported((0.797, 0.705, 0.702), (0.589, 0.924, 0.919)),
    ),
    "cures-dropout": _recipe(
        "Dropout",
        "The base with dropout 0.5 before the first dense layer.",
        *_reported((0.750, 0.738, 0.736), (0.603, 0.770, 0.769)),
        architecture=CNN(
            blocks=tuple(ConvBlock(channels=(c,)) for c in _CHANNELS),
            hidden=(128,),
            dropout=0.5,
            dropout_at="before_dense",
        ),
    ),
    "cures-weight-decay": _recipe(
        "Weight decay",
        "The base with weight decay 0.001.",
        *_reported((0.750, 0.699, 0.696), (0.807, 0.902, 0.899)),
        regularization=Regularization(weight_decay=0.001),
    ),
    "cures-early-stopping": _recipe(
        "Early stopping",
        "The base, ended when the validation loss has not fallen for three epochs.",
        *_reported((0.766, 0.659, 0.658), (0.729, 1.00, 0.996)),
        Reported(36, quantity="epochs"),
        regularization=Regularization(
            weight_decay=0.001,
            early_stopping=EarlyStopping(watch="validation_loss", patience=3, keep="last"),
        ),
    ),
    "cures-batch-norm": _recipe(
        "Batch norm",
        "The base with batch norm after each convolution.",
        *_reported((0.813, 0.772, 0.777), (0.367, 0.712, 0.703)),
        architecture=CNN(
            blocks=tuple(ConvBlock(channels=(c,), batch_norm="each") for c in _CHANNELS),
            hidden=(128,),
        ),
    ),
    "cures-sgd": _recipe(
        "The base with SGD",
        "The base with plain SGD at 0.01 in Adam's place.",
        optimizer=SGD(learning_rate=0.01),
    ),
    "cures-momentum": _recipe(
        "The base with momentum",
        "The base with SGD at 0.01 and momentum 0.9 in Adam's place.",
        optimizer=Momentum(learning_rate=0.01, momentum=0.9),
    ),
    "cures-rmsprop": _recipe(
        "The base with RMSprop",
        "The base with RMSprop at 0.01 in Adam's place.",
        optimizer=RMSprop(learning_rate=0.01),
    ),
}

ARTICLE = Article(
    title="One cure at a time",
    source="An article in PyTorch that sets cures against overfitting side by side in one table.",
    claim="The base network gets 79.7 % of its training images right and 70.2 % of the test. "
    "Dropout, batch norm and weight decay narrow the gap in accuracy, the first two do better on "
    "the test as well; early stopping ended too early and did worse.",
    how="CIFAR10 from 0 to 1, a fifth of the training images for validation (drawn with seed 0; "
    "NumPy draws other images than PyTorch does), 1,024 images a step, 50 epochs. We measure train "
    "accuracy and loss at the end with dropout off. The article's table repeats .696 as another "
    "figure of weight decay by mistake. The weights of the last epoch are kept where early "
    "stopping ended it, and batch norm stands after each convolution: the article does not say. "
    "Its rates for SGD, momentum and RMSprop are not known; these are the usual ones.",
    series=(
        Series(
            "Cures",
            "Compare the gap between train and test, and where the test ends up. In the quick form "
            "few images make the base learn by heart, but no network has the time to get far.",
            (
                "cures-base",
                "cures-dropout",
                "cures-weight-decay",
                "cures-early-stopping",
                "cures-batch-norm",
            ),
            views=("samples", "curves"),
        ),
        Series(
            "Optimizers",
            "The same network under four optimizers; the article gives no figures for them.",
            ("cures-sgd", "cures-momentum", "cures-rmsprop", "cures-base"),
            views=("rates", "curves"),
        ),
    ),
)

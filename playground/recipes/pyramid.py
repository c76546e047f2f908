"""Article C: a pyramid of 1×1 convolutions, 1,990,802 parameters, to 89 % (PyTorch)."""

from dataclasses import replace
from typing import Any

from playground.config import CNN, Adam, Cifar10, ConvBlock, Run, RunConfig
from playground.recipes.recipe import (
    DEFAULT_REPORTED,
    Article,
    Finding,
    Recipe,
    Reported,
    Series,
    with_validation_apart,
)


def _network(dropout: float = 0.0, activation: str = "none", width: float = 1) -> CNN:
    """Return the article's layers; ``width`` narrows all but the pyramid."""
    return CNN(
        pyramid=(6, 12, 24, 48),
        pyramid_activation=activation,
        pyramid_batch_norm="last_two",
        blocks=(
            *(
                ConvBlock(channels=(round(c * width),) * 3, batch_norm="first", dropout=dropout)
                for c in (64, 128, 256)
            ),
            ConvBlock(channels=(round(100 * width),), kernel=1, pool="none", batch_norm="input"),
        ),
        hidden=(),  # the article's last 4×4 convolution sees the whole image: a dense layer
    )


_BEST = Reported(None, "validation", taken="best")
_SPEED = Reported(None, "validation", taken="over all epochs")
_WIDTH = 1 / 8


def _recipe(title: str, about: str, best: Reported = _BEST, **network: Any) -> Recipe:
    def config(images: int | str, epochs: int, batch: int, width: float) -> RunConfig:
        return RunConfig(
            data=Cifar10(
                train_images=images,
                flip=True,
                crop=4,
                validation_fraction=0.1,
                validation_from="chosen",
            ),
            architecture=_network(width=width, **network),
            optimizer=Adam(learning_rate=0.001),
            run=Run(epochs=epochs, batch_size=batch),
        )

    return Recipe(
        title,
        about,
        config("all", 50, 128, 1),
        with_validation_apart(config(4500, 8, 64, _WIDTH)),
        (best, _SPEED, *DEFAULT_REPORTED),
    )


RECIPES = {
    "pyramid": _recipe(
        "The pyramid",
        "1×1 convolutions 3→6→12→24→48 without activation, then three blocks of three 3×3 "
        "convolutions (64, 128, 256 channels) with batch norm and pooling: 1,990,802 parameters.",
        replace(_BEST, value=0.89),
    ),
    "pyramid-dropout": _recipe(
        "The pyramid with dropout",
        "The pyramid with dropout 0.2 after each pooling.",
        dropout=0.2,
    ),
    "pyramid-relu": _recipe(
        "The pyramid with activation",
        "The pyramid with a ReLU after each 1×1 convolution: no longer a single linear map.",
        activation="relu",
    ),
}

ARTICLE = Article(
    title="A 1×1 pyramid to 89 %",
    source="An article in PyTorch on 1×1 convolutions before the usual blocks, and on leaving "
    "dropout out.",
    claim="Widening the three colours to 48 channels in small steps before the first 3×3 "
    "convolution, and without dropout, a network of 1,990,802 parameters reaches 89 % at its best. "
    "Without dropout it learned faster, and its best accuracy was the same.",
    how="The layers are the article's, parameter for parameter. Its training is not known to us: "
    "we take Adam at 0.001, 128 images a step, 50 epochs, mirrored and shifted images, and dropout "
    "0.2 after each pooling if there is dropout. **The article's 89 % is a highest point of "
    "its curve**, as we read its picture, and it does not say of which images; so beside it stands "
    "the best validation accuracy of ours. That of the last epoch, and of the test images, which "
    "are read once, stand below it: a best of many epochs is always a little too good. Why dropout "
    "and batch norm get in each other's way: Li et al. 2018, arXiv 1801.05134. Without an "
    "activation four 1×1 convolutions in a row are one linear map of the colours: batch norm "
    "between them does not change that once training is over, and one 1×1 convolution from 3 to 48 "
    "channels could say the same (page Ideas).",
    ideas=("Layers without activation", "Padding", "Dropout", "Batch norm"),
    series=(
        Series(
            "With and without",
            "What dropout costs, beside batch norm; and an activation, so that the pyramid can say "
            "more than one linear map.",
            tuple(RECIPES),
            views=("curves", "memory"),
            findings=(
                Finding(
                    "Without dropout it learns faster: over all epochs its validation accuracy is "
                    "higher.",
                    lambda of: of("pyramid", _SPEED.key) > of("pyramid-dropout", _SPEED.key),
                ),
                Finding(
                    "Without dropout its best is no worse, to within 3 points.",
                    lambda of: of("pyramid", _BEST.key) > of("pyramid-dropout", _BEST.key) - 0.03,
                ),
            ),
        ),
    ),
)

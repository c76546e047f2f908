"""Article B: accuracy against layer sizes, with overfitting and its cures (Keras)."""

from dataclasses import replace
from typing import Any

from playground.config import CNN, Adadelta, Cifar10, ConvBlock, Regularization, Run, RunConfig
from playground.config.sweeps import Axis
from playground.recipes.recipe import (
    Article,
    Finding,
    MeanLookup,
    Recipe,
    Reported,
    Series,
    with_validation_apart,
)


def _config(
    blocks: tuple[ConvBlock, ...],
    hidden: tuple[int, ...],
    dropout: float,
    epochs: int,
    images: int | str = "all",
    penalty: float = 0.0,
    scaling: str = "raw",
    batch: int = 256,
) -> RunConfig:
    return RunConfig(
        # As Keras: the last tenth validates, weights are Glorot's, biases 0.
        data=Cifar10(
            train_images=images,
            scaling=scaling,
            validation="end",
            validation_fraction=0.1,
            validation_from="chosen",
        ),
        architecture=CNN(
            blocks=blocks,
            hidden=hidden,
            dropout=dropout,
            dropout_at="after_first",
            initialization="xavier_uniform",
            bias=0.0,
        ),
        optimizer=Adadelta(learning_rate=1.0, rho=0.95, epsilon=1e-7),
        regularization=Regularization(l1=penalty, l2=penalty, penalty_on="hidden"),
        run=Run(epochs=epochs, batch_size=batch),
    )


def _plain(*channels: int, dropout: float = 0.0) -> ConvBlock:
    return ConvBlock(channels=channels, padding="none", dropout=dropout, dropout_at="before_pool")


def _reported(
    accuracies: tuple[float, float], losses: tuple[float, float], penalties: bool = False
) -> tuple[Reported, ...]:
    """Return accuracies and losses as Keras prints them after the last epoch: of training, as it
    trained, and of validation; a loss with the penalties in it, if there are any."""
    found: list[Reported] = []
    for quantity, values in (("accuracy", accuracies), ("loss", losses)):
        added = penalties and quantity == "loss"
        trained = Reported(values[0], "train", quantity, taken="as it trained", with_penalty=added)
        validated = Reported(values[1], "validation", quantity, with_penalty=added)
        for one in (trained, validated):
            found.append(one)
            if added:
                found.append(replace(one, value=None, with_penalty=False))
    return tuple(found)


def _one() -> tuple[Any, ...]:
    return (_plain(6),), (32,), 0.4


def _two() -> tuple[Any, ...]:
    return (_plain(10, 10),), (256,), 0.4


def _three(width: float = 1, dropout: float = 0.2) -> tuple[Any, ...]:
    blocks = (_plain(c, c, dropout=dropout) for c in (round(32 * width), round(64 * width)))
    return tuple(blocks), (round(256 * width), round(153 * width)), dropout


_GRID = (
    Axis(path="architecture.blocks.0.channels", values=[str(c) for c in range(2, 12)]),
    Axis(path="architecture.hidden", values=[str(2**n) for n in range(1, 9)]),
)
_QUARTER = 1 / 4
_QUICK: dict[str, Any] = {"images": 2700, "epochs": 14, "batch": 16}
"""Of the quick forms: it is steps that raw pixels need, 2,366 of them, as 2,640 in full."""
_MODEL_4 = Recipe(
    "Model 4: penalties, 15 epochs",
    "Model 3 with L1 and L2 penalties of 0.01 on the weights of its two hidden dense layers.",
    _config(*_three(), epochs=15, penalty=0.01),
    with_validation_apart(_config(*_three(_QUARTER), penalty=0.01, **_QUICK)),
    _reported((0.5038, 0.4896), (3.9736, 4.0522), penalties=True),
)

RECIPES = {
    "size-grid": Recipe(
        "Model 1: every size of two layers",
        "A 3×3 convolution of 2 to 11 channels, pooling, one dense layer of 2 to 256 units and "
        "dropout 0.4: 80 networks, coloured by their validation accuracy.",
        _config(*_one(), epochs=50),
        axes=_GRID,
    ),
    "size-grid-scaled": Recipe(
        "Model 1 on scaled pixels",
        "The same 80 networks on pixels from 0 to 1: ours, not the article's.",
        _config(*_one(), epochs=50, scaling="unit"),
        with_validation_apart(_config(*_one(), epochs=6, images=4500, scaling="unit")),
        axes=_GRID,
    ),
    "size-model-2": Recipe(
        "Model 2: it overfits",
        "Two 3×3 convolutions of 10 channels, pooling, a dense layer of 256 units, dropout 0.4.",
        _config(*_two(), epochs=50),
        with_validation_apart(_config(*_two(), epochs=40, images=3600, batch=64)),
        _reported((0.8898, 0.5562), (0.3162, 1.9862)),
    ),
    "size-model-3": Recipe(
        "Model 3: deeper, dropout in more places",
        "Twice two 3×3 convolutions (32, then 64 channels) with dropout 0.2 and pooling, dense 256 "
        "with dropout 0.2, dense 153; 15 epochs.",
        _config(*_three(), epochs=15),
        with_validation_apart(_config(*_three(_QUARTER), **_QUICK)),
        _reported((0.7702, 0.7092), (0.6627, 0.8667)),
    ),
    "size-model-4": _MODEL_4,
    "size-model-4-long": replace(
        _MODEL_4,
        title="Model 4: penalties, 100 epochs",
        about="Model 4 for 100 epochs: slower to learn, and hardly ahead of its validation.",
        config=_config(*_three(), epochs=100, penalty=0.01),
        quick=with_validation_apart(
            _config(*_three(_QUARTER), penalty=0.01, **(_QUICK | {"epochs": 26}))
        ),
        reported=_reported((0.6719, 0.6504), (6.8363, 6.9292), penalties=True),
    ),
    "size-too-much": Recipe(
        "Too much of it",
        "Model 3 with dropout 0.5 in every place, and L1 and L2 penalties of 0.1.",
        _config(*_three(dropout=0.5), epochs=15, penalty=0.1),
        with_validation_apart(
            _config(*_three(_QUARTER, 0.5), penalty=0.1, **(_QUICK | {"epochs": 5}))
        ),
        (Reported(None, "train", taken="as it trained"), Reported(None, "validation")),
    ),
}
_TRAINED, _VALIDATION = "train accuracy as it trained", "validation accuracy"
_TEST = "test accuracy"
"""What findings compare if they can: of 10,000 images, while quick validation has 1,000."""


def _gap(of: MeanLookup, recipe: str) -> float:
    return of(recipe, _TRAINED) - of(recipe, _TEST)


def _rises(of: MeanLookup, recipe: str, axis: int, middle: int) -> bool:
    """Tell whether networks whose size on an axis is over the middle are better on average."""
    small = of(recipe, _VALIDATION, lambda values: int(values[axis]) <= middle)
    large = of(recipe, _VALIDATION, lambda values: int(values[axis]) > middle)
    return large > small


def _grid_rises(recipe: str) -> Finding:
    return Finding(
        f"{RECIPES[recipe].title}: the accuracy rises with both sizes.",
        lambda of: _rises(of, recipe, 0, 6) and _rises(of, recipe, 1, 16),
        quick=RECIPES[recipe].quick is not None,
    )


ARTICLE = Article(
    title="Size against accuracy, and overfitting",
    source="An article in Keras on the sizes of layers, with Adadelta as its optimizer.",
    claim="Accuracy over the sizes of two layers, as a coloured map: it seems to rise with both. "
    "Then larger networks, one of which gets 89.0 % of its training images right and 55.6 % of the "
    "others, and what dropout and L1 and L2 penalties do about that gap.",
    how="Adadelta (learning rate 1, rho 0.95), 256 images a step, raw pixels from 0 to 255, the "
    "last tenth of the training images for validation, Glorot's weights. Keras measures training "
    "figures while it trains, with dropout on, and so do we beside its figures. Convolutions are "
    "without padding, as Keras's are unless told otherwise. The penalties stand on the weights of "
    "the two hidden dense layers, both factors 0.01, and Keras's losses have them in: ours are "
    "told with and without.",
    ideas=("Dropout", "Penalties"),
    series=(
        Series(
            "How wide, how many",
            "The article colours 80 networks by validation accuracy over both sizes, and gives no "
            "table.",
            ("size-grid", "size-grid-scaled"),
            views=("sizes", "free choices"),
            findings=(_grid_rises("size-grid"), _grid_rises("size-grid-scaled")),
        ),
        Series(
            "Overfitting, and its cures",
            "Model 2 reaches 89 % on its training images and 55.6 % on others. Model 3 is deeper, "
            "has dropout in more places and trains for fewer epochs: it still overfits, but less. "
            "Penalties nearly close the gap, at the price of accuracy; 100 epochs in place of 15 "
            "win most of that back.",
            ("size-model-2", "size-model-3", "size-model-4", "size-model-4-long"),
            views=("limit", "curves"),
            findings=(
                Finding(
                    "Model 3 overfits less than Model 2.",
                    lambda of: _gap(of, "size-model-3") < _gap(of, "size-model-2"),
                ),
                Finding(
                    "Model 4 overfits less than Model 3, and is less accurate.",
                    lambda of: (
                        _gap(of, "size-model-4") < _gap(of, "size-model-3")
                        and of("size-model-4", _TEST) < of("size-model-3", _TEST)
                    ),
                ),
                Finding(
                    "It was too little training, not the limit: more epochs take Model 4 further.",
                    lambda of: of("size-model-4-long", _TEST) > of("size-model-4", _TEST),
                ),
            ),
        ),
        Series(
            "Too much of a cure",
            "With dropout everywhere and strong penalties the article's networks often stayed at "
            "10 % of their training images, as good as guessing.",
            ("size-too-much",),
            findings=(
                Finding(
                    "It stays under 12 %, even on the training images.",
                    lambda of: of("size-too-much", _TRAINED) < 0.12,
                ),
            ),
        ),
    ),
)

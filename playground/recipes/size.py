"""Article B: accuracy against layer sizes, with overfitting and its cures (Keras)."""

from dataclasses import replace

from playground.config import CNN, Adadelta, Cifar10, ConvBlock, Regularization, Run, RunConfig
from playground.recipes.recipe import Article, Recipe, Reported, Series
from playground.sweeps import Axis


def _config(
    blocks: tuple[ConvBlock, ...],
    hidden: tuple[int, ...],
    dropout: float,
    epochs: int,
    images: int | str = "all",
    penalty: float = 0.0,
    scaling: str = "raw",
) -> RunConfig:
    return RunConfig(
        # As Keras: the last tenth validates, weights are Glorot's, biases 0.
        data=Cifar10(
            train_images=images, scaling=scaling, validation="end", validation_fraction=0.1
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
        run=Run(epochs=epochs, batch_size=256),
    )


def _plain(*channels: int, dropout: float = 0.0) -> ConvBlock:
    return ConvBlock(channels=channels, padding="none", dropout=dropout, dropout_at="before_pool")


def _reported(train: float, validation: float) -> tuple[Reported, ...]:
    return (Reported(train, "train", as_trained=True), Reported(validation, "validation"))


_ONE = ((_plain(6),), (32,), 0.4)
_TWO = ((_plain(10, 10),), (256,), 0.4)
_THREE = ((_plain(32, 32, dropout=0.2), _plain(64, 64, dropout=0.2)), (256, 153), 0.2)

_GRID = (
    Axis(path="architecture.blocks.0.channels", values=[str(c) for c in range(2, 12)]),
    Axis(path="architecture.hidden", values=[str(2**n) for n in range(1, 9)]),
)

_MODEL_4 = Recipe(
    "Model 4: penalties, 15 epochs",
    "Model 3 with L1 and L2 penalties of 0.01 on the weights of the dense layers.",
    _config(*_THREE, epochs=15, penalty=0.01),
    _config(*_THREE, epochs=5, images=8000, penalty=0.01),
    _reported(0.504, 0.490),
)

RECIPES = {
    "size-grid": Recipe(
        "Model 1: every size of two layers",
        "A 3×3 convolution of 2 to 11 channels, pooling, one dense layer of 2 to 256 units and "
        "dropout 0.4: 80 networks, coloured by their validation accuracy.",
        _config(*_ONE, epochs=50),
        _config(*_ONE, epochs=6, images=5000),
        axes=_GRID,
        note="On raw pixels most of these networks learn little or nothing in the quick form's few "
        "steps; the next recipe has the same grid on scaled pixels.",
    ),
    "size-grid-scaled": Recipe(
        "Model 1 on scaled pixels",
        "The same 80 networks on pixels from 0 to 1: ours, not the article's.",
        _config(*_ONE, epochs=50, scaling="unit"),
        _config(*_ONE, epochs=6, images=5000, scaling="unit"),
        axes=_GRID,
    ),
    "size-model-2": Recipe(
        "Model 2: it learns by heart",
        "Two 3×3 convolutions of 10 channels, pooling, a dense layer of 256 units, dropout 0.4.",
        _config(*_TWO, epochs=50),
        _config(*_TWO, epochs=15, images=8000),
        _reported(0.890, 0.556),
    ),
    "size-model-3": Recipe(
        "Model 3: dropout in more places",
        "Twice two 3×3 convolutions (32, then 64 channels) with dropout 0.2 and pooling, dense 256 "
        "with dropout 0.2, dense 153.",
        _config(*_THREE, epochs=15),
        _config(*_THREE, epochs=5, images=8000),
        _reported(0.770, 0.709),
    ),
    "size-model-4": _MODEL_4,
    "size-model-4-long": replace(
        _MODEL_4,
        title="Model 4: penalties, 100 epochs",
        about="Model 4 for 100 epochs: slower to learn, and hardly ahead of its validation.",
        config=_config(*_THREE, epochs=100, penalty=0.01),
        quick=_config(*_THREE, epochs=8, images=8000, penalty=0.01),
        reported=_reported(0.672, 0.650),
    ),
}

ARTICLE = Article(
    title="Size against accuracy, and overfitting",
    source="An article in Keras on the sizes of layers, with Adadelta as its optimizer.",
    claim="Accuracy over the sizes of two layers, as a coloured map; then larger networks, one of "
    "which gets 89.0 % of its training images right and 55.6 % of the others, and what dropout and "
    "L1 and L2 penalties do about that gap.",
    how="Adadelta (learning rate 1, rho 0.95), 256 images a step, raw pixels from 0 to 255, the "
    "last tenth of the training images for validation, Glorot's weights. Keras measures training "
    "accuracy while it trains, with dropout on, and so do we beside its figures. Convolutions are "
    "without padding, as Keras's are unless told otherwise; the penalties stand on all three dense "
    "layers, the last one included.",
    series=(
        Series(
            "How wide, how many",
            "The article colours 80 networks by validation accuracy over both sizes, and gives no "
            "table.",
            ("size-grid", "size-grid-scaled"),
            views=("sizes", "free choices"),
        ),
        Series(
            "Overfitting, and its cures",
            "Model 2 reaches 89 % on its training images and 55.6 % on others. Dropout in more "
            "places narrows the gap, penalties nearly close it, at the price of accuracy.",
            ("size-model-2", "size-model-3", "size-model-4", "size-model-4-long"),
            views=("limit", "curves"),
        ),
    ),
)

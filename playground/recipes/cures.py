"""Article E: a base CNN, and one cure against overfitting at a time (PyTorch)."""

from typing import Any, Literal

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
from playground.recipes.recipe import (
    DEFAULT_REPORTED,
    Article,
    Finding,
    MeanLookup,
    Recipe,
    Reported,
    Series,
    Taken,
    with_validation_apart,
)

_SPLITS: tuple[Literal["train", "validation", "test"], ...] = ("train", "validation", "test")
_QUICK = (2000, 50, 50)
"""Images, epochs and batch of the quick forms: 2,000 steps, as in full."""
_LAST: Taken = "of the last batch"


def _network(norm: bool = False, width: float = 1, **parts: Any) -> CNN:
    """Return the base: three convolutions and a dense layer; ``width`` narrows them all."""
    blocks = (
        # Batch norm stands between convolution and ReLU, as in the article's code.
        ConvBlock(channels=(round(c * width),), batch_norm="each" if norm else "none")
        for c in (32, 64, 128)
    )
    return CNN(blocks=tuple(blocks), hidden=(round(128 * width),), **parts)


def _config(network: CNN, images: int | str, epochs: int, batch: int, **parts: Any) -> RunConfig:
    usual: dict[str, Any] = {"optimizer": Adam(learning_rate=0.001)}
    return RunConfig(
        data=Cifar10(
            train_images=images,
            validation="random",
            validation_fraction=0.2,
            validation_from="chosen",
            split_seed=0,
        ),
        architecture=network,
        run=Run(epochs=epochs, batch_size=batch),
        **(usual | parts),
    )


def _recipe(
    title: str, about: str, *reported: Reported, norm: bool = False, net: Any = None, **parts: Any
) -> Recipe:
    """Return the base with some parts of its config replaced; ``net`` are fields of its network."""
    net = net or {}
    return Recipe(
        title,
        about,
        _config(_network(norm, **net), "all", 50, 1024, **parts),
        with_validation_apart(_config(_network(norm, 0.5, **net), *_QUICK, **parts)),
        reported or DEFAULT_REPORTED,
    )


def _reported(accuracies: tuple[float, ...], losses: tuple[float, ...]) -> tuple[Reported, ...]:
    """Return three accuracies, three losses: last training batch, validation, test; and the whole
    training images beside, of which the article has none."""
    found: list[Reported] = []
    for quantity, values in (("accuracy", accuracies), ("loss", losses)):
        train, *others = values
        found += [
            Reported(train, "train", quantity, taken=_LAST),
            Reported(None, "train", quantity),
        ]
        found += [Reported(v, s, quantity) for s, v in zip(_SPLITS[1:], others, strict=True)]
    return tuple(found)


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
        net={"dropout": 0.5, "dropout_at": "before_dense"},
    ),
    "cures-weight-decay": _recipe(
        "Weight decay",
        "The base with weight decay 0.001.",
        *_reported((0.750, 0.699, 0.696), (0.807, 0.902, 0.899)),
        regularization=Regularization(weight_decay=0.001),
    ),
    "cures-early-stopping": _recipe(
        "Early stopping",
        "The base with weight decay 0.001, ended when the validation loss has not fallen for three "
        "epochs.",
        *_reported((0.766, 0.659, 0.658), (0.729, 1.00, 0.996)),
        Reported(37, quantity="epochs"),
        regularization=Regularization(
            weight_decay=0.001,
            early_stopping=EarlyStopping(watch="validation_loss", patience=3, keep="last"),
        ),
    ),
    "cures-batch-norm": _recipe(
        "Batch norm",
        "The base with batch norm between each convolution and its ReLU.",
        *_reported((0.813, 0.772, 0.777), (0.367, 0.712, 0.703)),
        norm=True,
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
    **{
        f"cures-images-{images}": Recipe(
            f"The base on {images:,} images",
            f"The base on {images:,} of the 50,000 images, drawn at random, a fifth of them for "
            "validation, for as many steps.",
            _config(_network(), images, 50 * 50_000 // images, 1024),
            with_validation_apart(_config(_network(width=0.5), quick, epochs, _QUICK[2])),
        )
        for images, quick, epochs in ((2500, 400, 250), (10_000, 1000, 100))
    },
    "cures-too-small": Recipe(
        "Too small a network",
        "The base with 2, 4 and 8 channels and 8 dense units.",
        _config(_network(width=1 / 16), "all", 50, 1024),
        with_validation_apart(_config(_network(width=1 / 16), *_QUICK)),
    ),
    "cures-too-strong": _recipe(
        "Too strong a penalty",
        "The base with weight decay 0.1, a hundred times the article's.",
        regularization=Regularization(weight_decay=0.1),
    ),
    "cures-too-short": Recipe(
        "Too short a training",
        "The base for two epochs in place of 50.",
        _config(_network(), "all", 2, 1024),
        with_validation_apart(_config(_network(width=0.5), _QUICK[0], 2, _QUICK[2])),
    ),
}

_TEST, _TRAIN, _LOSS = "test accuracy", "train accuracy", "validation loss"


def _gap(of: MeanLookup, recipe: str) -> float:
    """Return by how much a network is better on its training images than on the test."""
    return of(recipe, _TRAIN) - of(recipe, _TEST)


def _better(cure: str) -> Finding:
    return Finding(
        f"{RECIPES[cure].title} does better on the test images than the base.",
        lambda of: of(cure, _TEST) > of("cures-base", _TEST),
    )


def _narrower(cure: str, quick: bool = True) -> Finding:
    return Finding(
        f"{RECIPES[cure].title} leaves a narrower gap between training and test accuracy.",
        lambda of: _gap(of, cure) < _gap(of, "cures-base"),
        quick,
    )


_ALL = "cures-base"
ARTICLE = Article(
    title="One cure at a time",
    source="An article in PyTorch Lightning 0.7.1 that sets cures against overfitting side by side "
    "in one table.",
    claim="The base network gets 70.2 % of the test images right. Dropout and batch norm do better "
    "on the test and narrow the gap to the training images, weight decay does little, and early "
    "stopping ended too early.",
    how="CIFAR10 from 0 to 1, a fifth of the training images for validation (drawn with seed 0; "
    "NumPy draws other images than PyTorch does), 1,024 images a step, 50 epochs. **The article's "
    "training figures are those of the last batch**: 64 images, of which 51, 48, 48, 49 and 52 "
    "were right, with dropout on; each image is 1.6 points. Ours are taken the same way, and those "
    "of all training images stand beside them, at the end with dropout off. The article's table "
    "repeats .696 as the test loss of weight decay by mistake; its output says .899. Early "
    "stopping was tried on the network with weight decay and kept the weights of the last epoch; "
    "the article counts its 37 epochs from 0. Its validation and test figures are means over ten "
    "batches, the last of which is smaller: that changes the third digit at most.",
    ideas=(
        "Optimizers",
        "Dropout",
        "Penalties",
        "Early stopping",
        "Batch norm",
        "Activation functions",
        "Layers without activation",
    ),
    series=(
        Series(
            "Cures",
            "Compare the gap between training and test images, and where the test ends up. In the "
            "quick form all layers are half as wide, for 2,000 training images in batches of 50.",
            (
                "cures-base",
                "cures-dropout",
                "cures-weight-decay",
                "cures-early-stopping",
                "cures-batch-norm",
            ),
            views=("samples", "curves"),
            findings=(
                _better("cures-dropout"),
                _narrower("cures-dropout"),
                _narrower("cures-weight-decay"),
                _better("cures-batch-norm"),
                # Here, with batch norm, a network learns all of its images by heart, few or many.
                _narrower("cures-batch-norm", quick=False),
                Finding(
                    "Early stopping ends before the last epoch.",
                    lambda of: of("cures-early-stopping", "epochs") < of(_ALL, "epochs"),
                ),
            ),
        ),
        Series(
            "Optimizers",
            "The same network under four optimizers, at the rates that the article names; it gives "
            "no figures for them, but says that momentum and Adam are often tried first.",
            ("cures-sgd", "cures-momentum", "cures-rmsprop", "cures-base"),
            views=("rates", "curves"),
            findings=(
                Finding(
                    "Momentum and Adam get further than plain SGD in as many epochs.",
                    lambda of: (
                        min(of("cures-momentum", _TEST), of(_ALL, _TEST))
                        > of("cures-sgd", _TEST) + 0.02
                    ),
                ),
            ),
        ),
        Series(
            "More data",
            "More training images are the best cure, the article says, and gives no figures. These "
            "networks are trained for as many steps, so each sees its images more often the fewer "
            "they are. The quick forms train on 400, 1,000 and 2,000.",
            ("cures-images-2500", "cures-images-10000", "cures-base"),
            views=("curves",),
            findings=(
                Finding(
                    "With more images the test gets better and the gap narrower.",
                    lambda of: (
                        of("cures-images-2500", _TEST)
                        < of("cures-images-10000", _TEST)
                        < of(_ALL, _TEST)
                        and _gap(of, "cures-images-2500")
                        > _gap(of, "cures-images-10000")
                        > _gap(of, _ALL)
                    ),
                ),
            ),
        ),
        Series(
            "Underfitting",
            "The article's three causes of a network that has not even learned its training "
            "images: it is too small, its penalty is too strong, its training too short.",
            ("cures-base", "cures-too-small", "cures-too-strong", "cures-too-short"),
            views=("curves",),
            findings=(
                Finding(
                    "Each of the three is at least 10 points worse on its own training images.",
                    lambda of: (
                        max(
                            of(f"cures-too-{what}", _TRAIN) for what in ("small", "strong", "short")
                        )
                        < of(_ALL, _TRAIN) - 0.1
                    ),
                ),
            ),
        ),
    ),
)

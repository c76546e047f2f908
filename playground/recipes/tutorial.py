"""Article A: the PyTorch tutorial's CIFAR10 network, made deeper and wider."""

from playground.config import CNN, Cifar10, ConvBlock, Momentum, Run, RunConfig
from playground.recipes.recipe import Article, Finding, Recipe, Reported, Series


def _network(*convolutions: tuple[int, int]) -> CNN:
    """Return (channels, kernel) of each convolution; each is followed by ReLU and 2×2 pooling."""
    blocks = (ConvBlock(channels=(c,), kernel=k, padding="none") for c, k in convolutions)
    return CNN(blocks=tuple(blocks), hidden=(120, 84))


def _config(network: CNN, epochs: int = 2, times: int = 1) -> RunConfig:
    """Return the config with ``times`` as many images a step, at a rate so many times as large:
    about as far in as many images, in a fraction of the steps (Goyal et al. 2017, arXiv
    1706.02677)."""
    return RunConfig(
        data=Cifar10(train_images="all", scaling="symmetric", validation="none"),
        architecture=network,
        optimizer=Momentum(learning_rate=0.001 * times, momentum=0.9),
        run=Run(epochs=epochs, batch_size=4 * times),
    )


_BY_CLASS = (
    "After two epochs the accuracy of a single class moves by twenty points and more from seed to "
    "seed; the mean over all classes hardly moves."
)


def _recipe(
    title: str, about: str, network: CNN, accuracy: float, by_class: tuple[int, ...] = ()
) -> Recipe:
    reported = [Reported(accuracy)]
    if by_class:
        pairs = zip(Cifar10.classes, by_class, strict=True)
        reported += [Reported(percent / 100, of_class=name) for name, percent in pairs]
    return Recipe(
        title,
        about,
        _config(network),
        _config(network, 3, times=4),
        reported=tuple(reported),
        note=_BY_CLASS if by_class else "",
    )


RECIPES = {
    "tutorial": _recipe(
        "The tutorial's network",
        "PyTorch's 60-minute blitz: 5×5 convolutions of 6 and 16 channels, dense 400-120-84-10.",
        _network((6, 5), (16, 5)),
        0.54,
        (45, 70, 44, 32, 27, 57, 64, 54, 73, 72),
    ),
    "tutorial-deeper": _recipe(
        "The tutorial's network, deeper",
        "One more convolution: 5×5 to 6 channels, 3×3 to 16, 3×3 to 32, dense 128-120-84-10.",
        _network((6, 5), (16, 3), (32, 3)),
        0.49,
    ),
    "tutorial-wider": _recipe(
        "The tutorial's network, deeper and wider",
        "Three convolutions of 6, 18 and 72 channels (3×3, 2×2, 2×2), dense 648-120-84-10; the "
        "article writes 558, but 72·3·3 is 648.",
        _network((6, 3), (18, 2), (72, 2)),
        0.58,
        (79, 74, 35, 41, 50, 41, 67, 69, 63, 58),
    ),
}

_ACCURACY = Reported(None).key

ARTICLE = Article(
    title="The tutorial's network, deeper and wider",
    source="PyTorch's “60-minute blitz” (Training a Classifier), and an article that goes on from "
    "it.",
    claim="After two epochs the tutorial's small network is right about 54 % of the time. A third "
    "convolution alone makes it worse (49 %); more channels as well make it better (58 %).",
    how="SGD with learning rate 0.001 and momentum 0.9, four images a step, two epochs over all "
    "50,000 training images scaled to −1…1, no validation images, as in the tutorial.",
    ideas=("Padding",),
    series=(
        Series(
            "Three networks",
            "Depth alone did not help in two epochs; depth with width did.",
            tuple(RECIPES),
            views=("features", "classes"),
            findings=(
                Finding(
                    "One more layer alone makes it worse.",
                    lambda of: of("tutorial-deeper", _ACCURACY) < of("tutorial", _ACCURACY),
                ),
                Finding(
                    "More channels as well make it better.",
                    lambda of: of("tutorial-wider", _ACCURACY) > of("tutorial", _ACCURACY),
                ),
            ),
        ),
    ),
)

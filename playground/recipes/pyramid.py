"""Article C: a pyramid of 1×1 convolutions, 1,990,802 parameters, to 89 % (PyTorch)."""

from playground.config import CNN, Adam, Cifar10, ConvBlock, Run, RunConfig
from playground.recipes.recipe import Article, Recipe, Reported, Series


def _network(dropout: float = 0.0, activation: str = "none") -> CNN:
    return CNN(
        pyramid=(6, 12, 24, 48),
        pyramid_activation=activation,
        pyramid_batch_norm="last_two",
        blocks=(
            *(
                ConvBlock(channels=(c, c, c), batch_norm="first", dropout=dropout)
                for c in (64, 128, 256)
            ),
            ConvBlock(channels=(100,), kernel=1, pool="none", batch_norm="input"),
        ),
        hidden=(),  # the article's last 4×4 convolution sees the whole image: a dense layer
    )


def _recipe(title: str, about: str, network: CNN, *reported: Reported) -> Recipe:
    def config(images: int | str, epochs: int) -> RunConfig:
        return RunConfig(
            data=Cifar10(train_images=images, flip=True, crop=4, validation_fraction=0.1),
            architecture=network,
            optimizer=Adam(learning_rate=0.001),
            run=Run(epochs=epochs, batch_size=128),
        )

    return Recipe(
        title,
        about,
        config("all", 50),
        config(1000, 2),
        reported,
        note="The quick form only shows that it runs: a minute on two CPU cores is too short for "
        "so much arithmetic to learn anything.",
    )


RECIPES = {
    "pyramid": _recipe(
        "The pyramid",
        "1×1 convolutions 3→6→12→24→48 without activation, then three blocks of three 3×3 "
        "convolutions (64, 128, 256 channels) with batch norm and pooling: 1,990,802 parameters.",
        _network(),
        Reported(0.89),
    ),
    "pyramid-dropout": _recipe(
        "The pyramid with dropout",
        "The pyramid with dropout 0.2 after each pooling.",
        _network(dropout=0.2),
    ),
    "pyramid-relu": _recipe(
        "The pyramid with activation",
        "The pyramid with a ReLU after each 1×1 convolution: no longer a single linear map.",
        _network(activation="relu"),
    ),
}

ARTICLE = Article(
    title="A 1×1 pyramid to 89 %",
    source="An article in PyTorch on 1×1 convolutions before the usual blocks.",
    claim="Widening the three colours to 48 channels in small steps before the first 3×3 "
    "convolution, a network of 1,990,802 parameters reaches 89 % on the test images.",
    how="The layers are the article's, parameter for parameter. Its training is not known to us: "
    "we take Adam at 0.001, 128 images a step, 50 epochs, mirrored and shifted images, and dropout "
    "0.2 after each pooling where there is dropout. Without an "
    "activation four 1×1 convolutions in a row are one linear map of the colours: batch norm "
    "between them does not change that once training is over, and one 1×1 convolution from 3 to 48 "
    "channels could say the same.",
    series=(
        Series(
            "With and without",
            "Dropout against learning by heart; an activation so that the pyramid can say more "
            "than one linear map.",
            tuple(RECIPES),
            views=("curves", "memory"),
        ),
    ),
)

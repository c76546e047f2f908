"""Named RunConfigs, with their source."""

from dataclasses import dataclass

from playground.config import (
    CNN,
    MLP,
    SGD,
    Adam,
    Cifar10,
    Digits,
    Run,
    RunConfig,
)


@dataclass(frozen=True)
class Recipe:
    """A config by name; ``about`` says in one sentence what it is and where it comes from."""

    title: str
    about: str
    config: RunConfig


RECIPES: dict[str, Recipe] = {
    "digits-mlp": Recipe(
        "Digits: a perceptron",
        "The digits article's 64-32-16-10 network, full batch, 1,001 epochs; like the article it "
        "watches the test images as it trains.",
        RunConfig(
            data=Digits(test_fraction=0.25, split_seed=42, scaling="raw", validation="test"),
            architecture=MLP(hidden=(32, 16), initialization="xavier_uniform", bias=0.01),
            optimizer=SGD(learning_rate=0.01),
            run=Run(epochs=1001, batch_size="full"),
        ),
    ),
    "cifar10-cnn": Recipe(
        "CIFAR10: a convolutional network",
        "Three 3×3 convolutions of 32, 64 and 128 channels, each with pooling, then 128 dense "
        "units.",
        RunConfig(
            data=Cifar10(validation_fraction=0.1),
            architecture=CNN(),
            optimizer=Adam(learning_rate=0.001),
            run=Run(epochs=10, batch_size=128),
        ),
    ),
}

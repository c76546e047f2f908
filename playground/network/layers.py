"""What a plan is made of: a class for each kind of layer, with shapes, parameters, torch module."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from math import prod
from typing import ClassVar, Literal

from playground.config.activation import ACTIVATIONS
from playground.config.call import Call
from playground.errors import UserError


class ImpossibleNetwork(UserError):
    """A network that cannot be built: one sentence, and in ``setting`` the path to change."""

    def __init__(self, setting: str, sentence: str) -> None:
        super().__init__(sentence)
        self.setting = setting


@dataclass(frozen=True)
class Layer:
    """One layer of a plan.

    ``input`` and ``output`` are (channels, height, width), or (features,) after flattening.
    """

    input: tuple[int, ...]
    output: tuple[int, ...]
    kind: ClassVar[str]
    family: ClassVar[str]
    """What it is called together with others that do the same in another way."""
    module: ClassVar[Call]
    """The torch module; its arguments name the layer's fields."""

    @property
    def title(self) -> str:
        """The layer in words, such as ``Convolution 3×3, 32 channels``."""
        raise NotImplementedError

    @property
    def trains_otherwise(self) -> bool:
        """Whether it does something else in training than in evaluation."""
        return False

    @property
    def call(self) -> Call:
        """The call that makes the layer's torch module, with values."""
        return self.module.evaluated({one.name: getattr(self, one.name) for one in fields(self)})

    @property
    def parameters(self) -> int:
        """How many numbers of it training adjusts."""
        return 0

    @property
    def arithmetic(self) -> str:
        """How ``parameters`` comes about."""
        return ""

    @property
    def weights(self) -> int:
        """How many numbers a convolution applies to each pixel it puts out, or a dense layer to
        its input: a multiplication each; 0 for other layers."""
        return 0


@dataclass(frozen=True)
class Conv(Layer):
    """A convolution with a bias."""

    kernel: int
    padding: Literal["same", "none"] = "same"
    kind = "conv"
    family = "Convolution"
    module = Call(
        "torch.nn.Conv2d",
        *("input[0]", "output[0]", "kernel"),
        padding="'same' if padding == 'same' else 0",
    )

    @property
    def title(self) -> str:
        return f"Convolution {self.kernel}×{self.kernel}, {self.output[0]:,} channels"

    @property
    def parameters(self) -> int:
        return (self.input[0] * self.kernel * self.kernel + 1) * self.output[0]

    @property
    def arithmetic(self) -> str:
        channels = f"{self.output[0]:,}"
        return f"{self.kernel}·{self.kernel}·{self.input[0]:,}·{channels} + {channels}"

    @property
    def weights(self) -> int:
        return self.parameters


@dataclass(frozen=True)
class Whitening(Layer):
    """A convolution whose filters are measured on the training images, and fixed."""

    kernel: int
    kind = "whitening"
    family = "Whitening"
    module = Call("playground.training.modules.Whitening", "input[0]", kernel="kernel")

    @property
    def title(self) -> str:
        return f"Whitening {self.kernel}×{self.kernel}, {self.output[0]:,} channels"

    @property
    def arithmetic(self) -> str:
        return "0, its filters are fixed"

    @property
    def weights(self) -> int:
        return self.kernel**2 * self.input[0] * self.output[0]


@dataclass(frozen=True)
class Dense(Layer):
    """A fully connected layer with a bias."""

    kind = "dense"
    family = "Dense"
    module = Call("torch.nn.Linear", "input[0]", "output[0]")

    @property
    def title(self) -> str:
        return f"Dense, {self.output[0]:,} units"

    @property
    def parameters(self) -> int:
        return (self.input[0] + 1) * self.output[0]

    @property
    def arithmetic(self) -> str:
        return f"{self.input[0]:,}·{self.output[0]:,} + {self.output[0]:,}"

    @property
    def weights(self) -> int:
        return self.parameters


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Brings each channel or unit to mean 0 and standard deviation 1 over the batch."""

    kind = "batch_norm"
    family = "Batch norm"
    title = "Batch norm"
    trains_otherwise = True

    @property
    def call(self) -> Call:
        dimensions = 2 if len(self.output) == 3 else 1
        return Call(f"torch.nn.BatchNorm{dimensions}d", repr(self.output[0]))

    @property
    def parameters(self) -> int:
        return 2 * self.output[0]

    @property
    def arithmetic(self) -> str:
        return f"{self.output[0]:,} scales + {self.output[0]:,} shifts"


@dataclass(frozen=True)
class Activation(Layer):
    """A function of each value; ``function`` is its name in configs."""

    function: str
    kind = "activation"
    family = "Activation"

    @property
    def title(self) -> str:
        return ACTIVATIONS[self.function].label

    @property
    def call(self) -> Call:
        call = ACTIVATIONS[self.function].call
        assert call
        return call

    @property
    def trains_otherwise(self) -> bool:
        return ACTIVATIONS[self.function].trains_otherwise

    @property
    def parameters(self) -> int:
        return ACTIVATIONS[self.function].learned

    @property
    def arithmetic(self) -> str:
        return f"{self.parameters} slope" if self.parameters else ""


@dataclass(frozen=True)
class MaxPool(Layer):
    """The largest of each 2×2 square."""

    kind = "max_pool"
    family = "Pooling"
    title = "Max pooling 2×2"
    module = Call("torch.nn.MaxPool2d", "2")


@dataclass(frozen=True)
class AveragePool(Layer):
    """The mean of each 2×2 square."""

    kind = "average_pool"
    family = "Pooling"
    title = "Average pooling 2×2"
    module = Call("torch.nn.AvgPool2d", "2")


@dataclass(frozen=True)
class GlobalAverage(Layer):
    """The mean of each channel."""

    kind = "global_average"
    family = "Pooling"
    title = "Global average pooling"
    # As one module, so that the weights of what follows keep their names.
    module = Call(
        "torch.nn.Sequential", Call("torch.nn.AdaptiveAvgPool2d", "1"), Call("torch.nn.Flatten")
    )


@dataclass(frozen=True)
class Flatten(Layer):
    """All values in one row."""

    kind = "flatten"
    family = "Flatten"
    title = "Flatten"
    module = Call("torch.nn.Flatten")


@dataclass(frozen=True)
class Dropout(Layer):
    """Sets a share ``rate`` of the values to zero in training."""

    rate: float
    kind = "dropout"
    family = "Dropout"
    name: ClassVar[str] = "Dropout"
    module = Call("torch.nn.Dropout", "rate")
    trains_otherwise = True

    @property
    def title(self) -> str:
        return f"{self.name} {self.rate:g}"


@dataclass(frozen=True)
class ChannelDropout(Dropout):
    """Sets a share ``rate`` of the channels to zero in training, each as a whole."""

    kind = "channel_dropout"
    name = "Channel dropout"
    module = Call("torch.nn.Dropout2d", "rate")


@dataclass(frozen=True)
class Plan:
    """The layers of a network from the image (channels, height, width) to one logit a class."""

    input_shape: tuple[int, int, int]
    classes: int
    layers: tuple[Layer, ...]
    settings: tuple[str, ...]
    """The path of the setting that each layer comes from, such as ``architecture.blocks.0``."""

    @property
    def modules(self) -> list[Layer]:
        """The layers in the order in which they are computed: an activation that passes a maximum
        comes after the max pooling that follows it. For ReLU that saved 13 % of an epoch of article
        E's base (two CPU cores with AMX, batches of 128)."""
        layers = list(self.layers)
        for place, (layer, after) in enumerate(pairwise(self.layers)):
            passes = isinstance(layer, Activation) and ACTIVATIONS[layer.function].passes_max
            if passes and isinstance(after, MaxPool):
                layers[place : place + 2] = after, layer
        return layers

    @property
    def parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def features(self) -> tuple[int, ...]:
        """What the first dense layer sees: (channels, height, width) if its input was flattened,
        else (features,)."""
        at = next(place for place, layer in enumerate(self.layers) if isinstance(layer, Dense))
        before = [layer.input for layer in self.layers[:at] if isinstance(layer, Flatten)]
        return before[-1] if before else self.layers[at].input

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight for one image, forward."""
        return sum(layer.weights * prod(layer.output[1:]) for layer in self.layers)

    @property
    def needs_two_images(self) -> bool:
        """Whether a batch of one image cannot be trained on (batch norm over single values)."""
        return any(
            isinstance(layer, BatchNorm) and prod(layer.output[1:]) == 1 for layer in self.layers
        )


def norm_and_activation(shape: tuple[int, ...], norm: bool, activation: str) -> Iterator[Layer]:
    """Yield what follows a convolution or a dense layer."""
    if norm:
        yield BatchNorm(shape, shape)
    if ACTIVATIONS[activation].call:
        yield Activation(shape, shape, activation)

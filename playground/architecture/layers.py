"""What a plan is made of: its layers, with shapes and parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from playground.refusal import Refusal

Kind = Literal[
    "whitening",
    "conv",
    "dense",
    "batch_norm",
    "activation",
    "max_pool",
    "average_pool",
    "global_average",
    "flatten",
    "dropout",
    "channel_dropout",
]

_NAMES = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "max_pool": "Max pooling 2×2",
    "average_pool": "Average pooling 2×2",
    "global_average": "Global average pooling",
    "flatten": "Flatten",
    "batch_norm": "Batch norm",
}


class ImpossibleNetwork(Refusal):
    """A network that cannot be built: one sentence, and in ``setting`` the path to change."""

    def __init__(self, setting: str, sentence: str) -> None:
        super().__init__(sentence)
        self.setting = setting


@dataclass(frozen=True)
class Layer:
    """One layer of a plan.

    ``input`` and ``output`` are (channels, height, width), or (features,) after flattening.
    ``arithmetic`` says how ``parameters`` comes about.
    """

    kind: Kind
    input: tuple[int, ...]
    output: tuple[int, ...]
    parameters: int = 0
    arithmetic: str = ""
    kernel: int = 0
    padding: Literal["same", "none"] = "none"
    rate: float = 0.0
    function: str = ""

    @property
    def title(self) -> str:
        """The layer in words, such as ``Convolution 3×3, 32 channels``."""
        if self.kind in ("conv", "whitening"):
            name = "Convolution" if self.kind == "conv" else "Whitening"
            return f"{name} {self.kernel}×{self.kernel}, {self.output[0]:,} channels"
        if self.kind == "dense":
            return f"Dense, {self.output[0]:,} units"
        if self.kind in ("dropout", "channel_dropout"):
            return ("Dropout " if self.kind == "dropout" else "Channel dropout ") + f"{self.rate:g}"
        return _NAMES[self.function if self.kind == "activation" else self.kind]

    @property
    def weights(self) -> int:
        """How many numbers a convolution applies to each pixel it puts out, or a dense layer to
        its input: a multiplication each; 0 for other layers."""
        if self.kind == "whitening":  # its filters are fixed, so they are not among the parameters
            return self.kernel**2 * self.input[0] * self.output[0]
        return self.parameters if self.kind in ("conv", "dense") else 0


@dataclass(frozen=True)
class Plan:
    """The layers of a network from the image (channels, height, width) to one logit a class."""

    input_shape: tuple[int, int, int]
    classes: int
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def features(self) -> tuple[int, ...]:
        """What the first dense layer sees: (channels, height, width) where its input was flattened,
        else (features,)."""
        at = next(place for place, layer in enumerate(self.layers) if layer.kind == "dense")
        before = [layer.input for layer in self.layers[:at] if layer.kind == "flatten"]
        return before[-1] if before else self.layers[at].input

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight for one image, forward."""
        return sum(layer.weights * prod(layer.output[1:]) for layer in self.layers)

    @property
    def needs_two_images(self) -> bool:
        """Whether a batch of one image cannot be trained on (batch norm over single values)."""
        return any(
            layer.kind == "batch_norm" and prod(layer.output[1:]) == 1 for layer in self.layers
        )


def norm_and_activation(shape: tuple[int, ...], norm: bool, activation: str) -> Iterator[Layer]:
    """What follows a convolution or a dense layer."""
    if norm:
        yield batch_norm(shape)
    if activation != "none":
        learned: dict[str, Any] = (
            {"parameters": 1, "arithmetic": "1 slope"} if activation == "prelu" else {}
        )
        yield Layer("activation", shape, shape, function=activation, **learned)


def batch_norm(shape: tuple[int, ...]) -> Layer:
    """Batch norm of values of this shape."""
    return Layer(
        "batch_norm", shape, shape, 2 * shape[0], f"{shape[0]:,} scales + {shape[0]:,} shifts"
    )

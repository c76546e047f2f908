"""The architecture of a network: an MLP, or a CNN with its blocks, and how weights are drawn."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from playground.config.activation import ACTIVATIONS, ActivationName
from playground.config.call import Call
from playground.config.part import (
    MAX_CHANNELS,
    Channels,
    ConfigError,
    Dropout,
    Kind,
    Part,
    Width,
    json_list,
    labels_of,
    setting,
    widths,
)
from playground.errors import Problem


@dataclass(frozen=True)
class Initialization:
    """A way to draw the weights of a dense layer or a convolution."""

    label: str
    call: Call | None
    """Of torch, after the weights; None leaves them as torch's layers draw them."""


INITIALIZATIONS: dict[str, Initialization] = {
    "pytorch": Initialization("PyTorch's own", None),
    "xavier_uniform": Initialization("Xavier, uniform", Call("torch.nn.init.xavier_uniform_")),
    "xavier_normal": Initialization("Xavier, normal", Call("torch.nn.init.xavier_normal_")),
    "kaiming_uniform": Initialization(
        "Kaiming, uniform", Call("torch.nn.init.kaiming_uniform_", nonlinearity="'relu'")
    ),
    "kaiming_normal": Initialization(
        "Kaiming, normal", Call("torch.nn.init.kaiming_normal_", nonlinearity="'relu'")
    ),
}
"""By the name that configs have for them."""

if TYPE_CHECKING:  # a checker cannot read the names from a dictionary
    InitializationName = str
else:
    InitializationName = Literal[tuple(INITIALIZATIONS)]


def _dropout(label: str) -> Any:
    return setting(
        0.0,
        label,
        "The share of values set to zero at random while training, so that no value is relied on "
        "alone. 0 is off.",
    )


class Architecture(Kind):
    """The layers of a network."""

    tag = "kind"
    kinds_label = "Network"
    about: ClassVar[str]
    """What it is, as the card begins."""

    @property
    def in_a_line(self) -> str:
        """It and its layers, such as ``MLP 32-16``; a CNN's dense layers are left out."""
        raise NotImplementedError

    hidden: tuple[int, ...]
    activation: ActivationName = setting(
        "relu",
        "Activation",
        "The function after each layer that lets a network learn more than a straight line.",
        names=labels_of(ACTIVATIONS),
    )
    dropout: Dropout = _dropout("Dropout")
    dropout_at: Literal["before_dense", "after_first", "after_each", "before_output"] = setting(
        "after_each",
        "Dropout position",
        "Where dropout stands among the dense layers: before the first one, after the first one, "
        "after each hidden one, or before the last one.",
        names={
            "before_dense": "Before the dense layers",
            "after_first": "After the first dense layer",
            "after_each": "After each hidden layer",
            "before_output": "Before the last layer",
        },
    )
    batch_norm: bool = setting(
        False,
        "Batch norm in dense layers",
        "Brings each hidden layer's values to mean 0 and standard deviation 1 over the batch, "
        "which steadies and speeds up training.",
    )
    initialization: InitializationName = setting(
        "pytorch",
        "Initialisation",
        "How the weights are drawn before training begins (Xavier is also called Glorot).",
        names=labels_of(INITIALIZATIONS),
    )
    bias: Annotated[float, Field(ge=-10, le=10)] | Literal["pytorch"] = setting(
        "pytorch",
        "Initial bias",
        "The number every bias starts at, or PyTorch's small random ones.",
        names={"pytorch": "PyTorch's own"},
    )

    def inactive_fields(self) -> tuple[str, ...]:
        inactive_fields = () if self.dropout else ("dropout_at",)
        return inactive_fields if self.hidden else (*inactive_fields, "batch_norm")


class MLP(Architecture):
    """A multi-layer perceptron: dense layers on the flattened image."""

    label = "MLP: dense layers"
    about = "A network of dense layers (MLP)"
    kind: Literal["mlp"] = "mlp"
    hidden: Annotated[tuple[Width, ...], BeforeValidator(widths)] = setting(
        (32, 16),
        "Hidden layers",
        "How many units each hidden layer has, such as 64-32-16; empty for none.",
        max_length=32,
    )

    @property
    def in_a_line(self) -> str:
        return f"MLP {_joined(self.hidden) or 'without hidden layers'}"


class ConvBlock(Part):
    """One or more convolutions of the same kernel, with a pooling."""

    added_fields: ClassVar[Mapping[str, Any]] = {"pool_at": "end"}
    channels: Annotated[tuple[Channels, ...], BeforeValidator(widths)] = setting(
        (32,),
        "Channels",
        "How many feature maps each convolution of this block makes, such as 32 or 64-64.",
        min_length=1,
        max_length=8,
    )
    kernel: int = setting(
        3, "Kernel", "The side of the square each convolution looks at.", unit="pixels", ge=1, le=7
    )
    padding: Literal["same", "none"] = setting(
        "same",
        "Padding",
        "Same keeps the image's size by adding zeros around it; none lets it shrink.",
        names={"same": "Same size"},
    )
    batch_norm: Literal["none", "each", "first", "input"] = setting(
        "none",
        "Batch norm",
        "After each convolution, after the block's first one, or before the block.",
        names={
            "each": "After each convolution",
            "first": "After the first convolution",
            "input": "Before the block",
        },
    )
    pool: Literal["max", "average", "none"] = setting(
        "max",
        "Pooling",
        "Halves the image: the largest or the mean of each 2×2 square, or no pooling.",
    )
    pool_at: Literal["start", "after_first", "end"] = setting(
        "end",
        "Pooling position",
        "At the block's end; right after its first convolution, before batch norm and activation; "
        "or before it. The convolutions that follow see a quarter of the pixels, which is faster.",
        names={
            "start": "Before the first convolution",
            "after_first": "After the first convolution",
            "end": "At the block's end",
        },
    )
    dropout: Dropout = setting(
        0.0, "Dropout", "The share of values set to zero at random while training; 0 is off."
    )
    dropout_kind: Literal["values", "channels"] = setting(
        "values",
        "Dropout kind",
        "Single values, or whole channels at once.",
        names={"values": "Single values", "channels": "Whole channels"},
    )
    dropout_at: Literal["before_pool", "after_pool"] = setting(
        "after_pool",
        "Dropout position",
        "Before or after the pooling at the block's end.",
        names={"before_pool": "Before the pooling", "after_pool": "After the pooling"},
    )

    @property
    def in_a_line(self) -> str:
        """Its channels, such as ``32``, ``2×64`` or ``6+16``."""
        if len(self.channels) > 1 and len(set(self.channels)) == 1:
            return f"{len(self.channels)}×{self.channels[0]}"
        return "+".join(map(str, self.channels))

    def inactive_fields(self) -> tuple[str, ...]:
        inactive_fields = () if self.dropout else ("dropout_kind", "dropout_at")
        one = len(self.channels) == 1  # after it is the block's end
        if self.pool == "none" or (one and self.pool_at == "after_first"):
            return (*inactive_fields, "pool_at")
        # If the pooling comes early, dropout stands at the block's end.
        return inactive_fields if self.pool_at == "end" else (*inactive_fields, "dropout_at")


class CNN(Architecture):
    """A convolutional network: 1×1 pyramid, blocks of convolutions, then dense layers."""

    label = "CNN: convolutions"
    about = "A convolutional network (CNN)"
    added_fields: ClassVar[Mapping[str, Any]] = {"whitening": False, "width": 1.0}
    init_only: ClassVar[tuple[str, ...]] = ("width",)
    kind: Literal["cnn"] = "cnn"
    whitening: bool = setting(
        False,
        "Whitened first layer",
        "Begins with 2×2 filters that are measured on the training images and not trained: the "
        "eigenvectors of their 2×2 patches, each divided by the root of its eigenvalue, and their "
        "negatives. What follows learns faster.",
    )
    pyramid: Annotated[tuple[Channels, ...], BeforeValidator(widths)] = setting(
        (),
        "1×1 pyramid",
        "Channel counts of 1×1 convolutions before the blocks, such as 6-12-24-48; empty for none.",
        max_length=16,
    )
    pyramid_activation: ActivationName = setting(
        "none",
        "Pyramid activation",
        "The activation after each 1×1 convolution; without one, the whole pyramid is a single "
        "linear map.",
        names=labels_of(ACTIVATIONS),
    )
    pyramid_batch_norm: Literal["none", "each", "last_two"] = setting(
        "none",
        "Pyramid batch norm",
        "After each 1×1 convolution, or after the last two only.",
        names={"each": "After each convolution", "last_two": "After the last two"},
    )
    blocks: Annotated[tuple[ConvBlock, ...], BeforeValidator(json_list)] = setting(
        (ConvBlock(channels=(32,)), ConvBlock(channels=(64,)), ConvBlock(channels=(128,))),
        "Blocks",
        "The blocks of convolutions, from the image towards the output.",
        max_length=8,
    )
    width: float = setting(
        1.0,
        "Width",
        "Multiplies the channels of every block: 2 makes 32-64-128 of 16-32-64.",
        ge=0.25,
        le=8,
    )
    head: Literal["flatten", "global_average"] = setting(
        "flatten",
        "After the blocks",
        "Flatten hands every value on; global pooling hands on the mean of each channel.",
    )
    hidden: Annotated[tuple[Width, ...], BeforeValidator(widths)] = setting(
        (128,),
        "Dense layers",
        "How many units each dense layer after the blocks has, such as 120-84; empty for none.",
        max_length=32,
    )
    dropout: Dropout = _dropout("Dropout in dense layers")

    def inactive_fields(self) -> tuple[str, ...]:
        pyramid = () if self.pyramid else ("pyramid_activation", "pyramid_batch_norm")
        width = () if self.blocks else ("width",)
        return (*super().inactive_fields(), *pyramid, *width)

    @model_validator(mode="after")
    def _widen(self) -> Self:
        if self.width == 1 or not self.blocks:
            return self
        most = max(channels for block in self.blocks for channels in block.channels)
        if _times(most, self.width) > MAX_CHANNELS:
            limit = math.floor(100 * MAX_CHANNELS / most) / 100
            message = (
                f"must be at most {limit:g} here, not {self.width:g}: a block has {most:,} "
                f"channels, and {MAX_CHANNELS:,} is the most."
            )
            raise ConfigError([Problem("architecture.width", message, label="Width")])
        wider = (
            block.model_copy(
                update={"channels": tuple(_times(c, self.width) for c in block.channels)}
            )
            for block in self.blocks
        )
        object.__setattr__(self, "blocks", tuple(wider))
        object.__setattr__(self, "width", 1.0)
        return self

    @property
    def in_a_line(self) -> str:
        pyramid = f"1×1 {_joined(self.pyramid)}" if self.pyramid else ""
        blocks = "-".join(block.in_a_line for block in self.blocks)
        return f"CNN {' + '.join(filter(None, [pyramid, blocks])) or 'without blocks'}"


def _times(channels: int, width: float) -> int:
    """Multiply channels, rounded to the nearest whole number (a half up), at least 1."""
    return max(1, math.floor(channels * width + 0.5))


def _joined(widths: tuple[int, ...]) -> str:
    return "-".join(map(str, widths))

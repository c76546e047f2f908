"""The activation functions: a line each, with torch's module.

Another one needs nothing but a line here. Its curve on the page Ideas (``ideas/activations.py``) is
optional.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playground.config.call import Call


@dataclass(frozen=True)
class Activation:
    """A function of single values, as a layer of a network."""

    label: str
    call: Call | None
    """The module of torch; None for no layer at all."""
    learned: int = 0
    """Numbers that the layer learns; a network with such layers trains alone."""
    trains_otherwise: bool = False
    """Whether it does something else in training than in evaluation; such a network trains alone
    too."""
    passes_max: bool = False
    """Whether it may change places with the max pooling after it: the outcome and its gradient are
    the same, bit for bit, and there is a quarter of the numbers left for it."""


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation("ReLU", Call("torch.nn.ReLU"), passes_max=True),
    "leaky_relu": Activation("Leaky ReLU", Call("torch.nn.LeakyReLU")),
    "prelu": Activation("PReLU", Call("torch.nn.PReLU"), learned=1),
    "elu": Activation("ELU", Call("torch.nn.ELU")),
    "gelu": Activation("GELU", Call("torch.nn.GELU")),
    "silu": Activation("SiLU", Call("torch.nn.SiLU")),
    "mish": Activation("Mish", Call("torch.nn.Mish")),
    "tanh": Activation("Tanh", Call("torch.nn.Tanh")),
    "sigmoid": Activation("Sigmoid", Call("torch.nn.Sigmoid")),
    "none": Activation("None", None),
}
"""By the name that configs have for them."""

if TYPE_CHECKING:  # a checker cannot read the names from a dictionary
    ActivationName = str
else:
    ActivationName = Literal[tuple(ACTIVATIONS)]

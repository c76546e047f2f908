"""How weights are drawn before training begins: a line each, with torch's function."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playground.config.call import Call


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

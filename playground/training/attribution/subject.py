"""What a method of attribution looks at, and how it is made known."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from playground.network import Plan


class NothingToSay(Exception):
    """A method has nothing to say of such a network; the message is a sentence."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A network, an image, and a class that it is taken for, or could be."""

    model: nn.Sequential
    """In evaluation mode; its modules are ``plan.modules``."""
    plan: Plan
    image: torch.Tensor
    """(1, channels, height, width), scaled."""
    target: int
    """The class."""
    baseline: torch.Tensor
    """(1, channels, 1, 1): what stands for "nothing there", scaled."""

    def logit(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the class's logit of images, (n,)."""
        return self.model(images)[:, self.target]

    def gradient(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the gradient of the class's logit by each pixel, (n, channels, height, width)."""
        with torch.enable_grad():
            images = images.detach().requires_grad_()
            (found,) = torch.autograd.grad(self.logit(images).sum(), images)
        return found


@dataclass(frozen=True)
class Method:
    """A method with its words: what it is called, a sentence each on what it shows and where it
    misleads."""

    of: Callable[[Subject], torch.Tensor]
    title: str
    shows: str
    misleads: str


METHODS: dict[str, Method] = {}
"""By the name of their function."""


def method(title: str, shows: str, misleads: str) -> Callable[[Callable], Callable]:
    """Make a function known as a method."""

    def add(of: Callable[[Subject], torch.Tensor]) -> Callable[[Subject], torch.Tensor]:
        METHODS[of.__name__] = Method(of, title, shows, misleads)
        return of

    return add

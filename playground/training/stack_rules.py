"""The optimizers' update rules for a stack of networks, each with numbers of its own.

torch's optimizers take one learning rate for all they hold. Here weights and gradients are (n, p),
a row a network, and every setting is a column (n, 1). A test holds each rule against torch's.
"""

from collections.abc import Callable, Sequence
from pkgutil import resolve_name
from typing import Any

import torch

from playground.config import OptimizerConfig

Rule = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], None]
"""Changes the weights (n, p) in place, given their gradients (n, p) and learning rates (n, 1)."""


def rule_of(configs: Sequence[OptimizerConfig], weight_decays: Sequence[float]) -> Rule:
    """Make the rule of one kind of optimizer (its ``stack_rule``) for networks in their order."""
    settings = [config.model_dump(exclude={"name"}) for config in configs]
    columns = {name: _column([one[name] for one in settings]) for name in settings[0]}
    decay = _column(weight_decays)
    assert configs[0].stack_rule
    rule = resolve_name(configs[0].stack_rule)
    return rule(columns, decay if decay.any() else None)


def _column(values: Sequence[float]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32).view(-1, 1)


class _Decayed:
    """Adds the weights' decay to the gradient, and keeps what a rule remembers."""

    def __init__(self, settings: dict[str, torch.Tensor], decay: torch.Tensor | None) -> None:
        self.settings, self.decay, self.steps = settings, decay, 0
        self.memory: dict[str, torch.Tensor] = {}

    def __call__(self, weights: torch.Tensor, gradients: torch.Tensor, rate: torch.Tensor) -> None:
        self.steps += 1
        if self.decay is not None:
            gradients = self.decays(weights, gradients, rate)
        weights.sub_(self.step(gradients, rate))

    def decays(
        self, weights: torch.Tensor, gradients: torch.Tensor, rate: torch.Tensor
    ) -> torch.Tensor:
        assert self.decay is not None
        return torch.addcmul(gradients, weights, self.decay)

    def kept(self, name: str, like: torch.Tensor, value: Any = 0.0) -> torch.Tensor:
        """Return what the rule remembers under a name, beginning with ``value``."""
        if name not in self.memory:
            self.memory[name] = torch.zeros_like(like) + value
        return self.memory[name]

    def mean(self, name: str, value: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
        """Update a running mean that keeps ``share`` of itself."""
        return self.kept(name, value).mul_(share).add_(value * (1 - share))

    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


class SGD(_Decayed):
    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        return gradients * rate


class Momentum(_Decayed):
    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        return self.moving(gradients) * rate

    def moving(self, gradients: torch.Tensor) -> torch.Tensor:
        return self.kept("velocity", gradients).mul_(self.settings["momentum"]).add_(gradients)


class Nesterov(Momentum):
    def moving(self, gradients: torch.Tensor) -> torch.Tensor:
        return torch.addcmul(gradients, super().moving(gradients), self.settings["momentum"])


class RMSprop(Momentum):
    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        size = self.mean("square", gradients.square(), self.settings["alpha"]).sqrt()
        return self.moving(gradients / size.add_(self.settings["epsilon"])) * rate


class Adam(_Decayed):
    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        beta1, beta2 = self.settings["beta1"], self.settings["beta2"]
        mean = self.kept("mean", gradients).lerp_(gradients, 1 - beta1)
        square = self.kept("square", gradients).mul_(beta2)
        square.addcmul_(gradients * (1 - beta2), gradients)
        unbiased = (1 - beta2.double() ** self.steps).sqrt().float()
        size = (self.largest(square).sqrt() / unbiased).add_(self.settings["epsilon"])
        return mean / size * (rate / (1 - beta1.double() ** self.steps).float())

    def largest(self, square: torch.Tensor) -> torch.Tensor:
        return square


class AMSGrad(Adam):
    def largest(self, square: torch.Tensor) -> torch.Tensor:
        return torch.maximum(self.kept("largest", square), square, out=self.memory["largest"])


class AdamW(Adam):
    def decays(
        self, weights: torch.Tensor, gradients: torch.Tensor, rate: torch.Tensor
    ) -> torch.Tensor:
        assert self.decay is not None
        weights.mul_(1 - rate * self.decay)
        return gradients


class Adagrad(_Decayed):
    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        start = self.settings["initial_accumulator"]
        total = self.kept("total", gradients, start).addcmul_(gradients, gradients)
        rate = rate / (1 + (self.steps - 1) * self.settings["learning_rate_decay"])
        return gradients / total.sqrt().add_(self.settings["epsilon"]) * rate


class Adadelta(_Decayed):
    def step(self, gradients: torch.Tensor, rate: torch.Tensor) -> torch.Tensor:
        rho, epsilon = self.settings["rho"], self.settings["epsilon"]
        square = self.mean("square", gradients.square(), rho)
        moved = self.kept("moved", gradients)
        change = (moved + epsilon).sqrt_().div_((square + epsilon).sqrt_()).mul_(gradients)
        self.mean("moved", change.square(), rho)
        return change * rate

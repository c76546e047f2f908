"""Stopping a run: between its steps, and within one if a step takes long.

A full batch of a large network is one step of minutes, so what computes its layers is wrapped
(``make_interruptible``): before each part of a layer the signal is looked at, forwards and
backwards, and ``Interrupted`` ends the step.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from playground.network import Plan
from playground.network.chunks import LayerParts, parts_of

STOP_INTERVAL = 0.2
"""Seconds between two looks at the stop signal: asking may cost a round trip to the app."""
GRACE = 0.8
"""Seconds in which a run that was stopped is measured: what takes longer is not measured."""
LONG_STEP = 200_000_000
"""Multiply-adds of a step, forward, from which it can be stopped within: a tenth of a second on
one slow core. Below, a wrapped layer's call would cost more than it is worth."""


class Interrupted(Exception):
    """A stop that was asked for in the middle of a step or a measuring."""


class Ticker:
    """Reports and asks for a stop no more often than STOP_INTERVAL; a stop once seen stays."""

    def __init__(self, stop: Callable[[], bool], report: Callable[[float], None]) -> None:
        self._stop, self._report, self._next, self.stopped = stop, report, 0.0, False
        self._grace, self._until = 0.0, 0.0

    def check(self, epochs: float | None = None) -> bool:
        """Tell whether it was time to look again. ``epochs`` is how many are done, if that is
        new.

        Raises Interrupted once a stop was asked for, and the grace is over if there is one.
        """
        now = time.perf_counter()
        looked = now >= self._next and not self.stopped
        if looked:
            if epochs is not None:
                self._report(epochs)
            self.stopped = self._stop()
            now = time.perf_counter()
            self._next, self._until = now + STOP_INTERVAL, now + self._grace
        if self.stopped and now >= self._until:
            raise Interrupted
        return looked

    def measure(self) -> None:
        """Begin to measure the network: a stop leaves it GRACE seconds."""
        self._grace = GRACE
        self._until = time.perf_counter() + GRACE


def make_interruptible(
    model: nn.Sequential, plan: Plan, most: int, check: Callable[[], object]
) -> None:
    """Have ``check`` called before each convolution and dense layer, and before its gradient.

    A layer that would do more than ``most`` multiply-adds at once (0: there is none) is computed
    in parts. The weights keep their names.
    """
    for module, layer in zip(model, plan.modules, strict=True):
        if layer.weights:
            module.forward = _Interruptible(module, parts_of(layer, most) if most else None, check)


class _Interruptible:
    """The ``forward`` of a layer, in parts, with a look at the signal before each."""

    def __init__(
        self, module: nn.Module, parts: LayerParts | None, check: Callable[[], object]
    ) -> None:
        self._module: Any = module
        self._parts, self._check = parts, check
        self._plain = partial(type(module).forward, module)  # whatever stood there before

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        parts = self._parts
        if parts is None or (len(values) <= parts.images and not parts.channels):
            return self._watched(self._plain, values)
        some = values.split(parts.images)
        if parts.channels:
            return torch.cat([self._by_channels(one, parts.channels) for one in some])
        return torch.cat([self._watched(self._plain, one) for one in some])

    def _by_channels(self, values: torch.Tensor, size: int) -> torch.Tensor:
        conv = self._module
        return torch.cat(
            [
                self._watched(partial(F.conv2d, weight=w, bias=b, padding=conv.padding), values)
                for w, b in zip(conv.weight.split(size), conv.bias.split(size), strict=True)
            ],
            dim=1,
        )

    def _watched(
        self, compute: Callable[[torch.Tensor], torch.Tensor], values: torch.Tensor
    ) -> torch.Tensor:
        self._check()
        found = compute(values)
        if found.requires_grad:
            found.register_hook(self._before_gradient)
        return found

    def _before_gradient(self, _: torch.Tensor) -> None:  # what a hook gives replaces the gradient
        self._check()

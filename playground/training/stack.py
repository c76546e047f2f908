"""Several MLPs of one shape, computed as one: a stack of weights, and what it makes of images.

Values are laid out (networks, features, images), so that one batched product serves all networks
and what is done along the classes runs over long rows. Each network draws what it draws alone:
initial weights and dropout from its own seed.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from playground.config import MLP
from playground.network import Layer, Plan
from playground.network.layers import Dropout
from playground.training import modules, optimization

EPSILON, MOMENTUM = 1e-5, 0.1
"""Of batch norm: torch's defaults."""


class Stack:
    """``weights`` is float32 (networks, parameters), a row a network, in the order of the plan."""

    def __init__(self, plan: Plan, architecture: MLP, seeds: Sequence[int]) -> None:
        """Make one; draws from torch's global random numbers, which are left at those of the last
        seed."""
        self.models: list[nn.Sequential] = []
        self._draws: list[torch.Generator] = []
        for seed in seeds:
            torch.manual_seed(seed)
            self.models.append(modules.build(plan, architecture))
            draws = torch.Generator()
            draws.set_state(torch.get_rng_state())
            self._draws.append(draws)
        self._layers = [layer for layer in plan.layers if layer.kind != "flatten"]
        self._sizes = [parameter.numel() for parameter in self.models[0].parameters()]
        rows = [nn.utils.parameters_to_vector(m.parameters()).detach() for m in self.models]
        self.weights = torch.stack(rows).requires_grad_()
        self._norms = [
            [torch.zeros(len(rows) * width), torch.ones(len(rows) * width)]
            for width in (layer.output[0] for layer in self._layers if layer.kind == "batch_norm")
        ]
        self.counted = 0
        """Steps that batch norm has seen."""

    def penalized(self, on: str) -> torch.Tensor:
        """Mark the weights that L1 and L2 shrink, ``on`` as in Regularization.penalty_on:
        bool (parameters,)."""
        weights = {id(m.weight) for m in optimization.penalized(self.models[0], on)}
        marks = [
            torch.full((parameter.numel(),), id(parameter) in weights)
            for module in self.models[0]
            for parameter in module.parameters()
        ]
        return torch.cat(marks)

    def logits(self, images: torch.Tensor, training: bool) -> torch.Tensor:
        """Compute logits (networks, classes, n) of images (n, pixels), the same for all networks,
        or (networks, n, pixels)."""
        values = images.transpose(-2, -1)
        parts = iter(self.weights.split(self._sizes, 1))
        norms = iter(self._norms)
        self.counted += training
        for layer in self._layers:
            values = self._apply(layer, values, parts, norms, training)
        return values

    def _apply(self, layer: Layer, values: torch.Tensor, parts, norms, training: bool):
        count = len(self.models)
        match layer.kind:
            case "dense":
                width = layer.output[0]
                weight, bias = next(parts), next(parts)
                if values.dim() == 2:  # the same images for all: one product serves
                    rows = weight.reshape(count * width, -1)
                    product = torch.addmm(bias.reshape(-1, 1), rows, values)
                    return product.view(count, width, -1)
                weight, bias = weight.view(count, width, -1), bias.view(count, width, 1)
                return torch.baddbmm(bias, weight, values)
            case "batch_norm":
                mean, variance = next(norms)
                scale, shift = next(parts).reshape(-1), next(parts).reshape(-1)
                # Networks side by side as channels; the images stand along the length.
                flat = values.reshape(1, len(scale), -1)
                norm = F.batch_norm(flat, mean, variance, scale, shift, training, MOMENTUM, EPSILON)
                return norm.view_as(values)
            case "activation":
                return layer.call.make({})(values)
            case "dropout":
                assert isinstance(layer, Dropout)
                return values * self._masks(values, layer.rate) if training else values
        raise AssertionError(f"{layer.kind} in an MLP")

    def _masks(self, values: torch.Tensor, rate: float) -> torch.Tensor:
        """Draw what dropout multiplies by, as each network alone would draw it."""
        width, images = values.shape[-2:]
        masks = [
            torch.empty(images, width).bernoulli_(1 - rate, generator=draws).div_(1 - rate)
            for draws in self._draws
        ]
        return torch.stack(masks).transpose(1, 2)

    def state(self, network: int) -> dict[str, torch.Tensor]:
        """Copy one network's state_dict."""
        model = self.models[network]
        nn.utils.vector_to_parameters(self.weights[network].detach().clone(), model.parameters())
        normed = [module for module in model if isinstance(module, nn.BatchNorm1d)]
        for module, (mean, variance) in zip(normed, self._norms, strict=True):
            means, variances, steps = (
                module.running_mean,
                module.running_var,
                module.num_batches_tracked,
            )
            assert means is not None and variances is not None and steps is not None
            width = len(means)
            some = slice(network * width, (network + 1) * width)
            means.copy_(mean[some])
            variances.copy_(variance[some])
            steps.fill_(self.counted)
        return {name: value.clone() for name, value in model.state_dict().items()}

"""Config to optimizer, learning-rate schedule and weight penalty."""

from collections.abc import Callable

import torch
from torch import nn, optim
from torch.optim import lr_scheduler

from playground.config import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    Constant,
    Cosine,
    Momentum,
    Nesterov,
    OneCycle,
    OptimizerConfig,
    Regularization,
    RMSprop,
    ScheduleConfig,
    Step,
    Triangle,
    WarmUp,
)


def optimizer_of(
    model: nn.Module, config: OptimizerConfig, weight_decay: float, fused: bool = False
) -> optim.Optimizer:
    """The torch optimizer of a config, over all of a model's parameters.

    ``fused`` updates them all in one call, where torch has that for optimizer and device: 0.27 ms a
    step in place of 0.39, for Adam and the digits' MLP with 32 images on one thread.
    """
    common = {
        "params": list(model.parameters()),
        "lr": config.learning_rate,
        "weight_decay": weight_decay,
    }
    on_cuda = any(parameter.is_cuda for parameter in common["params"])
    without = (RMSprop, Adadelta, Adagrad) if on_cuda else (RMSprop, Adadelta)
    if fused and not isinstance(config, without):
        common["fused"] = True
    match config:
        case SGD():
            return optim.SGD(**common)
        case Momentum():
            return optim.SGD(**common, momentum=config.momentum)
        case Nesterov():
            return optim.SGD(**common, momentum=config.momentum, nesterov=True)
        case RMSprop():
            return optim.RMSprop(
                **common, alpha=config.alpha, momentum=config.momentum, eps=config.epsilon
            )
        case Adam() | AMSGrad() | AdamW():
            make = optim.AdamW if isinstance(config, AdamW) else optim.Adam
            return make(
                **common,
                betas=(config.beta1, config.beta2),
                eps=config.epsilon,
                amsgrad=isinstance(config, AMSGrad),
            )
        case Adagrad():
            return optim.Adagrad(
                **common,
                lr_decay=config.learning_rate_decay,
                initial_accumulator_value=config.initial_accumulator,
                eps=config.epsilon,
            )
        case Adadelta():
            return optim.Adadelta(**common, rho=config.rho, eps=config.epsilon)


def schedule_of(
    optimizer: optim.Optimizer, config: ScheduleConfig, epochs: int, steps_per_epoch: int
) -> lr_scheduler.LRScheduler | None:
    """The schedule to step after every optimizer step; None where the rate stays as it is."""
    steps = epochs * steps_per_epoch
    match config:
        case Constant():
            return None
        case Step():
            return lr_scheduler.StepLR(optimizer, config.every * steps_per_epoch, config.factor)
        case Cosine():
            final = config.final * optimizer.param_groups[0]["lr"]
            return lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=final)
        case OneCycle():
            # cycle_momentum would need an optimizer with momentum; only the rate cycles here.
            # torch divides by the lengths of the rise and of the fall, so neither may be empty.
            peak = optimizer.param_groups[0]["lr"]
            total = max(steps, 2) + 1
            rise = max(config.rise, 2 / total)
            return lr_scheduler.OneCycleLR(
                optimizer, peak, total, pct_start=rise, cycle_momentum=False
            )
        case Triangle():
            # The peak is at a step of its own, neither the first nor the one after the last.
            peak = min(max(round(config.rise * steps), 1), max(steps - 1, 1))

            def share(step: int) -> float:
                if step <= peak:
                    return config.start + (1 - config.start) * step / peak
                return 1 + (config.final - 1) * (step - peak) / (steps - peak)

            return lr_scheduler.LambdaLR(optimizer, share)
        case WarmUp():
            rise = max(1, min(config.epochs * steps_per_epoch, steps) - 1)
            return lr_scheduler.LinearLR(optimizer, 1 / (rise + 1), total_iters=rise)


def penalty_of(model: nn.Module, config: Regularization) -> Callable[[], torch.Tensor] | None:
    """What L1 and L2 add to the loss: a function giving a scalar, or None where they add nothing.

    Takes the weights that :func:`penalized` names. L2 is the sum of squares, as Keras's ``l2``
    (weight decay is half of that).
    """
    weights = [module.weight for module in penalized(model, config.penalty_on)]
    if not (config.l1 or config.l2) or not weights:
        return None

    def penalty() -> torch.Tensor:
        total = weights[0].new_zeros(())
        for weight in weights:
            if config.l1:
                total = total + config.l1 * weight.abs().sum()
            if config.l2:
                total = total + config.l2 * weight.square().sum()
        return total

    return penalty


def penalized(model: nn.Module, on: str) -> list[nn.Linear | nn.Conv2d]:
    """The modules whose weights L1 and L2 shrink, ``on`` as in Regularization.penalty_on: never
    biases or batch norm. The last dense layer is the output."""
    modules = list(model.modules())
    dense = [module for module in modules if isinstance(module, nn.Linear)]
    if on == "hidden":
        return dense[:-1]
    return dense if on == "dense" else [m for m in modules if isinstance(m, nn.Linear | nn.Conv2d)]

"""The optimizers: one class each, with its fields and its call of torch.

Another one needs nothing but a class here. A rule for training several networks at once
(``stack_rule``), and a formula for the page Ideas (``ideas/optimizers.py``), are optional.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from playground.config.call import Call
from playground.config.part import Kind, setting


def _rate(default: float) -> Any:
    return setting(
        default,
        "Learning rate",
        "How far each step moves the weights: too small learns slowly, too large overshoots.",
        gt=0,
        le=100,
    )


def _epsilon(default: float) -> Any:
    return setting(
        default, "Epsilon", "A small number that keeps a division away from zero.", gt=0, le=1
    )


class Optimizer(Kind):
    """An optimizer; all have a learning rate, and take the weight decay as torch's do."""

    tag = "name"
    kinds_label = "Optimizer"
    call: ClassVar[Call]
    """Of torch: its own arguments. Parameters, ``lr`` and ``weight_decay`` are given to all."""
    fused_on: ClassVar[tuple[str, ...]] = ()
    """The devices on which torch updates all weights in one call (``fused=True``)."""
    decouples: ClassVar[bool] = False
    """Whether weight decay is taken off the weights and not added to the gradient."""
    stack_rule: ClassVar[str | None] = None
    """The class that updates several networks at once; without one, its runs train alone."""
    learning_rate: float
    if TYPE_CHECKING:  # each kind has its own
        name: str = ""


class SGD(Optimizer):
    """Plain (stochastic) gradient descent."""

    call = Call("torch.optim.SGD")
    fused_on = ("cpu", "cuda")
    stack_rule = "playground.training.stack_rules.SGD"
    name: Literal["sgd"] = "sgd"
    learning_rate: float = _rate(0.1)


class Momentum(Optimizer):
    """Gradient descent that keeps moving the way it was going."""

    call = Call("torch.optim.SGD", momentum="momentum")
    fused_on = ("cpu", "cuda")
    stack_rule = "playground.training.stack_rules.Momentum"
    name: Literal["momentum"] = "momentum"
    learning_rate: float = _rate(0.01)
    momentum: float = setting(
        0.9, "Momentum", "How much of the last step is kept in the next one.", ge=0, lt=1
    )


class Nesterov(Optimizer):
    """Momentum that takes its coming move into account in each step."""

    call = Call("torch.optim.SGD", momentum="momentum", nesterov="True")
    fused_on = ("cpu", "cuda")
    stack_rule = "playground.training.stack_rules.Nesterov"
    name: Literal["nesterov"] = "nesterov"
    learning_rate: float = _rate(0.01)
    momentum: float = setting(
        0.9, "Momentum", "How much of the last step is kept in the next one.", gt=0, lt=1
    )


class RMSprop(Optimizer):
    """Divides each weight's step by the recent size of its gradient."""

    call = Call("torch.optim.RMSprop", alpha="alpha", momentum="momentum", eps="epsilon")
    stack_rule = "playground.training.stack_rules.RMSprop"
    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = _rate(0.001)
    alpha: float = setting(
        0.99, "Smoothing", "How long past squared gradients are remembered.", ge=0, lt=1
    )
    momentum: float = setting(
        0.0, "Momentum", "How much of the last step is kept in the next one.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-8)


class _Adam(Optimizer):
    fused_on = ("cpu", "cuda")
    learning_rate: float = _rate(0.001)
    beta1: float = setting(0.9, "Beta 1", "How long past gradients are remembered.", ge=0, lt=1)
    beta2: float = setting(
        0.999, "Beta 2", "How long past squared gradients are remembered.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-8)


class Adam(_Adam):
    """Momentum and RMSprop in one."""

    call = Call("torch.optim.Adam", betas="(beta1, beta2)", eps="epsilon")
    stack_rule = "playground.training.stack_rules.Adam"
    name: Literal["adam"] = "adam"


class AMSGrad(_Adam):
    """Adam that never forgets how large a gradient was: it divides by the largest size so far."""

    call = Call("torch.optim.Adam", betas="(beta1, beta2)", eps="epsilon", amsgrad="True")
    stack_rule = "playground.training.stack_rules.AMSGrad"
    name: Literal["amsgrad"] = "amsgrad"


class AdamW(_Adam):
    """Adam with weight decay applied to the weights themselves."""

    call = Call("torch.optim.AdamW", betas="(beta1, beta2)", eps="epsilon")
    decouples = True
    stack_rule = "playground.training.stack_rules.AdamW"
    name: Literal["adamw"] = "adamw"


class RAdam(_Adam):
    """Adam that begins carefully: no division by the gradients' size before it is well known."""

    call = Call("torch.optim.RAdam", betas="(beta1, beta2)", eps="epsilon")
    fused_on = ()
    name: Literal["radam"] = "radam"
    # At Adam's 0.001 the digits' default network had 12 % after two epochs, at 0.005 30 %.
    learning_rate: float = _rate(0.005)


class Adagrad(Optimizer):
    """Divides each weight's step by the size of all its gradients so far."""

    call = Call(
        "torch.optim.Adagrad",
        lr_decay="learning_rate_decay",
        initial_accumulator_value="initial_accumulator",
        eps="epsilon",
    )
    fused_on = ("cpu",)
    stack_rule = "playground.training.stack_rules.Adagrad"
    name: Literal["adagrad"] = "adagrad"
    learning_rate: float = _rate(0.01)
    learning_rate_decay: float = setting(
        0.0, "Learning rate decay", "How fast the learning rate shrinks with the steps.", ge=0, le=1
    )
    initial_accumulator: float = setting(
        0.0, "Initial accumulator", "Where the sum of squared gradients starts.", ge=0, le=10
    )
    epsilon: float = _epsilon(1e-10)


class Adadelta(Optimizer):
    """Sizes its steps by the steps before, so the learning rate is usually left at 1."""

    call = Call("torch.optim.Adadelta", rho="rho", eps="epsilon")
    stack_rule = "playground.training.stack_rules.Adadelta"
    name: Literal["adadelta"] = "adadelta"
    learning_rate: float = _rate(1.0)
    rho: float = setting(
        0.9, "Rho", "How long past squared gradients and steps are remembered.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-6)

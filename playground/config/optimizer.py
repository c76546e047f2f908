"""The optimizers and the learning-rate schedules, each with its own fields."""

from typing import Any, Literal

from playground.config.part import Part, setting


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


class _Optimizer(Part):
    tag = "name"


class SGD(_Optimizer):
    """Plain (stochastic) gradient descent."""

    name: Literal["sgd"] = "sgd"
    learning_rate: float = _rate(0.1)


class Momentum(_Optimizer):
    """Gradient descent that keeps moving the way it was going."""

    name: Literal["momentum"] = "momentum"
    learning_rate: float = _rate(0.01)
    momentum: float = setting(
        0.9, "Momentum", "How much of the last step is kept in the next one.", ge=0, lt=1
    )


class Nesterov(_Optimizer):
    """Momentum that takes its coming move into account in each step."""

    name: Literal["nesterov"] = "nesterov"
    learning_rate: float = _rate(0.01)
    momentum: float = setting(
        0.9, "Momentum", "How much of the last step is kept in the next one.", gt=0, lt=1
    )


class RMSprop(_Optimizer):
    """Divides each weight's step by the recent size of its gradient."""

    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = _rate(0.001)
    alpha: float = setting(
        0.99, "Smoothing", "How long past squared gradients are remembered.", ge=0, lt=1
    )
    momentum: float = setting(
        0.0, "Momentum", "How much of the last step is kept in the next one.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-8)


class _Adam(_Optimizer):
    learning_rate: float = _rate(0.001)
    beta1: float = setting(0.9, "Beta 1", "How long past gradients are remembered.", ge=0, lt=1)
    beta2: float = setting(
        0.999, "Beta 2", "How long past squared gradients are remembered.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-8)


class Adam(_Adam):
    """Momentum and RMSprop in one."""

    name: Literal["adam"] = "adam"


class AMSGrad(_Adam):
    """Adam that never forgets how large a gradient was: it divides by the largest size so far."""

    name: Literal["amsgrad"] = "amsgrad"


class AdamW(_Adam):
    """Adam with weight decay applied to the weights themselves."""

    name: Literal["adamw"] = "adamw"


class Adagrad(_Optimizer):
    """Divides each weight's step by the size of all its gradients so far."""

    name: Literal["adagrad"] = "adagrad"
    learning_rate: float = _rate(0.01)
    learning_rate_decay: float = setting(
        0.0, "Decay of the rate", "How fast the learning rate shrinks with the steps.", ge=0, le=1
    )
    initial_accumulator: float = setting(
        0.0, "Initial accumulator", "Where the sum of squared gradients starts.", ge=0, le=10
    )
    epsilon: float = _epsilon(1e-10)


class Adadelta(_Optimizer):
    """Sizes its steps by the steps before, so the learning rate is usually left at 1."""

    name: Literal["adadelta"] = "adadelta"
    learning_rate: float = _rate(1.0)
    rho: float = setting(
        0.9, "Rho", "How long past squared gradients and steps are remembered.", ge=0, lt=1
    )
    epsilon: float = _epsilon(1e-6)


class _Schedule(Part):
    tag = "kind"


class Constant(_Schedule):
    """The same learning rate throughout."""

    kind: Literal["constant"] = "constant"


class Step(_Schedule):
    """Multiplies the learning rate by a factor every few epochs."""

    kind: Literal["step"] = "step"
    every: int = setting(
        10, "Every", "After how many epochs the rate changes.", unit="epochs", ge=1, le=5000
    )
    factor: float = setting(0.5, "Factor", "What the rate is multiplied by.", gt=0, le=1)


class Cosine(_Schedule):
    """Falls along half a cosine wave, slowly at both ends."""

    kind: Literal["cosine"] = "cosine"
    final: float = setting(
        0.0, "Final share", "The share of the learning rate left at the end.", ge=0, le=1
    )


class OneCycle(_Schedule):
    """Rises to the learning rate, then falls far below where it began."""

    kind: Literal["one_cycle"] = "one_cycle"
    rise: float = setting(
        0.3, "Rise", "The share of the run in which the rate rises.", ge=0.01, le=0.99
    )


class Triangle(_Schedule):
    """Rises to the learning rate in a straight line, then falls in one."""

    kind: Literal["triangle"] = "triangle"
    rise: float = setting(
        0.2, "Rise", "The share of the run in which the rate rises.", ge=0.01, le=0.99
    )
    start: float = setting(
        0.2, "Start share", "The share of the learning rate at the beginning.", ge=0, le=1
    )
    final: float = setting(
        0.0, "Final share", "The share of the learning rate left at the end.", ge=0, le=1
    )


class WarmUp(_Schedule):
    """Rises in a straight line for the first epochs, then stays."""

    kind: Literal["warm_up"] = "warm_up"
    epochs: int = setting(
        3, "Warm-up", "How many epochs the rate rises for.", unit="epochs", ge=1, le=1000
    )

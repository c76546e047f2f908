"""The schedules of the learning rate: one class each, with its fields and its call of torch.

A schedule takes a step after each of the optimizer's. Another one needs nothing but a class here.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from playground.config.call import Call, evaluate
from playground.config.part import Kind, setting


class Schedule(Kind):
    """How the learning rate changes during a run."""

    tag = "kind"
    kinds_label = "Learning rate schedule"
    call: ClassVar[Call | None] = None
    """Of torch, after the optimizer: its arguments name fields, ``numbers``, and what is known of
    the run: ``learning_rate``, ``steps_per_epoch`` and ``steps`` in all. None keeps the rate."""
    numbers: ClassVar[Mapping[str, str]] = {}
    """What its call names beside that, each an expression over what stands before it."""

    if TYPE_CHECKING:  # each kind has its own
        kind: str = ""

    def values(self, learning_rate: float, epochs: int, steps_per_epoch: int) -> dict[str, Any]:
        """Give what the names in its call are in a run."""
        values = self.model_dump() | {
            "learning_rate": learning_rate,
            "steps_per_epoch": steps_per_epoch,
            "steps": epochs * steps_per_epoch,
        }
        for name, expression in self.numbers.items():
            values[name] = evaluate(expression, values)
        return values


class Constant(Schedule):
    """The same learning rate throughout."""

    kind: Literal["constant"] = "constant"


class Step(Schedule):
    """Multiplies the learning rate by a factor every few epochs."""

    call = Call(
        "torch.optim.lr_scheduler.StepLR", step_size="every * steps_per_epoch", gamma="factor"
    )
    kind: Literal["step"] = "step"
    every: int = setting(
        10, "Every", "After how many epochs the rate changes.", unit="epochs", ge=1, le=5000
    )
    factor: float = setting(0.5, "Factor", "What the rate is multiplied by.", gt=0, le=1)


class Cosine(Schedule):
    """Falls along half a cosine wave, slowly at both ends."""

    call = Call(
        "torch.optim.lr_scheduler.CosineAnnealingLR",
        T_max="steps",
        eta_min="final * learning_rate",
    )
    kind: Literal["cosine"] = "cosine"
    final: float = setting(
        0.0, "Final share", "The share of the learning rate left at the end.", ge=0, le=1
    )


class OneCycle(Schedule):
    """Rises to the learning rate, then falls far below where it began."""

    label = "One cycle"
    # torch divides by the lengths of the rise and of the fall, so neither may be empty. Its
    # cycle_momentum would need an optimizer with momentum; only the rate cycles here.
    numbers: ClassVar = {"total": "max(steps, 2) + 1"}
    call = Call(
        "torch.optim.lr_scheduler.OneCycleLR",
        max_lr="learning_rate",
        total_steps="total",
        pct_start="max(rise, 2 / total)",
        cycle_momentum="False",
    )
    kind: Literal["one_cycle"] = "one_cycle"
    rise: float = setting(
        0.3, "Rise", "The share of the run in which the rate rises.", ge=0.01, le=0.99
    )


class Triangle(Schedule):
    """Rises to the learning rate in a straight line, then falls in one."""

    # The peak is at a step of its own, neither the first nor the one after the last.
    numbers: ClassVar = {"peak": "min(max(round(rise * steps), 1), max(steps - 1, 1))"}
    call = Call(
        "torch.optim.lr_scheduler.LambdaLR",
        lr_lambda="lambda step: start + (1 - start) * step / peak if step <= peak "
        "else 1 + (final - 1) * (step - peak) / (steps - peak)",
    )
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


class WarmUp(Schedule):
    """Rises in a straight line for the first epochs, then stays."""

    label = "Warm-up"
    numbers: ClassVar = {"rise": "max(1, min(epochs * steps_per_epoch, steps) - 1)"}
    call = Call(
        "torch.optim.lr_scheduler.LinearLR", start_factor="1 / (rise + 1)", total_iters="rise"
    )
    kind: Literal["warm_up"] = "warm_up"
    epochs: int = setting(
        3, "Warm-up", "How many epochs the rate rises for.", unit="epochs", ge=1, le=1000
    )

"""Optimizer and learning-rate schedule as source: the call, and the numbers it names."""

from collections.abc import Collection

from playground.config import RunConfig, settings_of
from playground.config.call import free_names, substitute


def passes_weight_decay(config: RunConfig) -> bool:
    """Tell whether the optimizer is told the weight decay: torch's own is not always 0 if it
    decouples it, as AdamW's is 0.01."""
    return bool(config.regularization.weight_decay) or config.optimizer.decouples


def optimizer_of(config: RunConfig, device: str | None) -> str:
    """Write the call that makes the optimizer.

    ``device`` is the kind of device on which it updates all weights in one call, None if it does
    not.
    """
    one = config.optimizer
    more = {"weight_decay": "WEIGHT_DECAY"} if passes_weight_decay(config) else {}
    if device in one.fused_on:
        more["fused"] = "True"
    call = one.call.evaluated(one.model_dump())
    return call.source({}, "network.parameters()", "lr=LEARNING_RATE", **more)


def schedule_of(
    config: RunConfig, steps_per_epoch: int, taken: Collection[str]
) -> tuple[dict[str, str], str]:
    """Write the numbers that the schedule names, and the call that makes it, if there is one.

    The scheduler takes a step after each of the optimizer's. ``taken`` are the names that the
    script has for other numbers.
    """
    one = config.schedule
    if one.call is None:
        return {}, ""
    fields = settings_of(type(one))
    texts = {name: repr(getattr(one, name)) for name in fields}
    constants = {"learning_rate": "LEARNING_RATE"}
    needed = one.call.names()
    for name in reversed([*one.numbers]):
        needed += free_names(one.numbers[name])
    named: dict[str, str] = {}
    if "steps" in needed or "steps_per_epoch" in needed:
        named["STEPS_PER_EPOCH"] = str(steps_per_epoch)
        constants["steps_per_epoch"] = "STEPS_PER_EPOCH"
    if "steps" in needed:
        named["STEPS"] = "EPOCHS * STEPS_PER_EPOCH"
        constants["steps"] = "STEPS"
    for name in one.numbers:
        text = substitute(one.numbers[name], texts | constants)
        constants[name] = _free(name, taken)
        named[constants[name]] = text
    for name in one.call.names():
        if name in fields and name not in constants:
            unit = fields[name].unit
            constants[name] = _free(name, taken)
            named[constants[name]] = texts[name] + (f"  # {unit}" if unit else "")
    return named, one.call.source(constants, "optimizer")


def _free(name: str, taken: Collection[str]) -> str:
    """Return the name of a constant that the script does not have yet."""
    return f"SCHEDULE_{name.upper()}" if name.upper() in taken else name.upper()

"""Optimizer and learning-rate schedule as source: the call, and the numbers it names."""

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
    RMSprop,
    RunConfig,
    Step,
    Triangle,
    WarmUp,
)


def decays(config: RunConfig) -> bool:
    """Whether the optimizer is told the weight decay: AdamW's own is not 0."""
    return bool(config.regularization.weight_decay) or isinstance(config.optimizer, AdamW)


def optimizer_of(config: RunConfig, fused: bool, cuda: bool) -> str:
    """The call that makes the optimizer; what is torch's own default is left out."""
    one = config.optimizer
    arguments = ["network.parameters()", "lr=LEARNING_RATE"]
    arguments += ["weight_decay=WEIGHT_DECAY"] if decays(config) else []
    match one:
        case SGD():
            name = "SGD"
        case Momentum() | Nesterov():
            name = "SGD"
            arguments.append(f"momentum={one.momentum}")
            arguments += ["nesterov=True"] if isinstance(one, Nesterov) else []
        case RMSprop():
            name = "RMSprop"
            arguments += [f"alpha={one.alpha}"] if one.alpha != 0.99 else []
            arguments += [f"momentum={one.momentum}"] if one.momentum else []
        case Adam() | AMSGrad() | AdamW():
            name = "AdamW" if isinstance(one, AdamW) else "Adam"
            betas = (one.beta1, one.beta2)
            arguments += [f"betas={betas}"] if betas != (0.9, 0.999) else []
            arguments += ["amsgrad=True"] if isinstance(one, AMSGrad) else []
        case Adagrad():
            name = "Adagrad"
            start = one.initial_accumulator
            arguments += [f"lr_decay={one.learning_rate_decay}"] if one.learning_rate_decay else []
            arguments += [f"initial_accumulator_value={start}"] if start else []
        case Adadelta():
            name = "Adadelta"
            arguments += [f"rho={one.rho}"] if one.rho != 0.9 else []
    usual = {"Adagrad": 1e-10, "Adadelta": 1e-6}.get(name, 1e-8)
    if name != "SGD" and one.epsilon != usual:
        arguments.append(f"eps={one.epsilon}")
    if fused and name not in ("RMSprop", "Adadelta", *(["Adagrad"] if cuda else [])):
        arguments.append("fused=True")
    return f"optim.{name}({', '.join(arguments)})"


def schedule_of(config: RunConfig, steps_per_epoch: int) -> tuple[dict[str, str], str]:
    """The numbers that the schedule names, and the call that makes it; none for a constant rate.

    The scheduler takes a step after each of the optimizer's.
    """
    steps = config.run.epochs * steps_per_epoch
    per_epoch = {"STEPS_PER_EPOCH": str(steps_per_epoch)}
    all_steps = per_epoch | {"STEPS": "EPOCHS * STEPS_PER_EPOCH"}
    match config.schedule:
        case Constant():
            return {}, ""
        case Step() as one:
            named = per_epoch | {"EVERY": f"{one.every}  # epochs", "FACTOR": str(one.factor)}
            return named, "lr_scheduler.StepLR(optimizer, EVERY * STEPS_PER_EPOCH, FACTOR)"
        case Cosine() as one:
            call = "lr_scheduler.CosineAnnealingLR(optimizer, STEPS"
            if not one.final:
                return all_steps, f"{call})"
            named = all_steps | {"FINAL_SHARE": str(one.final)}
            return named, f"{call}, eta_min=FINAL_SHARE * LEARNING_RATE)"
        case OneCycle() as one:
            # torch divides by the lengths of the rise and of the fall, so neither may be empty.
            total = max(steps, 2) + 1
            named = all_steps | {"RISE": str(max(one.rise, 2 / total))}
            count = "STEPS + 1" if total == steps + 1 else total
            return named, (
                f"lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, {count}, pct_start=RISE, "
                "cycle_momentum=False)"
            )
        case Triangle() as one:
            peak = min(max(round(one.rise * steps), 1), max(steps - 1, 1))
            named = {"PEAK": f"{peak}  # the step with the whole learning rate"}
            named |= {"START_SHARE": str(one.start), "FINAL_SHARE": str(one.final)}
            return all_steps | named, "lr_scheduler.LambdaLR(optimizer, share_of_rate)"
        case WarmUp() as one:
            rise = max(1, min(one.epochs * steps_per_epoch, steps) - 1)
            call = "lr_scheduler.LinearLR(optimizer, 1 / (RISE + 1), total_iters=RISE)"
            return {"RISE": f"{rise}  # steps"}, call

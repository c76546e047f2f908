"""Figures by epoch, by the names that articles' figures have, and what is read from them."""

from collections.abc import Mapping, Sequence

Curves = Mapping[str, Sequence[float]]
"""By Reported.key, a value for each epoch: that of epoch n at place n − 1."""

TRAIN, VALIDATION = "train accuracy as it trained", "validation accuracy"
TRAIN_LOSS, VALIDATION_LOSS = "train loss as it trained", "validation loss"
OF = {"accuracy": (TRAIN, VALIDATION), "loss": (TRAIN_LOSS, VALIDATION_LOSS)}
"""Which curves are drawn together, by quantity: training, then validation."""


def losses_after(curves: Curves, every: int) -> list[tuple[int, float | None, float | None]]:
    """Give (steps, train loss, validation loss), losses in nats per image, after 0, ``every``,
    2 · ``every`` … steps of a run that makes one step an epoch.

    The training loss of epoch n is taken before its step, so after n − 1 steps; the validation loss
    after it, so after n. That before the first step is not measured: None.
    """
    train, validation = curves.get(TRAIN_LOSS, ()), curves.get(VALIDATION_LOSS, ())
    return [
        (
            steps,
            train[steps],
            validation[steps - 1] if 0 < steps <= len(validation) else None,
        )
        for steps in range(0, len(train), every)
    ]


def gained(values: Sequence[float], start: int, end: int) -> float:
    """Count how much a curve rose from epoch ``start`` to epoch ``end``, both counted from 1."""
    return values[end - 1] - values[start - 1]

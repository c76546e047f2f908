"""The learning rate is too high, or too low."""

from playground import formats
from playground.analysis.diagnosis.penalty_too_strong import penalty_too_strong
from playground.analysis.diagnosis.record import Diagnosis, Record, mean_end

HIGH = 5.0
"""Times the usual rate from which one may be too high."""
FAR_LOW, LOW = 0.1, 0.5
"""Times the usual rate up to which one is too low if the loss is still far from 0, and up to which
it is if the loss falls steadily too. Networks of dense layers alone bear more: there the loss is
asked at any rate that is not high."""
LEVEL = 0.2
"""The training loss, as a share of that of guessing, above which it is far from 0."""
FEW = 3
"""Epochs so few that a loss has no shape."""


def rate_too_high(record: Record) -> Diagnosis | None:
    """Find steps so large that the loss jumps about, or stays where it began, far from 0."""
    if record.unseen is None or record.level is None or record.guess_loss is None:
        return None
    times = record.rate / record.usual_rate
    if times < HIGH or record.level < LEVEL:
        return None
    if record.level < 0.9 and record.jumps < 0.45:
        return None
    rate = record.rate / 10
    return Diagnosis(
        "The learning rate is too high: the steps jump over what they look for.",
        f"The training loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}. The rate is {times:,.0f} times the usual "
        f"{record.usual_rate:g}.",
        record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate),
    )


def rate_too_low(record: Record) -> Diagnosis | None:
    """Find a loss that ends far from 0 and fell as fast at the end as before, or hardly at all with
    a rate far below the usual."""
    if record.seen is None or record.level is None or record.guess_loss is None:
        return None
    times = record.rate / record.usual_rate
    if times >= HIGH or record.level < LEVEL or penalty_too_strong(record):
        return None
    dense = record.config.architecture.kind == "mlp"
    asked = times <= LOW or dense
    at_once = dense and len(record.epochs) <= FEW and record.level >= 0.75
    if not (times <= FAR_LOW or at_once or (asked and falls_steadily(record))):
        return None
    rate = record.rate * 10
    return Diagnosis(
        "The learning rate is too low for so few epochs: the loss fell slowly all the time.",
        f"The training loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}.",
        record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate),
    )


def falls_steadily(record: Record) -> bool:
    """Tell whether the training loss fell in the second half about as much as in the first, with
    hardly a step upwards."""
    found, guess = record.losses, record.guess_loss
    if guess is None or record.seen is None or record.level is None or len(found) <= FEW:
        return False
    middle, end = found[len(found) // 2 - 1] / guess, found[-1] / guess
    first, second = 1 - middle, middle - end
    least = 0.3 if record.level >= 0.5 else 0.45
    learnt = record.seen.accuracy >= (0.94 if len(found) >= 10 else 0.9)
    return record.jumps <= 0.35 and second >= 0.003 and second >= least * first and not learnt

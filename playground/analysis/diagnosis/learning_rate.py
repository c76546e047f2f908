"""The learning rate is too high, or too low."""

from playground import formats
from playground.analysis.diagnosis.memorising import memorising
from playground.analysis.diagnosis.penalty_too_strong import penalty_too_strong
from playground.analysis.diagnosis.record import Diagnosis, Record, mean_end

HIGH = 5.0
"""Times the usual rate from which one may be too high."""
FAR_LOW, LOW, DENSE_LOW = 0.1, 0.7, 2.5
"""Times the usual rate up to which one is too low if the loss is still far from 0, and up to which
it is if the loss falls steadily too: networks of dense layers alone bear more than others."""
LEVEL, SHAKEN_LEVEL = 0.2, 0.15
"""The training loss, as a share of that of guessing, above which it is far from 0; if it jumps."""
FEW = 3
"""Epochs so few that a loss has no shape."""


def rate_too_high(record: Record) -> Diagnosis | None:
    """Find steps so large that the loss jumps about, or stays where it began, far from 0."""
    if record.unseen is None or record.level is None or record.guess_loss is None:
        return None
    times = record.rate / record.usual_rate
    shaken = record.level >= SHAKEN_LEVEL and record.jumps >= 0.45
    if times < HIGH or not (shaken or record.level >= 0.9) or penalty_too_strong(record):
        return None
    rate = record.usual_rate
    return Diagnosis(
        "The learning rate is too high: the steps jump over what they look for.",
        f"The training loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}. The rate is {times:,.0f} times the usual "
        f"{record.usual_rate:g}.",
        record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate),
    )


def rate_too_low(record: Record) -> Diagnosis | None:
    """Find a loss that ends far from 0 and fell as fast at the end as before, or hardly at all with
    a rate far below the usual; not with noisy labels, of which a loss far from 0 says nothing."""
    if record.seen is None or record.level is None or record.guess_loss is None:
        return None
    times, dense = record.rate / record.usual_rate, record.config.architecture.kind == "mlp"
    learnt = record.level < LEVEL and not falls_steadily(record)
    others = penalty_too_strong(record) or memorising(record)
    if times > DENSE_LOW or learnt or record.config.data.label_noise or others:
        return None
    asked = falls_steadily(record) or (dense and _has_hardly_begun(record, record.level))
    if times > FAR_LOW and not (asked and (dense or times <= LOW)):
        return None
    rate = max(record.rate * 10, record.usual_rate if times <= FAR_LOW else 0.0)
    return Diagnosis(
        "The learning rate is too low for so few epochs: the loss "
        f"{'has hardly fallen' if record.level >= 0.9 else 'fell slowly all the time'}.",
        f"The training loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}.",
        record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate),
    )


def _has_hardly_begun(record: Record, level: float) -> bool:
    """Tell whether the loss is still near that of guessing, below it, and does not jump."""
    few = len(record.epochs) <= FEW
    return record.jumps <= 0.1 and (0.75 if few else 0.85) <= level < (1.0 if few else 1.005)


def falls_steadily(record: Record) -> bool:
    """Tell whether the training loss fell in the second half about as much as in the first, with
    hardly a step upwards."""
    found, guess = record.losses, record.guess_loss
    if guess is None or record.seen is None or record.level is None or len(found) <= FEW:
        return False
    middle, end = found[len(found) // 2 - 1] / guess, found[-1] / guess
    first, second = 1 - middle, middle - end
    least = 0.3 if record.level >= 0.5 else 0.45
    learnt = record.seen.accuracy >= (0.94 if len(found) >= 10 else 0.9) or record.level < 0.15
    return record.jumps <= 0.35 and second >= 0.003 and second >= least * first and not learnt

"""A penalty holds the weights so small that the network cannot learn."""

from playground import formats
from playground.analysis.diagnosis.record import Diagnosis, Record, mean_end

PENALTIES = {"weight_decay": "Weight decay", "l1": "L1 penalty", "l2": "L2 penalty"}


def penalty_too_strong(record: Record) -> Diagnosis | None:
    """Find a network with a penalty that does not even learn its training images."""
    part = record.config.regularization
    on = {name: value for name in PENALTIES if (value := getattr(part, name))}
    if not on or not (record.seen and record.unseen) or record.guess_loss is None:
        return None
    level = record.seen.loss / record.guess_loss
    if level < 0.3:
        return None
    name = max(on, key=lambda one: on[one])
    path = f"regularization__{name}"
    weaker = on[name] / 10
    return Diagnosis(
        f"The {_small(PENALTIES[name])} is probably too strong: it does not even learn its "
        "training images.",
        f"Their loss ends at {formats.loss(mean_end(record.losses))}; guessing would give "
        f"{formats.loss(record.guess_loss)}.",
        record.change(f"{PENALTIES[name]} {weaker:g}", **{path: weaker})
        + record.change(f"No {_small(PENALTIES[name])}", **{path: 0}),
    )


def _small(label: str) -> str:
    return label if label[:2].isupper() or label[1].isdigit() else label.lower()

"""A penalty holds the weights so small that the network cannot learn."""

from playground import formats
from playground.analysis.diagnosis.record import Diagnosis, Record

PENALTIES = {"weight_decay": "Weight decay", "l1": "L1 penalty", "l2": "L2 penalty"}
LEAST = {"weight_decay": 3e-3, "l1": 5e-5, "l2": 1e-3}
"""Below these a penalty was not seen to hold a network up."""
LEVEL = 0.22
"""The training loss at the end, as a share of that of guessing, above which it has not learnt its
images."""


def penalty_too_strong(record: Record) -> Diagnosis | None:
    """Find a network with a penalty that does not even learn its training images; not with noisy
    labels, which nobody should learn."""
    part = record.config.regularization
    if record.config.data.label_noise:
        return None
    on = {name: value for name in PENALTIES if (value := getattr(part, name)) >= LEAST[name]}
    if not on or not (record.seen and record.unseen and record.level) or record.guess_loss is None:
        return None
    shaken = record.jumps >= 0.5 and record.level < 0.95  # it is the steps that are too large
    if record.seen.loss < LEVEL * record.guess_loss or shaken:
        return None
    name = max(on, key=lambda one: on[one] / LEAST[one])
    path = f"regularization__{name}"
    weaker = on[name] / 10
    return Diagnosis(
        f"The {_small(PENALTIES[name])} is too strong: it does not even learn its training images.",
        f"Their loss ends at {formats.loss(record.seen.loss)}; guessing would give "
        f"{formats.loss(record.guess_loss)}.",
        record.change(f"{PENALTIES[name]} {weaker:g}", **{path: weaker})
        + record.change(f"No {_small(PENALTIES[name])}", **{path: 0}),
    )


def _small(label: str) -> str:
    return label if label[:2].isupper() or label[1].isdigit() else label.lower()

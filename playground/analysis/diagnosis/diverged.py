"""Its loss stopped being a number."""

from playground.analysis.diagnosis.record import Diagnosis, Record


def diverged(record: Record) -> Diagnosis | None:
    """Find a run whose loss or gradient was no longer finite."""
    if record.status != "diverged":
        return None
    changes = ()
    if record.config.data.scaling == "raw":
        changes = record.change("Scale the pixels to 0 to 1", data__scaling="unit")
    rate = min(record.rate / 10, record.usual_rate)
    changes += record.change(f"Learning rate {rate:g}", optimizer__learning_rate=rate)
    if not record.config.regularization.gradient_clip:
        changes += record.change("Clip gradients at 1", regularization__gradient_clip=1)
    return Diagnosis(
        "It diverged: the steps were so large that the loss grew beyond all numbers.",
        f"The learning rate is {record.rate:g}; usual with this optimizer is "
        f"{record.usual_rate:g}.",
        changes[:2],
    )

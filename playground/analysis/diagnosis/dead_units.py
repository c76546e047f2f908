"""Many units of a layer are dead."""

from playground import formats
from playground.analysis.diagnosis.record import Diagnosis, Record, UnitCount

SHARE, FEWEST = 0.25, 8
"""The share of a layer's units from which it is said, and units below which a layer has too few to
speak of shares."""


def dead_units(record: Record) -> Diagnosis | None:
    """Find the layer with the largest share of units that answer no image; a count, not a
    judgement."""
    layers = [one for one in record.units if one.units >= FEWEST]
    worst = max(layers, key=lambda one: one.dead / one.units, default=None)
    if worst is None or worst.dead < SHARE * worst.units:
        return None
    share = formats.share(worst.dead / worst.units, 0)
    changes = record.change("Leaky ReLU", architecture__activation="leaky_relu")
    if record.rate > record.usual_rate:
        changes = (
            *record.change(
                f"Learning rate {record.usual_rate:g}", optimizer__learning_rate=record.usual_rate
            ),
            *changes,
        )
    return Diagnosis(
        f"{share} of {_owner(worst)} are dead: they put out 0 whatever they are shown.",
        f"{worst.dead:,} of {worst.units:,} answered none of {worst.images:,} images. The page "
        "Inside names them.",
        changes,
    )


def _owner(layer: UnitCount) -> str:
    if layer.block:
        return f"block {layer.block}'s channels"
    return f"the units of dense layer {layer.dense}"

"""So few validation images that they tell little."""

from playground import formats
from playground.analysis import headline
from playground.analysis.diagnosis.record import Change, Diagnosis, Record

MARGIN = 0.05
"""Half the width of the 95 % interval from which a figure tells little, as a share."""


def few_validation(record: Record) -> Diagnosis | None:
    """Find validation images so few that other ones might give quite another accuracy."""
    data = record.config.data
    if data.validation not in ("random", "end") or (scores := record.unseen) is None:
        return None
    found = headline.Headline("validation", scores.accuracy, scores.images)
    if found.margin <= MARGIN:
        return None
    low, high = (formats.share(one, 0) for one in found.interval)
    return Diagnosis(
        f"{scores.images:,} validation images are too few to tell small differences.",
        f"The accuracy of the network may be anything from {low} to {high} (95 % interval).",
        _changes(record),
    )


def _changes(record: Record) -> tuple[Change, ...]:
    data = record.config.data
    if data.validation_from == "chosen" and data.train_images != "all":
        return record.change(
            "Validate on images of the rest",
            data__validation_from="pool", data__validation_fraction=0.1,
        )  # fmt: skip
    more = 0.2 if data.validation_fraction < 0.2 else 0.4
    return record.change(f"Keep {formats.share(more, 0)} for validation",
                         data__validation_fraction=more)  # fmt: skip

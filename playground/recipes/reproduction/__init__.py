"""What we measured of the articles' recipes, beside what they reported.

``figures`` reads a stored run as the articles tell theirs, ``measured`` is what ``python -m
playground reproduce`` keeps of many (``measured.json``), ``document`` writes it down for readers.
"""

from playground.recipes.reproduction.classes import (
    ClassAccuracies,
    ClassChange,
    class_changes,
    measured_by_class,
    reported_by_class,
)
from playground.recipes.reproduction.document import as_markdown, by_priority, describe_judged
from playground.recipes.reproduction.figures import (
    CURVE_PAIRS,
    Curves,
    curves_of,
    figures_of,
    losses_after,
    rise,
)
from playground.recipes.reproduction.findings import Judged, judge
from playground.recipes.reproduction.formatting import (
    format_mean,
    format_measured,
    format_value,
    is_at_chance,
)
from playground.recipes.reproduction.measured import (
    MEASURED,
    Measured,
    MeasuredConfig,
    MeasuredError,
    agrees,
    describe_data,
    keep,
    measured_of,
    merge,
    read,
)

__all__ = [
    "CURVE_PAIRS",
    "MEASURED",
    "ClassAccuracies",
    "ClassChange",
    "Curves",
    "Judged",
    "Measured",
    "MeasuredConfig",
    "MeasuredError",
    "agrees",
    "as_markdown",
    "by_priority",
    "class_changes",
    "curves_of",
    "describe_data",
    "describe_judged",
    "figures_of",
    "format_mean",
    "format_measured",
    "format_value",
    "is_at_chance",
    "judge",
    "keep",
    "losses_after",
    "measured_by_class",
    "measured_of",
    "merge",
    "read",
    "reported_by_class",
    "rise",
]

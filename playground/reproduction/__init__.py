"""What we measured of the articles' recipes, beside what they reported.

``figures`` reads a stored run as the articles tell theirs, ``measured`` is what ``python -m
playground reproduce`` keeps of many (``measured.json``), ``document`` writes it down for readers.
"""

from playground.reproduction.document import as_markdown
from playground.reproduction.figures import figures_of
from playground.reproduction.measured import (
    MEASURED,
    USUAL,
    Cell,
    Measured,
    MeasuredError,
    agrees,
    keep,
    measured_of,
    origin,
    read,
)
from playground.reproduction.text import shown, told

__all__ = [
    "MEASURED",
    "USUAL",
    "Cell",
    "Measured",
    "MeasuredError",
    "agrees",
    "as_markdown",
    "figures_of",
    "keep",
    "measured_of",
    "origin",
    "read",
    "shown",
    "told",
]

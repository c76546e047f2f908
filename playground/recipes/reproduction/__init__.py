"""What we measured of the articles' recipes, beside what they reported.

``figures`` reads a stored run as the articles tell theirs, ``measured`` is what ``python -m
playground reproduce`` keeps of many (``measured.json``), ``document`` writes it down for readers.
"""

from playground.recipes.reproduction.classes import ByClass, Move, moves, of_figures, of_reported
from playground.recipes.reproduction.curves import OF, Curves, gained, losses_after
from playground.recipes.reproduction.document import as_markdown, as_word
from playground.recipes.reproduction.figures import curves_of, figures_of
from playground.recipes.reproduction.findings import Judged, judged
from playground.recipes.reproduction.measured import (
    MEASURED,
    Cell,
    Measured,
    MeasuredError,
    agrees,
    joined,
    keep,
    measured_of,
    origin,
    read,
)
from playground.recipes.reproduction.priority import in_order
from playground.recipes.reproduction.text import is_guess, of_measured, shown, told

__all__ = [
    "MEASURED",
    "OF",
    "ByClass",
    "Cell",
    "Curves",
    "Judged",
    "Measured",
    "MeasuredError",
    "Move",
    "agrees",
    "as_markdown",
    "as_word",
    "curves_of",
    "figures_of",
    "gained",
    "in_order",
    "is_guess",
    "joined",
    "judged",
    "keep",
    "losses_after",
    "measured_of",
    "moves",
    "of_figures",
    "of_measured",
    "of_reported",
    "origin",
    "read",
    "shown",
    "told",
]

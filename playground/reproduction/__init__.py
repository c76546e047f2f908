"""What we measured of the articles' recipes, beside what they reported.

``figures`` reads a stored run as the articles tell theirs, ``measured`` is what ``python -m
playground reproduce`` keeps of many (``measured.json``), ``document`` writes it down for readers.
"""

from playground.reproduction.classes import ByClass, Move, moves, of_figures, of_reported
from playground.reproduction.curves import OF, Curves, curves_of, gained, losses_after
from playground.reproduction.document import as_markdown
from playground.reproduction.figures import figures_of
from playground.reproduction.guessing import guessing, most_guessed
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
    "OF",
    "USUAL",
    "ByClass",
    "Cell",
    "Curves",
    "Measured",
    "MeasuredError",
    "Move",
    "agrees",
    "as_markdown",
    "curves_of",
    "figures_of",
    "gained",
    "guessing",
    "keep",
    "losses_after",
    "measured_of",
    "most_guessed",
    "moves",
    "of_figures",
    "of_reported",
    "origin",
    "read",
    "shown",
    "told",
]

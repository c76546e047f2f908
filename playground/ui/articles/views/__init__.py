"""The figures, tables and explanations of the articles, drawn beside the series they belong to.

Each is a function of (page, series, evidence); series name theirs in ``Series.views``.
"""

from collections.abc import Callable

from playground.recipes import Series, View
from playground.ui.articles.measured import Evidence
from playground.ui.articles.views import (
    choices,
    classes,
    curves,
    digits,
    features,
    limit,
    losses,
    memory,
    rates,
    samples,
    sizes,
)
from playground.ui.frame import Frame

VIEWS: dict[View, Callable[[Frame, Series, Evidence], None]] = {
    "features": features.show,
    "classes": classes.show,
    "sizes": sizes.show,
    "free choices": choices.show,
    "curves": curves.show,
    "limit": limit.show,
    "memory": memory.show,
    "first digits": digits.show,
    "losses": losses.show,
    "samples": samples.show,
    "rates": rates.show,
}


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the figures of a series, in its order."""
    for name in series.views:
        VIEWS[name](page, series, evidence)

"""The figures, tables and explanations of the articles, drawn beside the series they belong to.

Each is a function of (page, series, evidence); series name theirs in ``Series.views``.
"""

from collections.abc import Callable

from playground.recipes import Series, View
from playground.ui.articles.evidence import Evidence
from playground.ui.articles.views import accuracies, curves, images, networks
from playground.ui.frame import Frame

VIEWS: dict[View, Callable[[Frame, Series, Evidence], None]] = {
    "features": networks.show_features,
    "classes": accuracies.show_classes,
    "sizes": accuracies.show_sizes,
    "free choices": networks.show_choices,
    "curves": curves.show_curves,
    "limit": curves.show_limit,
    "memory": networks.show_memory,
    "first digits": images.show_first_digits,
    "losses": curves.show_losses,
    "samples": images.show_samples,
    "rates": accuracies.show_rates,
}


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the figures of a series, in its order."""
    for name in series.views:
        VIEWS[name](page, series, evidence)

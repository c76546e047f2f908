"""The order in which the articles' recipes are measured in full."""

from collections.abc import Iterable

from playground.recipes import ARTICLES

_FIRST = (
    *("cures-base", "cures-batch-norm", "cures-dropout", "cures-early-stopping"),
    *("cures-weight-decay", "size-model-2", "size-model-3", "size-model-4"),
    *("cures-momentum", "cures-sgd", "cures-rmsprop", "size-model-4-long"),
    *("size-grid", "size-grid-scaled", "pyramid", "pyramid-dropout", "pyramid-relu"),
)
"""Those of which most is reported and which take longest; the others follow, article by article."""


def in_order(names: Iterable[str] = ()) -> list[str]:
    """These recipes, once each, those first that matter most; all of the articles' for none."""
    every = dict.fromkeys(
        (*_FIRST, *(name for article in ARTICLES.values() for name in article.recipes))
    )
    wanted = set(names) or set(every)
    return [name for name in every if name in wanted]

"""Recipes' titles, short enough for a chart."""

from collections.abc import Sequence

from playground.recipes import RECIPES


def short(names: Sequence[str]) -> list[str]:
    """Give the title of the first recipe, and of the others what they add to it."""
    first, *others = (RECIPES[name].title for name in names)
    return [first, *(title.removeprefix(first).lstrip(" ,:") or title for title in others)]

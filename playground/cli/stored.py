"""Which stored run a command line means: a recipe's name, or the first digits of the run's own."""

from difflib import get_close_matches

from playground.cli import CommandError
from playground.recipes import RECIPES
from playground.runs import Run, RunStore


def stored(store: RunStore, name_or_hash: str, quick: bool = False) -> Run:
    """The stored run of a recipe (its quick config, where ``quick``), or of a name's first digits.

    Raises CommandError where there is none.
    """
    recipe = RECIPES.get(name_or_hash)
    if recipe is None:
        run = None if quick else store.find(name_or_hash)
        if run is None:
            raise CommandError(_not_found(name_or_hash, quick))
        return run
    config = recipe.quick if quick else recipe.config
    if config is None:
        raise CommandError(f"{name_or_hash} has no quick form: leave --quick out.")
    run = store.get(config.name)
    if run is None:
        command = f"python -m playground run {name_or_hash}{' --quick' if quick else ''}"
        raise CommandError(f"{name_or_hash} has not been trained here: {command} does that.")
    return run


def _not_found(name: str, quick: bool) -> str:
    if quick:
        return f"{name[:40]!r} is no recipe, so it has no quick form: leave --quick out."
    close = get_close_matches(name, RECIPES, n=1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    return (
        f"There is no recipe and no stored run {name[:40]!r}{meant}: give a recipe's name, or the "
        "first 8 digits or more of the run's."
    )

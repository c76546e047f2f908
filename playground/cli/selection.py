"""Which config or stored run a command line means: a recipe, a file, or a run's name."""

import argparse
from difflib import get_close_matches
from pathlib import Path

from playground.analysis.labels import escape_invisible
from playground.cli import CommandError
from playground.config import (
    MAX_FILE_BYTES,
    ConfigError,
    RunConfig,
    from_file,
    setting_of,
    with_settings,
)
from playground.config.paths import value_at, walk
from playground.recipes import RECIPES
from playground.store import Run, RunStore


def config_of(name_or_file: str, changes: list[str], quick: bool = False) -> RunConfig:
    """Return the config of a recipe or file with the changes, each ``path=value``, made to it.

    ``quick`` takes a recipe's quick config.

    Raises CommandError with a sentence for each thing wrong.
    """
    recipe = RECIPES.get(name_or_file)
    base = recipe.config if recipe else _from_file(name_or_file)
    if quick:
        if recipe is None or recipe.quick is None:
            raise CommandError(f"{name_or_file} has no quick form: leave --quick out.")
        base = recipe.quick
    settings, problems = {}, []
    for change in changes:
        path, equals, value = change.partition("=")
        if equals:
            settings[path.strip()] = value.strip()
        else:
            problems.append(f"--set {change[:40]!r} has no =: write it as run.epochs=5.")
    config, refused = with_settings(settings, base)
    problems += [f"{problem}{_hint(problem.path, config)}" for problem in refused]
    if problems:
        raise CommandError("\n".join(problems))
    return config


def _from_file(name: str) -> RunConfig:
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise CommandError(_not_found(name)) from None
    except OSError as error:
        raise CommandError(f"{name} cannot be read ({error.strerror}).") from None
    try:
        return from_file(content)
    except ConfigError as error:
        raise CommandError("\n".join(f"{name}: {problem}" for problem in error.problems)) from None


def _not_found(name: str) -> str:
    close = get_close_matches(name, RECIPES, n=1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    return (
        f"There is no recipe and no file {escape_invisible(name)}{meant}: the recipes are "
        f"{', '.join(RECIPES)}; a JSON file of settings may be given too."
    )


def _hint(path: str, config: RunConfig) -> str:
    """Ask, after what refuses a path that is not there, for one much like it; else nothing."""
    if not path or value_at(config, path) is not None or setting_of(config, path):
        return ""
    paths = [leaf.path for leaf in walk(config, items=True)]
    return "".join(f" Did you mean {m}?" for m in get_close_matches(path, paths, n=1))


class NotStored(CommandError):
    """A recipe or file of settings whose run is not stored."""

    def __init__(self, message: str, config: RunConfig) -> None:
        super().__init__(message)
        self.config = config


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name a stored run, as ``stored_run`` takes them."""
    parser.add_argument(
        "what",
        metavar="NAME_OR_HASH",
        help="the first digits of a stored run's name, a recipe's name, or a file of settings",
    )
    parser.add_argument("--quick", action="store_true", help="the run of a recipe's quick form")


def stored_run(store: RunStore, name_or_hash: str, quick: bool = False) -> Run:
    """Return the stored run whose name begins so (8 digits at least), or that of a recipe or file.

    ``quick`` means a recipe's quick config. The run may be on, or have failed.

    Raises NotStored, or CommandError if nothing at all is meant.
    """
    if not name_or_hash.strip():
        raise CommandError("Name a recipe, a file of settings, or a run by its first digits.")
    if not quick and (run := store.by_prefix(name_or_hash)):
        return run
    try:
        config = config_of(name_or_hash, [], quick)
    except CommandError:
        if name_or_hash in RECIPES or not set(name_or_hash) <= set("0123456789abcdef"):
            raise
        raise CommandError(
            f"No run here, or more than one, has a name that begins with {name_or_hash[:64]}: give "
            "8 of its digits or more, without --quick."
        ) from None
    run = store.get(config.name)
    if run is None:
        option = " --quick" if quick else ""
        raise NotStored(
            f"The run of {name_or_hash} is not stored here: train it first, with python -m "
            f"playground run {name_or_hash}{option}.",
            config,
        )
    return run

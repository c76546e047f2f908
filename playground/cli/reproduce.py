"""``reproduce``: runs the articles' recipes and writes down what came out beside what they say."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import product
from pathlib import Path
from typing import TypeGuard

from playground import environment, formats
from playground.cli import CommandError, train
from playground.config.sweeps import Member
from playground.data import datasets
from playground.recipes import (
    ARTICLES,
    DEMONSTRATIONS,
    RECIPES,
    Scale,
    recipes_with_curves,
    reproduction,
)
from playground.store import RunStore

EXAMPLES = """\
examples:
  python -m playground reproduce --idle
  python -m playground reproduce digits --seeds 10
  python -m playground reproduce --quick --seeds 3

An article is named tutorial, size, pyramid, digits or cures, and demonstrations are all of those;
single recipes may be named too. One seed of everything comes first, then the next, and the recipes
of which most is reported come before the others. Each figure is written as its run ends: to
measured.json, which the pages Articles and Demonstrations show, and to reproduction.md. What
measured.json has of the same data, or the run folder, PLAYGROUND_RUNS, has of the same settings, is
not trained again, so Ctrl-C loses one run at most.
"""
_STOPPED = 130


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "reproduce",
        help="run the articles' recipes, and write reported and measured figures side by side",
        description="Run the recipes of some articles (all if none is named) with several "
        "seeds, and write what was reported and what was measured side by side.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what", nargs="*", metavar="ARTICLE_OR_RECIPE", help="what to run; all articles without it"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the recipes' quick forms: under a minute a run on two cores",
    )
    parser.add_argument(
        "--seeds", type=_seeds, default=3, metavar="N", help="seeds of each run, 1 to 100; 3"
    )
    parser.add_argument(
        "--idle",
        action="store_true",
        help="take only the time of the processor that no other program wants",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="where to write measured.json and reproduction.md, in place of this project's own",
    )
    parser.set_defaults(command=reproduce)


def _seeds(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 100")


def reproduce(arguments: argparse.Namespace) -> int:
    """Run the recipes, or find their runs in the store, and write the figures down."""
    names = _recipes(arguments.what)
    figures, document = reproduction.MEASURED, environment.PROJECT / "docs" / "reproduction.md"
    if folder := arguments.output:
        figures, document = folder / "measured.json", folder / "reproduction.md"
    try:
        figures.parent.mkdir(parents=True, exist_ok=True)
        for place in (figures, document):
            with tempfile.TemporaryFile(dir=place.parent):
                pass
        return _reproduce(arguments, names, figures, document)
    except reproduction.MeasuredError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(
            f"The figures cannot be written ({error.strerror}): name another folder with --output."
        ) from None


def _reproduce(
    arguments: argparse.Namespace, names: Sequence[str], figures: Path, document: Path
) -> int:
    if arguments.idle:
        _be_idle()
    folders = environment.read()
    with closing(RunStore(folders.runs)) as store:
        for seed, name in product(range(arguments.seeds), names):
            scale: Scale = "quick" if arguments.quick and RECIPES[name].quick else "full"
            if arguments.quick and scale == "full" and not RECIPES[name].config.data.takes_seconds:
                print(f"{name} has no quick form: run it without --quick.", file=sys.stderr)
                continue
            if not _measure(name, scale, seed, folders.data, store, figures, document):
                print("Stopped; what was measured before is kept.", file=sys.stderr)
                return _STOPPED
        everything = reproduction.read(figures)
        document.write_text(reproduction.as_markdown(everything), "utf-8")
    return 0


def _be_idle() -> None:
    """Have other programs go first."""
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):  # not Linux
        with suppress(AttributeError, OSError):
            os.nice(19)


def _recipes(what: list[str]) -> list[str]:
    """Return the recipes that are meant, once each, those first that matter most."""
    groups = {key: article.recipes for key, article in ARTICLES.items()}
    groups["demonstrations"] = tuple(n for one in DEMONSTRATIONS.values() for n in one.recipes)
    if unknown := [name for name in what if name not in groups and name not in RECIPES]:
        raise CommandError(
            f"There is no article or recipe {unknown[0]}: the articles are {', '.join(ARTICLES)}; "
            "python -m playground recipes lists the recipes."
        )
    names = reproduction.by_priority()
    if outside := [name for name in what if name in RECIPES and name not in names]:
        raise CommandError(f"{outside[0]} is no article's recipe: there is nothing to reproduce.")
    meant = {recipe for name in what for recipe in groups.get(name, ())}
    return reproduction.by_priority(meant | {name for name in what if name in RECIPES})


def _measure(
    name: str, scale: Scale, seed: int, data: Path, store: RunStore, figures: Path, document: Path
) -> bool:
    """Run what is not measured of a recipe with a seed, and write each figure down as it is there.

    False if Ctrl-C stopped a run.
    """
    recipe = RECIPES[name]
    keys = [figure.key for figure in recipe.reported]
    fingerprint = datasets.fingerprint(recipe.config.data, data)
    classes = datasets.facts(recipe.config.data, data).classes
    for member in recipe.sweep(scale, (seed,)).members():
        known = reproduction.read(figures).get((name, scale))
        drawn = seed == 0 and name in recipes_with_curves()
        if _is_measured(known, member, keys, fingerprint) and (known.curves or not drawn):
            continue
        where = " × ".join([*member.values, f"seed {seed}"])
        print(f"{name}, {scale}, {where}:", file=sys.stderr)
        run, was_stored = train.answer(member.config, data, store)
        if run.status not in ("finished", "diverged"):
            return False
        found = reproduction.figures_of(store, run, recipe.reported, classes)
        if was_stored and not set(keys) <= set(found):
            # An earlier version took fewer figures, or its predictions made room for others.
            store.delete(run.name)
            run, _ = train.answer(member.config, data, store)
            if run.status not in ("finished", "diverged"):
                return False
            found = reproduction.figures_of(store, run, recipe.reported, classes)
        curves = reproduction.curves_of(store.epochs(run.name)) if drawn else {}
        one = reproduction.measured_of(name, scale, {member.values: [(run, found)]}, curves)
        everything = reproduction.keep(one, figures)
        document.write_text(reproduction.as_markdown(everything), "utf-8")
        accuracy = found.get("test accuracy")
        reached = "diverged" if accuracy is None else f"test accuracy {formats.share(accuracy)}"
        print(f"{name}, {scale}, {where}: {reached}")
    return True


def _is_measured(
    known: reproduction.Measured | None, member: Member, keys: Sequence[str], fingerprint: str
) -> TypeGuard[reproduction.Measured]:
    """Tell whether ``known`` has these figures of a member's seed, on the data of this
    fingerprint."""
    if known is None or known.data != fingerprint:
        return False
    seed = member.config.run.seed
    return any(cell.values == member.values and cell.has(seed, keys) for cell in known.cells)

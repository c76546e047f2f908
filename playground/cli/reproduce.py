"""``reproduce``: runs the articles' recipes and writes down what came out beside what they say."""

import argparse
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from statistics import mean

from playground import datasets, reproduction, settings
from playground.cli import CommandError, train
from playground.recipes import ARTICLES, RECIPES, Scale
from playground.reproduction.figures import Figures
from playground.runs import Run, RunStore

EXAMPLES = """\
examples:
  python -m playground reproduce digits
  python -m playground reproduce --quick --seeds 3
  python -m playground reproduce tutorial size-model-2 --seeds 1

An article is named tutorial, size, pyramid, digits or cures; single recipes may be named too. Runs
that the run folder, PLAYGROUND_RUNS, has already are not trained again, so Ctrl-C loses nothing
that has ended. Figures are written after each recipe: measured.json, which the Articles page shows,
and reproduction.md.
"""
_STOPPED = 130


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "reproduce",
        help="run the articles' recipes, and write reported and measured figures side by side",
        description="Run the recipes of some articles (all where none is named) with several "
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
        help="fewer images and epochs where a recipe takes long: under a minute a run on two cores",
    )
    parser.add_argument(
        "--seeds", type=_seeds, default=5, metavar="N", help="seeds of each run, 1 to 100; 5"
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
    figures, document = reproduction.MEASURED, settings.PROJECT / "docs" / "reproduction.md"
    if folder := arguments.output:
        folder.mkdir(parents=True, exist_ok=True)
        figures, document = folder / "measured.json", folder / "reproduction.md"
    folders = settings.read()
    with closing(RunStore(folders.runs)) as store:
        for name in names:
            scale: Scale = "quick" if arguments.quick and RECIPES[name].quick else "full"
            print(f"{name}, {scale}:", file=sys.stderr)
            measured = _measure(name, scale, arguments.seeds, folders.data, store)
            if measured is None:
                print("Stopped; what was measured before is kept.", file=sys.stderr)
                return _STOPPED
            everything = reproduction.keep(measured, figures)
            document.write_text(reproduction.as_markdown(everything), "utf-8")
            print(f"{name}, {scale}: {_told(measured)}")
            if (kept := everything[name, scale]) != measured:
                print(f"{figures.name} has {kept.runs} seeds of it already, and keeps those.")
    return 0


def _recipes(what: list[str]) -> list[str]:
    """The recipes that are meant, once each, in the articles' order."""
    if unknown := [name for name in what if name not in ARTICLES and name not in RECIPES]:
        raise CommandError(
            f"There is no article or recipe {unknown[0]}: the articles are {', '.join(ARTICLES)}; "
            "python -m playground recipes lists the recipes."
        )
    names = dict.fromkeys(name for article in ARTICLES.values() for name in article.recipes)
    if outside := [name for name in what if name in RECIPES and name not in names]:
        raise CommandError(f"{outside[0]} is no article's recipe: there is nothing to reproduce.")
    meant = {recipe for name in what if name in ARTICLES for recipe in ARTICLES[name].recipes}
    return [name for name in names if not what or name in meant or name in what]


def _measure(
    name: str, scale: Scale, seeds: int, data: Path, store: RunStore
) -> reproduction.Measured | None:
    """Every run of a recipe, and what they came to; None where Ctrl-C stopped one."""
    recipe = RECIPES[name]
    cells: dict[tuple[str, ...], list[tuple[Run, Figures]]] = defaultdict(list)
    for member in recipe.sweep(scale, tuple(range(seeds))).members():
        run, _ = train.answer(member.config, data, store)
        if run.status not in ("finished", "diverged"):
            return None
        classes = datasets.facts(member.config.data, data).classes
        cells[member.values].append(
            (run, reproduction.figures_of(store, run, recipe.reported, classes))
        )
    return reproduction.measured_of(name, scale, range(seeds), cells)


def _told(measured: reproduction.Measured) -> str:
    """A recipe's test accuracy, or that of the best of its family on validation, in one line."""
    key = "validation accuracy"
    best = max(measured.cells, key=lambda cell: mean(cell.known(key) or [0.0]))
    values = best.known("test accuracy")
    if not values:
        return "diverged"
    where = f" (best of {len(measured.cells)}: {' × '.join(best.values)})" if best.values else ""
    return f"test accuracy {mean(values):.1%}, n = {len(values)}{where}"

"""``recipes``: what can be trained by name."""

import argparse
import json
import shutil
import textwrap
from collections.abc import Sequence

from playground.recipes import ARTICLES, DEMONSTRATIONS, RECIPES, Recipe
from playground.recipes.reproduction import format_value

EXAMPLES = """\
examples:
  python -m playground recipes
  python -m playground recipes --json
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "recipes",
        help="list what can be trained by name",
        description="List the recipes, article by article: their names, titles and what they are.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="as a JSON list, with every setting")
    parser.set_defaults(command=recipes)


def recipes(arguments: argparse.Namespace) -> int:
    """Print the recipes."""
    if arguments.json:
        print(json.dumps([_as_json(name) for name in RECIPES]))
        return 0
    of_articles = {name for article in ARTICLES.values() for name in article.recipes}
    shown = [name for one in DEMONSTRATIONS.values() for name in one.recipes]
    _list("Of our own", [name for name in RECIPES if name not in (*of_articles, *shown)])
    for key, article in ARTICLES.items():
        _list(f"{article.title} ({key})", article.recipes)
    _list("Demonstrations (demonstrations)", shown)
    return 0


def _list(title: str, names: Sequence[str]) -> None:
    """Print some recipes in two columns, under a title."""
    print(f"\n{title}\n")
    width = max(map(len, RECIPES)) + 2
    for name in names:
        print(f"{name:<{width}}{RECIPES[name].title}")
        print(
            textwrap.fill(
                _describe(RECIPES[name]),
                shutil.get_terminal_size().columns,
                initial_indent=" " * width,
                subsequent_indent=" " * width,
            )
        )


def _describe(recipe: Recipe) -> str:
    """Describe what a recipe is, what was reported first of it, and whether it has a quick form."""
    parts = [recipe.about]
    accuracies = [
        one
        for one in recipe.reported
        if one.quantity == "accuracy" and not one.of_class and one.value is not None
    ]
    parts += [f"Reported: {one.key} {format_value(one, one.value)}." for one in accuracies[-1:]]
    parts += ["Also --quick."] if recipe.quick else []
    return " ".join(parts)


def _as_json(name: str) -> dict[str, object]:
    recipe = RECIPES[name]
    return {
        "name": name,
        "title": recipe.title,
        "about": recipe.about,
        "config": recipe.config.model_dump(mode="json"),
        "quick": recipe.quick.model_dump(mode="json") if recipe.quick else None,
        "axes": {axis.path: axis.values for axis in recipe.axes},
        "reported": {
            figure.key: figure.value for figure in recipe.reported if figure.value is not None
        },
    }

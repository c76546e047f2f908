"""``recipes``: what can be trained by name."""

import argparse
import json
import shutil
import textwrap

from playground.recipes import RECIPES

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
        description="List the recipes: their names, titles and what they are.",
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
    width = max(map(len, RECIPES)) + 2
    for name, recipe in RECIPES.items():
        print(f"{name:<{width}}{recipe.title}")
        print(
            textwrap.fill(
                recipe.about,
                shutil.get_terminal_size().columns,
                initial_indent=" " * width,
                subsequent_indent=" " * width,
            )
        )
    return 0


def _as_json(name: str) -> dict[str, object]:
    recipe = RECIPES[name]
    return {
        "name": name,
        "title": recipe.title,
        "about": recipe.about,
        "config": recipe.config.model_dump(mode="json"),
    }

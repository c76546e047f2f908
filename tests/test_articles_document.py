"""docs/articles.md: every experiment, test and recipe that it names is there."""

import re

from playground.environment import PROJECT
from playground.recipes import ARTICLES, RECIPES

TEXT = (PROJECT / "docs" / "articles.md").read_text("utf-8")
SHORT = {"Tutorial": "tutorial", "Sizes": "size", "Pyramid": "pyramid", "Digits": "digits",
         "Cures": "cures"}  # fmt: skip


def rows() -> list[list[str]]:
    """The cells of each row of each table."""
    lines = [line for line in TEXT.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0] != "What the article has"]


def test_every_row_says_what_where_and_how_it_is_checked():
    assert len(rows()) >= 75
    assert all(len(row) == 3 and all(row) for row in rows())


def test_every_test_it_names_is_there():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 60
    missing = []
    for file, test in named:
        path = PROJECT / "tests" / file
        if not path.is_file() or f"def {test}(" not in path.read_text("utf-8"):
            missing.append(f"{file}::{test}")
    assert missing == []


def test_every_experiment_of_the_page_is_named():
    for short, key in SHORT.items():
        for series in ARTICLES[key].series:
            assert f"Articles › {short} › {series.title}" in TEXT


def test_every_recipe_it_names_is_there():
    named = re.findall(r"`((?:tutorial|size|pyramid|digits|cures|cifar10)(?:-[a-z0-9]+)*)`", TEXT)
    assert len(set(named)) > 15 and set(named) <= RECIPES.keys()


def test_every_experiment_it_names_is_there():
    for short, title in re.findall(r"Articles › (\w+) › ([^:;|]+?)(?=:|;| \|)", TEXT):
        titles = [series.title for series in ARTICLES[SHORT[short]].series]
        assert title.strip() in titles, title

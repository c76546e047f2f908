"""What every demonstration promises, and whether what was measured bears it out."""

import pytest

from playground.config.lessons import Guess
from playground.recipes import DEMONSTRATIONS, reproduction
from playground.recipes.demonstrations import called
from playground.recipes.reproduction import Measured, judge
from playground.ui.demonstrations import opened

SEEDS = range(5)
OF_MEANS_ONLY = {"chance"}
"""Single seeds of these are to mislead: only the means over seeds show what is shown."""


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_it_asks_a_question_with_two_to_four_answers_one_of_them_right(name):
    one = DEMONSTRATIONS[name]
    assert one.guess.question.endswith("?") and one.title[0].isupper()
    assert 2 <= len(one.guess.choices) <= 4 and one.guess.right in one.guess.choices
    for text in (one.watch, one.why, one.task, *(finding.text for finding in one.findings)):
        assert text[0].isupper() and text.endswith((".", "?"))
    assert name == name.lower() and name.replace("-", "").isalpha()


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_its_settings_are_told_apart_in_a_legend(name):
    recipes = DEMONSTRATIONS[name].recipes
    names = [called(recipe) for recipe in recipes.values()]
    assert len(set(names)) == len(names) <= 4, "a chart has four patterns of lines"
    assert max(map(len, names)) <= 30
    assert all(recipe.startswith("demo-") for recipe in recipes)


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_its_lesson_opens_what_it_is_about_and_asks_its_guess(name):
    one = DEMONSTRATIONS[name]
    lesson = one.lesson()
    first = next(iter(one.recipes.values())).config
    assert (lesson.title, lesson.start, lesson.question) == (one.title, first, one.task)
    assert 1 <= len(lesson.open) <= 2 and set(lesson.open) == set(one.opens)
    assert isinstance(lesson.guess, Guess) and lesson.guess.right == one.guess.right


def test_nothing_has_to_be_downloaded_for_any():
    every = [recipe for one in DEMONSTRATIONS.values() for recipe in one.recipes.values()]
    assert {recipe.config.data.download for recipe in every} == {None}


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_what_it_shows_comes_out_on_the_mean_of_five_seeds_and_in_four_of_five_single_ones(name):
    known, one = reproduction.read(), DEMONSTRATIONS[name]
    for judged in judge(one.series, "full", known):
        assert judged.holds is True, judged.finding.text
        assert judged.seeds == len(SEEDS)
    for recipe in one.recipes:
        assert known[recipe, "full"].seconds < 20, recipe
    if name in OF_MEANS_ONLY:
        return
    alone = [of_one_seed(known, one.recipes, seed) for seed in SEEDS]
    for place, finding in enumerate(one.findings):
        shown = [[*judge(one.series, "full", seed)][place].holds for seed in alone]
        assert shown.count(True) >= 4, (finding.text, shown)


def test_seeds_cannot_tell_the_two_settings_apart_that_are_to_be_alike():
    known, one = reproduction.read(), DEMONSTRATIONS["chance"]
    first, second = (known[name, "full"].cells[0].known("test accuracy") for name in one.recipes)
    assert second[0] > first[0], "as its question says of one run of each"
    assert any(b < a for a, b in zip(first, second, strict=True))
    said = opened.verdict([known[name, "full"] for name in one.recipes])
    assert said.told.endswith("the two cannot be told apart.")


def of_one_seed(known: dict, recipes, seed: int) -> dict[tuple[str, str], Measured]:
    """What was measured of some recipes, with one seed only."""
    return {
        (name, "full"): row.model_copy(
            update={
                "cells": tuple(
                    cell.model_copy(
                        update={
                            "figures": {
                                key: {seed: values[seed]} for key, values in cell.figures.items()
                            }
                        }
                    )
                    for cell in row.cells
                )
            }
        )
        for name in recipes
        if (row := known[name, "full"])
    }

"""Every recipe is a run that can be made, found again by its link, and read about."""

import pytest

from playground import architecture
from playground.config import KINDS, from_json, with_settings
from playground.recipes import RECIPES

SHAPES = {"digits": (1, 8, 8), "cifar10": (3, 32, 32)}
PARAMETERS = {"digits-mlp": 2_778, "cifar10-cnn": 356_810}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_the_same_through_json_and_through_its_link(name):
    config = RECIPES[name].config
    assert from_json(config.canonical()) == config
    assert with_settings(config.settings()) == (config, [])
    assert from_json(config.canonical()).name == config.name


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_network_is_possible_on_its_data(name):
    config = RECIPES[name].config
    plan = architecture.plan(config.architecture, SHAPES[config.data.name], 10)
    assert plan.parameters == PARAMETERS.get(name, plan.parameters)
    assert plan.parameters > 0


def test_the_articles_networks_have_the_articles_sizes():
    assert set(PARAMETERS) <= set(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_a_name_for_links_a_title_and_a_sentence(name):
    recipe = RECIPES[name]
    assert name == name.lower() and name.replace("-", "").isalnum()
    assert recipe.title[0].isupper() and not recipe.title.endswith(".")
    assert recipe.about[0].isupper() and recipe.about.endswith(".")
    assert "\n" not in recipe.about and "_" not in recipe.title + recipe.about


def test_no_two_recipes_are_the_same():
    assert len({recipe.config.name for recipe in RECIPES.values()}) == len(RECIPES)
    assert len({recipe.title for recipe in RECIPES.values()}) == len(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_that_watches_the_test_images_says_so(name):
    recipe = RECIPES[name]
    assert ("test images" in recipe.about) == (recipe.config.data.validation == "test")
    assert recipe.config.data.name in KINDS["data"]

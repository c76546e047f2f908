"""Every recipe is a run that can be made, found again by its link, and read about."""

import pytest

from playground import architecture, datasets
from playground.config import KINDS, differences, from_json, with_settings
from playground.datasets.cifar10 import CLASSES
from playground.recipes import ARTICLES, RECIPES, tutorial
from tests.article_networks import NETWORKS, parameters_of

SHAPES = {"digits": (1, 8, 8), "cifar10": (3, 32, 32)}
BOTH = [
    pytest.param(name, scale, id=f"{name}, {scale}")
    for name, recipe in RECIPES.items()
    for scale in recipe.scales()
]
SCALE_ONLY = {"data.train_images", "run.epochs"}


@pytest.mark.parametrize(("name", "scale"), BOTH)
def test_a_recipe_is_the_same_through_json_and_through_its_link(name, scale):
    config = RECIPES[name].at(scale)
    assert from_json(config.canonical()) == config
    assert with_settings(config.settings()) == (config, [])
    assert from_json(config.canonical()).name == config.name


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_plan_has_the_size_of_the_network_written_in_plain_pytorch(name):
    for scale in RECIPES[name].scales():
        for member in RECIPES[name].sweep(scale).members():
            config = member.config
            plan = architecture.plan(config.architecture, SHAPES[config.data.name], 10)
            assert plan.parameters == parameters_of(name, member.values)


def test_each_recipes_network_was_written_by_hand():
    assert set(NETWORKS) == set(RECIPES)
    assert parameters_of("pyramid") == 1_990_802
    assert len(RECIPES["size-grid"].sweep("full").members()) == 80


@pytest.mark.parametrize("name", [name for name in RECIPES if RECIPES[name].quick])
def test_quick_is_the_same_network_on_fewer_images_for_fewer_epochs(name):
    full, quick = RECIPES[name].config, RECIPES[name].quick
    assert set(differences(full, quick)) <= SCALE_ONLY
    assert quick.data.train_images < 50_000 and quick.run.epochs <= full.run.epochs


def test_every_recipe_of_cifar10_from_an_article_has_a_quick_form():
    of_articles = {name for article in ARTICLES.values() for name in article.recipes}
    assert of_articles == set(RECIPES) - {"cifar10-cnn"}
    for name in of_articles:
        assert bool(RECIPES[name].quick) == (RECIPES[name].config.data.name == "cifar10")


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_a_name_for_links_a_title_and_a_sentence(name):
    recipe = RECIPES[name]
    assert name == name.lower() and name.replace("-", "").replace(".", "").isalnum()
    assert recipe.title[0].isupper() and not recipe.title.endswith(".")
    assert recipe.about[0].isupper() or recipe.about[0].isdigit()
    assert recipe.about.endswith(".")
    assert "\n" not in recipe.about and "_" not in recipe.title + recipe.about


def test_no_two_recipes_are_the_same():
    configs = {recipe.at(scale).name for recipe in RECIPES.values() for scale in recipe.scales()}
    assert len(configs) == len(BOTH)
    assert len({recipe.title for recipe in RECIPES.values()}) == len(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_that_watches_the_test_images_says_so(name):
    recipe = RECIPES[name]
    assert ("test images" in recipe.about) == (recipe.config.data.validation == "test")
    assert recipe.config.data.name in KINDS["data"]


@pytest.mark.parametrize("name", RECIPES)
def test_what_was_reported_is_told_once_and_can_be(name):
    reported = RECIPES[name].reported
    assert len({figure.key for figure in reported}) == len(reported)
    for figure in reported:
        assert figure.value > 0
        assert figure.quantity != "accuracy" or figure.value < 1
        assert not figure.of_class or figure.of_class in CLASSES


def test_the_figures_of_the_articles_tables_are_all_there():
    told = {name: [figure.value for figure in RECIPES[name].reported] for name in RECIPES}
    assert told["tutorial"] == [*(0.54, 0.45, 0.70, 0.44, 0.32, 0.27, 0.57, 0.64, 0.54, 0.73, 0.72)]
    assert told["tutorial-deeper"] == [0.49]
    assert told["tutorial-wider"] == [
        *(0.58, 0.79, 0.74, 0.35, 0.41, 0.50, 0.41, 0.67, 0.69, 0.63, 0.58)
    ]
    assert [told[f"size-model-{n}"] for n in ("2", "3", "4", "4-long")] == [
        [0.890, 0.556], [0.770, 0.709], [0.504, 0.490], [0.672, 0.650]
    ]  # fmt: skip
    assert told["pyramid"] == [0.89]
    assert [told[f"cures-{n}"] for n in ("base", "dropout", "weight-decay")] == [
        [0.797, 0.705, 0.702, 0.589, 0.924, 0.919],
        [0.750, 0.738, 0.736, 0.603, 0.770, 0.769],
        [0.750, 0.699, 0.696, 0.807, 0.902, 0.899],
    ]
    assert told["cures-early-stopping"] == [0.766, 0.659, 0.658, 0.729, 1.00, 0.996, 36]
    assert told["cures-batch-norm"] == [0.813, 0.772, 0.777, 0.367, 0.712, 0.703]
    tables = {
        series.title: [round(100 * told[name][0], 1) for name in series.recipes]
        for series in ARTICLES["digits"].series
    }
    assert tables == {
        "Learning rate": [86.5, 95.3, 94.7, 93.8, 96.9],
        "Share kept for the test": [97.2, 96.0, 94.7, 95.7, 95.4],
        "Epochs": [89.3, 93.1, 94.7, 96.0, 97.1],
        "Width": [96.0, 94.0, 94.7, 96.2, 97.6],
        "Depth": [96.2, 94.7, 95.6, 96.4, 93.3],
        "Optimizer": [94.7, 96.9, 96.4, 96.7, 94.4],
    }


def test_the_recipes_of_a_digits_table_differ_from_its_base_in_the_tables_field_only():
    base = RECIPES["digits-mlp"].config
    for series in ARTICLES["digits"].series:
        for name, value in zip(series.recipes, series.axis.values, strict=True):
            changed, _ = with_settings({series.axis.path: value}, base)
            section = series.axis.path.partition(".")[0]
            kind_changed = series.axis.path == "optimizer.name"
            config = RECIPES[name].config
            for path in differences(base, config):
                assert path == series.axis.path or (kind_changed and path.startswith(section))
            if kind_changed:
                assert config.optimizer.name == value and config.optimizer.learning_rate == 0.01
            else:
                assert config == changed


def test_the_classes_of_the_tutorials_figures_are_those_of_the_data():
    assert tutorial.CLASSES == CLASSES == datasets.cifar10.CLASSES

"""Every recipe is a run that can be made, found again by its link, and read about."""

from statistics import mean

import pytest

from playground.config import KINDS, Cifar10, differences, from_json, with_settings
from playground.data import datasets
from playground.network import lay_out
from playground.recipes import ARTICLES, DEMONSTRATIONS, RECIPES, reproduction
from tests.article_networks import NARROWER, NETWORKS, parameters_of

SHAPES = {"digits": (1, 8, 8), "shifted_digits": (1, 16, 16), "cifar10": (3, 32, 32)}
OF_OUR_OWN = {
    "cifar10-cnn",
    "cifar10-fast",
    "cifar10-minute",
}
"""The recipes that belong to none of the articles or demonstrations."""
SHOWN = {name for one in DEMONSTRATIONS.values() for name in one.recipes}
BOTH = [
    pytest.param(name, scale, id=f"{name}, {scale}")
    for name, recipe in RECIPES.items()
    for scale in recipe.scales()
]
SCALE_ONLY = {"data.train_images", "data.validation_from", "run.epochs", "run.batch_size"}
"""And layers may be narrower: their sizes stand in article_networks."""


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
            plan = lay_out(config.architecture, SHAPES[config.data.name], 10)
            assert plan.parameters == parameters_of(name, member.values, scale == "quick")


def test_each_recipes_network_was_written_by_hand():
    assert set(NETWORKS) == set(RECIPES)
    assert parameters_of("pyramid") == 1_990_802
    assert len(RECIPES["size-grid"].sweep("full").members()) == 80


@pytest.mark.parametrize("name", [name for name in RECIPES if RECIPES[name].quick])
def test_quick_is_the_same_but_for_images_epochs_batches_and_widths(name):
    full, quick = RECIPES[name].config, RECIPES[name].quick
    changed = set(differences(full, quick))
    if name.startswith("tutorial"):  # larger batches, and a rate larger by as much
        assert changed == {"run.epochs", "run.batch_size", "optimizer.learning_rate"}
        times = quick.run.batch_size / full.run.batch_size
        assert quick.optimizer.learning_rate == times * full.optimizer.learning_rate == 0.004
        return
    sizes = {"architecture.hidden", "architecture.blocks"} if name in NARROWER else set()
    if quick.data.train_images != "all" and quick.data.validation != "none":
        # All of them train, and so many others validate that they can tell something apart.
        counted = datasets.count_images(quick.data, *quick.data.counts)
        few = quick.data.train_images
        assert few <= 10_000 and counted == {"train": few, "validation": 1000, "test": 10_000}
        changed -= {"data.validation_from", "data.validation_fraction"}
    assert changed <= SCALE_ONLY | sizes
    if name in NARROWER:
        same = {"channels": (1,)}
        assert [block.model_copy(update=same) for block in quick.architecture.blocks] == [
            block.model_copy(update=same) for block in full.architecture.blocks
        ]


@pytest.mark.parametrize("article", ARTICLES)
def test_every_series_with_a_quick_form_states_what_it_is_to_show(article):
    for series in ARTICLES[article].series:
        if any(RECIPES[name].quick for name in series.recipes):
            assert series.findings
        assert all(finding.text.endswith(".") for finding in series.findings)


def test_every_recipe_of_cifar10_from_an_article_but_one_has_a_quick_form():
    of_articles = {name for article in ARTICLES.values() for name in article.recipes}
    assert of_articles == set(RECIPES) - OF_OUR_OWN - SHOWN
    without = {name for name in of_articles if not RECIPES[name].quick}
    digits = {name for name in of_articles if RECIPES[name].config.data.name == "digits"}
    # Nothing short shows anything of the grid on raw pixels: its networks stay at guessing.
    assert without == digits | {"size-grid"}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_a_name_for_links_a_title_and_a_sentence(name):
    recipe = RECIPES[name]
    assert name == name.lower() and name.replace("-", "").replace(".", "").isalnum()
    assert recipe.title[0].isupper() and not recipe.title.endswith(".")
    assert recipe.about[0].isupper() or recipe.about[0].isdigit()
    assert recipe.about.endswith(".")
    assert "\n" not in recipe.about and "_" not in recipe.title + recipe.about


def test_the_fast_recipe_tells_what_was_measured_of_it_as_it_is_now():
    recipe = RECIPES["cifar10-fast"]
    measured = reproduction.read()["cifar10-fast", "full"]  # not there once the recipe has changed
    (cell,) = measured.cells
    found = [100 * accuracy for accuracy in cell.known("test accuracy")]
    told = f"{mean(found):.1f} % ({min(found):.1f} to {max(found):.1f})"
    assert told in recipe.note and len(found) == 5
    assert "not measured" in recipe.about and not any(one.value for one in recipe.reported)
    data, run = recipe.config.data, recipe.config.run
    assert (data.train_images, data.validation, run.test_time_flip) == ("all", "none", True)


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
        if figure.value is None:
            continue
        assert figure.value > 0
        assert figure.quantity != "accuracy" or figure.value < 1
        assert not figure.of_class or figure.of_class in Cifar10.classes


def test_the_figures_of_the_articles_tables_are_all_there():
    told = {
        name: [figure.value for figure in recipe.reported if figure.value is not None]
        for name, recipe in RECIPES.items()
    }
    assert told["tutorial"] == [*(0.54, 0.45, 0.70, 0.44, 0.32, 0.27, 0.57, 0.64, 0.54, 0.73, 0.72)]
    assert told["tutorial-deeper"] == [0.49]
    assert told["tutorial-wider"] == [
        *(0.58, 0.79, 0.74, 0.35, 0.41, 0.50, 0.41, 0.67, 0.69, 0.63, 0.58)
    ]
    assert [told[f"size-model-{n}"] for n in ("2", "3", "4", "4-long")] == [
        [0.8898, 0.5562, 0.3162, 1.9862], [0.7702, 0.7092, 0.6627, 0.8667],
        [0.5038, 0.4896, 3.9736, 4.0522], [0.6719, 0.6504, 6.8363, 6.9292],
    ]  # fmt: skip
    assert told["pyramid"] == [0.89]
    assert [told[f"cures-{n}"] for n in ("base", "dropout", "weight-decay")] == [
        [0.797, 0.705, 0.702, 0.589, 0.924, 0.919],
        [0.750, 0.738, 0.736, 0.603, 0.770, 0.769],
        [0.750, 0.699, 0.696, 0.807, 0.902, 0.899],
    ]
    assert told["cures-early-stopping"] == [0.766, 0.659, 0.658, 0.729, 1.00, 0.996, 37]
    assert told["cures-batch-norm"] == [0.813, 0.772, 0.777, 0.367, 0.712, 0.703]
    tables = {
        series.title: [round(100 * told[name][0], 1) for name in series.recipes]
        for series in ARTICLES["digits"].series
        if series.axis
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
    for series in filter(lambda series: series.axis, ARTICLES["digits"].series):
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


def test_the_recipes_settings_are_the_articles():
    """Written down from the articles, not from the recipes; blocks stand in article_networks."""
    cifar10 = {"data.name": "cifar10", "data.train_images": "all", "architecture.kind": "cnn"}
    tutorial_net = cifar10 | {
        "data.scaling": "symmetric", "data.validation": "none", "architecture.hidden": "120-84",
        "optimizer.name": "momentum", "optimizer.learning_rate": "0.001", "run.epochs": "2",
        "run.batch_size": "4",
    }  # fmt: skip
    keras = cifar10 | {
        "data.scaling": "raw", "data.validation": "end", "data.validation_fraction": "0.1",
        "architecture.initialization": "xavier_uniform", "architecture.bias": "0.0",
        "architecture.dropout_at": "after_first",
        "optimizer.name": "adadelta", "optimizer.rho": "0.95", "optimizer.epsilon": "1e-07",
        "run.batch_size": "256",
    }  # fmt: skip
    penalties = {
        "regularization.l1": "0.01", "regularization.l2": "0.01",
        "regularization.penalty_on": "hidden",
    }  # fmt: skip
    deep = {"architecture.hidden": "256-153", "architecture.dropout": "0.2", "run.epochs": "15"}
    digits = {
        "data.scaling": "raw", "data.validation": "test", "optimizer.name": "sgd",
        "optimizer.learning_rate": "0.01", "run.epochs": "1001", "run.batch_size": "full",
    }  # fmt: skip
    cures = cifar10 | {"data.split_seed": "0", "run.batch_size": "1024", "run.epochs": "50"}
    watched = "regularization.early_stopping."
    expected = {
        "tutorial": tutorial_net,
        "tutorial-deeper": tutorial_net,
        "tutorial-wider": tutorial_net,
        "size-grid": keras
        | {"architecture.hidden": "32", "architecture.dropout": "0.4", "run.epochs": "50"},
        "size-model-2": keras
        | {"architecture.hidden": "256", "architecture.dropout": "0.4", "run.epochs": "50"},
        "size-model-3": keras | deep,
        "size-model-4": keras | deep | penalties,
        "size-model-4-long": keras | deep | penalties | {"run.epochs": "100"},
        "digits-first": digits,  # its split seed, 42, is the default
        "digits-mlp": digits | {
            "architecture.initialization": "xavier_uniform", "architecture.bias": "0.01",
            "data.split_seed": "0",
        },
        "cures-base": cures,
        "cures-dropout": cures
        | {"architecture.dropout": "0.5", "architecture.dropout_at": "before_dense"},
        "cures-weight-decay": cures | {"regularization.weight_decay": "0.001"},
        "cures-early-stopping": cures
        | {"regularization.weight_decay": "0.001", watched + "keep": "last",
           watched + "watch": "validation_loss", watched + "patience": "3"},
        "cures-batch-norm": cures,
        "cures-sgd": cures | {"optimizer.name": "sgd", "optimizer.learning_rate": "0.01"},
        "cures-momentum": cures | {"optimizer.name": "momentum"},  # 0.01 and 0.9 are the defaults
        "cures-rmsprop": cures | {"optimizer.name": "rmsprop", "optimizer.learning_rate": "0.01"},
    }  # fmt: skip
    for name, settings in expected.items():
        found = RECIPES[name].config.settings()
        found.pop("architecture.blocks", None)  # held by the networks' sizes and the next test
        # 128 dense units and 0.2 for validation are the defaults; momentum's is 0.9.
        assert found == settings, name
    assert RECIPES["tutorial"].config.optimizer.momentum == 0.9
    assert RECIPES["cures-base"].config.data.validation_fraction == 0.2
    assert RECIPES["cures-base"].config.optimizer.name == "adam"


def test_where_dropout_and_padding_stand_in_the_articles_networks():
    three = RECIPES["size-model-3"].config.architecture.blocks
    assert [(b.dropout, b.dropout_at, b.padding) for b in three] == [
        (0.2, "before_pool", "none")
    ] * 2
    for name in ("tutorial", "tutorial-deeper", "tutorial-wider", "size-model-2", "size-grid"):
        blocks = RECIPES[name].config.architecture.blocks
        assert {(b.dropout, b.padding, b.pool) for b in blocks} == {(0.0, "none", "max")}
    pyramid = RECIPES["pyramid"].config.architecture
    assert (pyramid.pyramid_activation, pyramid.activation) == ("none", "relu")
    assert {block.padding for block in pyramid.blocks} == {"same"}
    dropout = RECIPES["pyramid-dropout"].config.architecture
    assert [block.dropout for block in dropout.blocks] == [0.2, 0.2, 0.2, 0.0]
    assert RECIPES["pyramid-relu"].config.architecture.pyramid_activation == "relu"

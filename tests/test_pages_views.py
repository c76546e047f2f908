"""The figures of the page Articles: each belongs to a series, and draws what is known."""

import gc
import weakref
from typing import get_args

import numpy as np
import pytest

from playground import formats
from playground.analysis.config_summary import SECTIONS
from playground.config import Cifar10, settings_of
from playground.config.network import CNN, ConvBlock
from playground.config.paths import section_of
from playground.recipes import ARTICLES, RECIPES, View
from playground.recipes.reproduction import Measured, MeasuredConfig
from playground.store import RunStore
from playground.ui.articles import evidence as evidence
from playground.ui.articles import views
from playground.ui.articles.views import curves, networks
from tests import pages, small_cifar10, stored_runs

PAGE = "pages/6_Articles.py"
LISTING = ARTICLES["digits"].series[0].recipes[0]
"""The recipe of the digits article's first listing."""


def opened(article: str, series: str = ""):
    link = {"article": article} | ({"series": series} if series else {})
    return pages.open_page(link, page=PAGE)


def said(at) -> str:
    """All that the page says in sentences."""
    kinds = (at.main.markdown, at.main.caption, at.main.info)
    return "\n".join(text for elements in kinds for text in pages.texts(elements))


def alts(at) -> list[str]:
    """The descriptions of the page's charts, as a screen reader tells them."""
    return [chart.alt for chart in pages.charts(at)]


def described(at, start: str) -> str:
    (one,) = [alt for alt in alts(at) if alt.startswith(start)]
    return one


def table(at, head: str) -> list[list[str]]:
    """The rows of the one table whose first or second column has this head."""
    (one,) = [t.value for t in at.main.table if head in list(t.value.columns)[:2]]
    return [list(row) for row in one.values]


def cell(family: str, values: tuple[str, ...] = (), **figures: tuple[float, ...]) -> MeasuredConfig:
    figures = {key.replace("_", " "): dict(enumerate(found)) for key, found in figures.items()}
    return MeasuredConfig(values=values, family=family, figures=figures)


def known(name: str, scale: str = "full", curves=None, cells=None) -> Measured:
    return Measured(
        recipe=name, scale=scale,
        cells=cells or (cell(RECIPES[name].at(scale).family),),
        images={"train": 45_000, "validation": 5_000}, epochs=1, seconds=1.0, devices=("d",),
        versions={}, data="0" * 64, day="2026-01-01", curves=curves or {},
    )  # fmt: skip


@pytest.fixture
def measured(monkeypatch):
    """What counts as measured: nothing, until a test puts something in."""
    found: dict = {}
    monkeypatch.setattr(evidence, "_read", lambda changed: found)
    return found


def test_every_view_is_drawn_with_some_series_and_every_series_names_views_that_are():
    used = {v for article in ARTICLES.values() for s in article.series for v in s.views}
    assert used == set(views.VIEWS) == set(get_args(View))


@pytest.mark.parametrize("article", ARTICLES)
def test_every_series_opens_where_nothing_was_measured_and_nothing_was_run(
    engine, measured, article
):
    for series in ARTICLES[article].series:
        at = opened(article, series.title)
        assert series.title in said(at) and not at.main.error


# --- the tutorial ---


def test_the_features_of_the_three_networks_are_drawn_and_558_is_explained(engine):
    at = opened("tutorial")
    assert described(at, "Bar chart of the features") == (
        "Bar chart of the features into the first dense layer: The tutorial's network 400, deeper "
        "128, deeper and wider 648."
    )
    text = said(at).replace("\u00a0", " ")
    assert "its accuracy went 54.0 % → 49.0 % → 58.0 %. Ours: 5" in text
    assert "says 558 features" in text and "72·3·3, which is 648" in text


def test_classes_are_drawn_reported_beside_ours_and_what_moved_most_is_told(engine):
    at = opened("tutorial")
    reported, ours = [alt for alt in alts(at) if alt.startswith("Test accuracy of each class")]
    assert (
        "airplane 45\u00a0% to 79\u00a0%" in reported and "truck 72\u00a0% to 58\u00a0%" in reported
    )
    assert "airplane 45\u00a0%" not in ours
    text = said(at)
    assert "Rose most: **airplane +34 points**. Fell most: **dog −16 points**. Truck −14" in text


def test_ours_by_class_are_told_missing_where_they_were_not_measured(engine, measured):
    at = opened("tutorial")
    assert len([alt for alt in alts(at) if alt.startswith("Test accuracy of each class")]) == 1
    assert "Ours, in full: not measured yet." in said(at)
    assert "Ours are not all measured yet." in said(at)


@pytest.mark.parametrize("classes", [(), ("cat",)])
def test_ours_by_class_are_missing_where_only_other_figures_were_measured(
    engine, measured, classes
):
    for name in ("tutorial", "tutorial-wider"):
        figures = {"test_accuracy": (0.5,)} | {f"test_accuracy_of_{c}": (0.4,) for c in classes}
        cells = (cell(RECIPES[name].config.family, **figures),)
        measured[name, "full"] = known(name, cells=cells)
    at = opened("tutorial")
    assert not at.exception and "Ours, in full: not measured yet." in said(at)


# --- sizes ---


def grid(accuracy) -> Measured:
    members = RECIPES["size-grid"].sweep("full").members()
    cells = tuple(
        cell(
            member.config.family,
            member.values,
            validation_accuracy=(accuracy(*map(int, member.values)),),
        )
        for member in members
    )
    return known("size-grid", cells=cells)


def test_networks_that_guess_are_counted_and_not_shown_as_a_result(engine, measured):
    measured["size-grid", "full"] = grid(lambda c, d: 0.1 if d < 16 else 0.3 + d / 1000 + c / 1e4)
    at = opened("size")
    (only,) = [alt for alt in alts(at) if alt.startswith("Scatter")]
    assert "80 networks over channels 2 to 11 and units 2 to 256" in only and "30 guess" in only
    text = said(at).replace("\u00a0", " ")
    assert "**30 of 80 networks guess.** Best: 11 channels and 256 units, 55.7 %" in text
    assert "Full: 45,000 images, 50 epochs, 1 seed." in text
    assert "right for 10 % of the images, so it is no result" in text
    assert "Not measured yet: Run all, below" in text, "the grid on scaled pixels"


def test_where_all_guess_there_is_no_best(engine, measured):
    measured["size-grid", "full"] = grid(lambda c, d: 0.1)
    assert "80 of 80 networks guess" in said(opened("size"))
    assert "Best:" not in said(opened("size"))


def test_the_quick_grid_stands_in_for_the_full_one_and_says_so(engine, measured):
    one = cell("f", ("2", "4"), validation_accuracy=(0.5, 0.6))
    measured["size-grid-scaled", "quick"] = known("size-grid-scaled", "quick", cells=(one,))
    text = said(opened("size"))
    assert "In full: not measured yet. This is the quick form" in text
    assert "79 of 80 are missing." in text


def test_a_full_grid_in_part_does_not_stand_before_the_whole_quick_one(engine, measured):
    whole = grid(lambda c, d: 0.4)
    measured["size-grid", "full"] = whole.model_copy(update={"cells": whole.cells[:79]})
    text = said(opened("size"))
    assert "**0 of 79 networks guess.** 1 of 80 are missing." in text, "better than nothing"
    measured["size-grid", "quick"] = whole.model_copy(update={"scale": "quick"})
    text = said(opened("size"))
    assert "In full: not all measured yet. This is the quick form" in text
    assert "Quick: " in text and "**0 of 80 networks guess.**" in text
    measured["size-grid", "full"] = whole
    assert "not all measured yet" not in said(opened("size"))


def test_what_one_may_choose_is_named_as_the_sidebar_names_it(engine):
    rows = dict(table(opened("size"), "One is free to choose"))
    assert list(rows) == list(networks.FREE_CHOICES)
    blocks, cnn = settings_of(ConvBlock), settings_of(CNN)
    network, block = f"**{SECTIONS['architecture']}** › ", "Block 1: "
    assert rows["How many channels each has"] == f"{network}{block}{blocks['channels'].label}"
    assert cnn["dropout_at"].label in rows["Where dropout stands, and how much"]
    assert rows["Penalties on the weights"].startswith("**Regularization** › L1 penalty, L2")


def test_the_sections_are_those_that_the_sidebar_has(engine):
    at = pages.open_page()
    headings = [text.value.strip("*") for text in at.sidebar.markdown]
    drawn = {*headings, *(button.label.removeprefix(":gray[")[:-1] for button in at.sidebar.button)}
    named = {
        SECTIONS[section_of(path)] for paths in networks.FREE_CHOICES.values() for path in paths
    }
    assert named and named <= drawn


LONG = {
    "train accuracy as it trained": tuple(0.2 + n / 250 for n in range(100)),
    "validation accuracy": tuple(0.2 + n / 200 for n in range(100)),
    "train loss as it trained": tuple(2 - n / 100 for n in range(100)),
    "validation loss": tuple(2.1 - n / 100 for n in range(100)),
}


def test_limit_or_too_little_training_is_read_from_the_long_curve(engine, measured):
    measured[curves.LONG, "full"] = known(curves.LONG, curves=LONG)
    at = opened("size", "Overfitting, and its cures")
    chart = described(
        at, f"Accuracy by epoch of {RECIPES[curves.LONG].title}, 100 epochs: Training"
    )
    assert "Validation from 20.0\u00a0% to 69.5\u00a0%" in chart
    text = said(at).replace("\u00a0", " ")
    assert "stands at 49.0 % of the validation images and its curve rises more gently." in text
    assert "it stands at 65.0 %" in text
    assert "rose by 0.5 points an epoch over the 5 epochs before the line, and by 42.5" in text


def test_without_curves_it_says_what_to_press(engine, measured):
    at = opened("size", "Overfitting, and its cures")
    assert "There are no curves of Model 4 yet: press Run" in said(at)
    assert f"No curves yet of: {RECIPES['size-model-2'].title};" in said(at)
    assert not alts(at)


# --- curves ---


def test_curves_are_of_accuracy_or_of_loss(engine, measured):
    measured[curves.SHORT, "full"] = known(curves.SHORT, curves=LONG)
    at = opened("size", "Overfitting, and its cures")
    assert f"{RECIPES[curves.SHORT].title}: measured, full, one seed" in said(at)
    at = pages.change(at, "articles.curves.Overfitting, and its cures", "Loss")
    chart = described(at, "Loss by epoch")
    assert "Training, as it trained from 2.00 to 1.01; Validation from 2.10 to 1.11" in chart


def test_a_run_in_this_store_stands_in_until_curves_were_measured(engine, measured):
    config = RECIPES[LISTING].config.with_seed(3)
    stored_runs.finished(engine.store, config, engine.data)
    at = opened("digits")
    assert f"{RECIPES[LISTING].title}: here, full, seed 3" in said(at)
    assert described(at, f"Loss by epoch of {RECIPES[LISTING].title}, 1,001 epochs")
    measured[LISTING, "full"] = known(LISTING, curves=LONG)
    assert "100 epochs" in described(opened("digits"), "Loss by epoch of Digits")


def test_curves_that_are_kept_hold_no_store(tmp_path):
    store = RunStore(tmp_path / "runs")
    config = RECIPES["digits-mlp"].config
    stored_runs.finished(store, config, tmp_path)
    run = store.get(config.name)
    first = curves._stored(run.name, run.ended, store)
    assert first["validation loss"] or first["train loss as it trained"]
    held = weakref.ref(store)
    store.close()
    del store
    gc.collect()
    assert held() is None
    assert curves._stored(run.name, run.ended, None) == first, "it is not read again"


# --- the pyramid ---


def test_the_pyramids_memory_and_its_34_layers_are_told(engine):
    at = opened("pyramid")
    rows = dict(table(at, RECIPES["pyramid"].title))
    assert list(rows.values()) == ["1,990,802", "0.01 MB", "7.86 MB", "7.59 MB", "15.47 MB"]
    layers = table(at, "Layer")
    assert len(layers) == 34
    assert layers[6] == ["7", "Padding with zeros", "48 × 34 × 34", "0"]
    assert layers[-1] == ["34", "The network", "10", "0"]
    assert "the outputs would take 5.03 MB" in said(at)


# --- digits ---


def test_the_first_ten_digits_stand_under_their_numbers(engine):
    images = [one for group in opened("digits").main.get("image") for one in group.proto.imgs]
    assert [image.caption for image in images] == [str(n) for n in range(10)]
    assert len({image.url for image in images}) == 10


def test_losses_stand_every_100_epochs_as_the_article_counts_them(engine, measured):
    assert f"There is no run of “{RECIPES[LISTING].title}” here yet" in said(opened("digits"))
    stored_runs.finished(engine.store, RECIPES[LISTING].config, engine.data)
    at = opened("digits")
    rows = table(at, "Training loss")
    assert [row[0] for row in rows] == [f"{n:,}" for n in range(0, 1001, 100)]
    # A stored run's losses of epoch n are 2 / n.
    assert rows[0] == ["0", "2.00", "–"]
    assert rows[1] == ["100", formats.loss(2 / 101), formats.loss(2 / 100)]
    assert "epoch 0 is before the first step" in said(at)


# --- cures ---


def test_25_training_images_are_shown_and_others_on_demand(engine):
    small_cifar10.save_npz(engine.data)
    at = opened("cures")
    rows = table(at, "What it is")
    assert [row[:2] for row in rows] == [[str(n), name] for n, name in enumerate(Cifar10.classes)]
    assert sum(int(row[2]) for row in rows) == 25
    (first,) = [one.url for group in at.main.get("image") for one in group.proto.imgs]
    at = pages.press(at, "Other images")
    (second,) = [one.url for group in at.main.get("image") for one in group.proto.imgs]
    assert first != second


def test_without_cifar10_the_classes_stand_alone(engine):
    at = opened("cures")
    assert [row[0] for row in table(at, "What it is")] == [str(n) for n in range(10)]
    assert not at.main.get("image") and "articles.samples" not in pages.keys(at)
    assert "need CIFAR10, which is not here yet" in said(at)


def test_rates_are_drawn_and_those_of_adam_and_momentum_can_be_swept(engine):
    many = {  # as many as a quick form asks for
        "x_train": np.resize(small_cifar10.IMAGES, (3000, 32, 32, 3)),
        "y_train": np.resize(small_cifar10.LABELS, (3000, 1)).astype(np.uint8),
    }
    small_cifar10.save_npz(engine.data, **many)
    at = opened("cures", "Optimizers")
    assert described(at, "Learning rates").endswith(
        "from 0.00001 to 0.1: SGD 0.01, Momentum 0.01, RMSprop 0.01, Adam 0.001."
    )
    text = said(at)
    assert "rates usually lie between 0.1 and 0.00001 (the band). The points" in text
    assert "The buttons try 5 rates of the band, each ten times smaller than the last." in text
    pages.widget(at, "articles.rates.adam").click()
    pages.run(at)
    (study,) = engine.sweeps.all()
    sweep = engine.sweeps.by_prefix(study.name)
    assert sweep.base == RECIPES["cures-base"].quick
    rates = [member.config.optimizer.learning_rate for member in sweep.members()]
    assert rates == [0.1, 0.01, 0.001, 0.0001, 0.00001]

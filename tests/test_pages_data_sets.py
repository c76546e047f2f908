"""Another data set brings its own settings, and each keeps what was set for it."""

import pytest

from playground.config import Cifar10, Digits, RunConfig, beginning
from playground.config.run_limits import AppLimits, Limits
from playground.service import beginning_within
from tests import own_images, pages, stored_runs
from tests.lesson_page import config_of, lesson, take


def choose(at, kind: str):
    return pages.change(at, "data.kind", kind)


def test_the_first_visit_of_a_data_set_brings_all_that_it_begins_with(engine):
    at = pages.open_page({"architecture.hidden": "8", "run.epochs": "7"})
    for kind in ("cifar10", "kmnist"):
        assert pages.config_of(choose(at, kind)) == beginning(kind)


def test_what_was_set_for_a_data_set_comes_back_with_it_whole(engine):
    at = pages.open_page({"optimizer.name": "sgd"})
    pages.change(at, "optimizer.sgd.learning_rate", "0.3")
    pages.change(at, "architecture.mlp.hidden", "5-4")
    pages.change(at, "regularization.l1", "0.25")
    digits = pages.config_of(at)
    choose(at, "cifar10")
    pages.change(at, "architecture.cnn.width", "0.5")
    pages.change(at, "optimizer.kind", "adam")
    pages.change(at, "run.batch_size", "full")
    cifar10 = pages.config_of(at)
    assert cifar10.optimizer.learning_rate == 0.001, "of digits nothing is carried over"
    for _ in range(2):
        assert pages.config_of(choose(at, "digits")) == digits
        assert pages.config_of(choose(at, "cifar10")) == cifar10
    assert pages.widget(at, "architecture.cnn.width").value == "0.5"
    pages.change(at, "optimizer.kind", "nesterov")
    assert pages.widget(at, "optimizer.nesterov.learning_rate").value == "0.25"


def test_what_was_set_for_a_data_set_is_kept_though_undo_leads_back_to_another(engine):
    stored_runs.finished(engine.store, RunConfig(), engine.data)
    at = choose(pages.open_page(RunConfig()), "cifar10")
    pages.change(at, "optimizer.nesterov.learning_rate", "0.5")
    cifar10 = pages.config_of(at)
    assert pages.config_of(pages.press(at, "Undo")) == RunConfig()
    assert pages.config_of(choose(at, "cifar10")) == cifar10


def test_what_cannot_be_is_remembered_too(engine):
    at = pages.change(pages.open_page(), "run.epochs", "9000")
    assert not pages.texts(choose(at, "kmnist").sidebar.error)[0].startswith("Epochs")
    choose(at, "digits")
    assert pages.widget(at, "run.epochs").value == "9000" and pages.button(at, "Train").disabled


def test_reset_goes_back_to_what_the_chosen_data_set_begins_with(engine):
    at = choose(pages.change(pages.open_page(), "run.epochs", 7), "cifar10")
    pages.change(at, "run.epochs", 9)
    pages.press(at, "Reset")
    assert pages.config_of(at) == beginning("cifar10")
    choose(at, "digits")
    assert pages.config_of(at).run.epochs == 7, "another set's settings stay"
    pages.press(at, "Reset")
    assert pages.config_of(at) == RunConfig() and dict(at.query_params) == {}


def test_a_link_says_exactly_what_it_says(engine):
    link = {"data.name": "cifar10", "run.epochs": "7"}
    assert pages.config_of(pages.open_page(link)) == pages.made(link)
    at = choose(pages.open_page(link), "digits")
    assert pages.config_of(at) == RunConfig()
    assert pages.config_of(choose(at, "cifar10")) == pages.made(link)


def test_own_images_begin_with_a_file_that_is_there(engine):
    own = own_images.save(engine.data)
    at = choose(pages.open_page(), "npz")
    assert pages.config_of(at).data == own
    pages.press(at, "Reset")
    assert pages.config_of(at).data == own


def test_in_a_lesson_another_data_set_brings_nothing_but_itself(engine):
    one = lesson(engine, open=("data.name", "run.epochs"), fixed=())
    at = take(one)
    pages.change(at, "run.epochs", 5)
    choose(at, "kmnist")
    config = config_of(at, one)
    assert (config.data.name, config.run.epochs) == ("kmnist", 5)
    assert config.architecture == one.start.architecture
    choose(at, "digits")
    pages.change(at, "run.epochs", 6)
    assert config_of(at, one).run.epochs == 6


@pytest.mark.parametrize("kind", ["digits", "cifar10", "kmnist", "npz"])
def test_without_limits_each_data_set_begins_as_it_says(tmp_path, kind):
    assert beginning_within(Limits(), kind, tmp_path) is beginning(kind)


@pytest.mark.parametrize(
    ("kind", "limits", "epochs", "images"),
    [
        ("digits", Limits(epochs=10), 10, "all"),
        ("digits", Limits(epochs=100, images=5000), 30, "all"),
        ("digits", Limits(images=200), 30, 200),
        ("cifar10", Limits(epochs=2, images=1000), 2, 1000),
        ("kmnist", Limits(images=20_000), 30, 10_000),
        ("kmnist", Limits(images=500), 30, 500),
        ("kmnist", Limits(images=10), 30, 20),
        ("npz", Limits(epochs=3, images=500), 3, "all"),
    ],
)
def test_each_data_set_begins_within_the_apps_limits(tmp_path, kind, limits, epochs, images):
    found = beginning_within(limits, kind, tmp_path)
    assert (found.run.epochs, found.data.train_images) == (epochs, images)
    usual = beginning(kind)
    assert found.architecture == usual.architecture and found.optimizer == usual.optimizer


def test_a_data_set_is_taken_within_the_apps_limits_and_reset_to_them(engine):
    engine.limits = AppLimits(epochs=2, images=1000)
    at = choose(pages.open_page(), "cifar10")
    begun = pages.config_of(at)
    assert (begun.run.epochs, begun.data.train_images) == (2, 1000)
    assert (
        isinstance(begun.data, Cifar10) and begun.architecture == beginning("cifar10").architecture
    )
    pages.change(at, "run.epochs", 1)
    pages.press(at, "Reset")
    assert pages.config_of(at) == begun
    assert isinstance(pages.config_of(choose(at, "digits")).data, Digits)

"""What of the sidebar is behind “More”: read and not drawn, and its changes are counted."""

import pytest
from hypothesis import HealthCheck, given, settings

from playground.config import RunConfig, beginning, with_settings
from playground.ui.run import live_training
from tests import pages, strategies

WIDGETS = ("selectbox", "slider", "text_input", "toggle")
BEFORE = {"digits": 14, "cifar10": 42}
"""Fields at first sight on 30 November 2026, before there was a “More”."""


def more(at, section: str) -> str:
    """What the button of a section's “More” says."""
    return pages.widget(at, f"fold.section.{section}").label.removeprefix(":gray[")[:-1]


@pytest.mark.parametrize(("kind", "count"), [("digits", 11), ("cifar10", 14)])
def test_at_first_sight_there_are_few_fields(engine, kind, count):
    at = pages.open_page(beginning(kind), unfolded=False)
    found = [one for one in at.sidebar if one.type in WIDGETS and one.key != live_training.KEY]
    assert len(found) == count
    assert BEFORE[kind] - count >= {"digits": 3, "cifar10": 20}[kind]
    everything = pages.open_page(beginning(kind))
    assert len([one for one in everything.sidebar if one.type in WIDGETS]) > count + 20


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(config=strategies.configs())
def test_what_is_folded_is_read_though_it_is_not_drawn(engine, config):
    at = pages.open_page(config, unfolded=False)
    assert "regularization.l1" not in pages.keys(at)
    assert pages.config_of(at) == config
    assert pages.config_of(pages.run(at)) == config


def test_what_is_folded_keeps_what_was_set_in_it_on_every_page(engine):
    at = pages.open_page({"regularization.l2": "0.01"}, unfolded=False)
    pages.widget(at, "fold.section.regularization").click()
    pages.run(at)
    pages.change(at, "regularization.l1", 0.25)
    config = pages.config_of(at)
    assert (config.regularization.l1, config.regularization.l2) == (0.25, 0.01)
    pages.widget(at, "fold.section.regularization").click()
    for _ in range(3):
        pages.run(at)
        assert "regularization.l1" not in pages.keys(at)
        assert pages.config_of(at) == config
    pages.widget(at, "fold.section.regularization").click()
    pages.run(at)
    at.switch_page(pages.DATA)
    pages.run(at)
    assert pages.widget(at, "regularization.l1").value == "0.25", "and it is still open"
    pages.press(at, "Reset")
    assert pages.config_of(at) == RunConfig()


SECTIONS = ("data", "network", "training", "regularization")


def counted(at) -> dict[str, str]:
    return {section: more(at, section) for section in SECTIONS}


NOTHING = dict.fromkeys(SECTIONS, "More") | {"regularization": "Regularization"}


@pytest.mark.parametrize("kind", ["digits", "cifar10", "kmnist"])
@pytest.mark.parametrize("unfolded", [False, True])
def test_what_a_data_set_begins_with_is_no_change(engine, kind, unfolded):
    assert counted(pages.open_page(beginning(kind), unfolded=unfolded)) == NOTHING


@pytest.mark.parametrize(
    ("link", "section", "count"),
    [
        ({"data.flip": "true", "run.test_time_flip": "true"}, "data", 2),
        ({"data.validation": "none"}, "data", 1),
        ({"data.train_images": "100", "run.epochs": "7"}, "", 0),
        ({"architecture.hidden": "8", "architecture.dropout": "0.5"}, "", 0),
        ({"architecture.bias": "0.5"}, "network", 1),
        ({"architecture.kind": "cnn", "architecture.pyramid": "6-12"}, "network", 1),
        ({"architecture.kind": "cnn", "architecture.blocks.*.padding": "none"}, "network", 1),
        ({"architecture.kind": "cnn", "architecture.blocks.*.kernel": "1"}, "", 0),
        ({"architecture.kind": "cnn", "architecture.width": "2"}, "", 0),
        ({"schedule.kind": "cosine", "schedule.final": "0.1", "run.seed": "3"}, "training", 3),
        ({"optimizer.name": "sgd"}, "", 0),
        ({"optimizer.name": "momentum", "optimizer.momentum": "0.5"}, "training", 1),
        ({"regularization.l1": "0.1", "regularization.penalty_on": "dense"}, "regularization", 2),
        ({"regularization.early_stopping.watch": "train_loss"}, "regularization", 1),
    ],
)
def test_a_change_that_is_folded_away_is_counted_beside_more(engine, link, section, count):
    expected = dict(NOTHING)
    if section:
        expected[section] += f" ({count} changed)"
    for unfolded in (False, True):
        at = pages.open_page(link, unfolded=unfolded)
        assert counted(at) == expected
        assert counted(pages.run(at)) == expected


def test_a_change_is_counted_at_once_and_what_lost_its_effect_no_more(engine):
    at = pages.open_page()
    pages.change(at, "regularization.early_stopping.watch", "train_loss")
    pages.change(at, "regularization.early_stopping.patience", 9)
    assert more(at, "regularization") == "Regularization (2 changed)"
    pages.change(at, "regularization.early_stopping.watch", "off")
    assert more(at, "regularization") == "Regularization"


def test_a_number_that_cannot_be_is_told_though_its_field_is_folded_away(engine):
    at = pages.change(pages.open_page(), "run.seed", "-1")
    pages.widget(at, "fold.section.training").click()
    pages.run(at)
    assert "run.seed" not in pages.keys(at)
    (told,) = pages.texts(at.sidebar.error)
    assert told == "Seed must be a whole number from 0 to 4,294,967,295, not '-1'."
    assert more(at, "training") == "More (1 changed)" and pages.button(at, "Train").disabled


def test_within_the_apps_limits_nothing_is_changed(engine):
    engine.limits = engine.limits.model_copy(update={"epochs": 10, "images": 200})
    assert counted(pages.open_page(unfolded=False)) == NOTHING


def test_the_names_of_folded_settings_stand_in_no_link_that_was_not_changed(engine):
    at = pages.open_page(unfolded=False)
    assert dict(at.query_params) == {} == with_settings({})[0].settings()

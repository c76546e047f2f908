"""Dotted paths: what stands there is found, set and listed in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.config import CNN, KINDS, RunConfig, flat, setting_of, with_settings
from playground.config.paths import item_of, set_at, value_at, walk
from tests.strategies import configs

CONFIG = RunConfig(architecture=CNN())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("run.epochs", 30),
        ("data.name", "digits"),
        ("architecture.blocks.1.kernel", 3),
        ("regularization.early_stopping.watch", "off"),
        ("architecture", CNN()),
    ],
)
def test_what_stands_at_a_path_is_found_in_a_config_and_in_its_values(path, value):
    assert value_at(CONFIG, path) == value
    values = CONFIG.model_dump()
    found = value_at(values, path)
    assert found == (value.model_dump() if isinstance(value, CNN) else value)
    set_at(values, path, "another")
    assert value_at(values, path) == "another"


NOWHERE = [
    "", "run.", ".run", "run.nonsense", "optimizer.momentum", "run.epochs.x", "nonsense.x",
    "architecture.blocks.3.kernel", "architecture.blocks.00.kernel", "architecture.blocks.-1",
    "architecture.blocks.x.kernel", f"architecture.blocks.{'1' * 5000}.kernel",
    "architecture.blocks.\u0661.kernel", "run.model_fields", "run.__class__", "run.inactive_fields",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE, ids=lambda path: path[:40])
def test_nothing_stands_at_other_paths(path):
    assert value_at(CONFIG, path) is None and value_at(CONFIG, path, 5) == 5
    assert setting_of(CONFIG, path) is None


@pytest.mark.parametrize("path", ["nonsense.x", "run.epochs.x", "architecture.blocks.3.kernel"])
def test_nothing_is_set_within_what_is_not_there(path):
    values = CONFIG.model_dump()
    with pytest.raises(KeyError):
        set_at(values, path, 1)
    assert values == CONFIG.model_dump()


def test_groups_that_are_not_there_can_be_made():
    values = {}
    set_at(values, "regularization.early_stopping.watch", "off", make=True)
    set_at(values, "regularization.l1", 0.5, make=True)
    assert values == {"regularization": {"early_stopping": {"watch": "off"}, "l1": 0.5}}


@given(configs())
def test_each_setting_that_is_listed_is_found_at_its_path(config):
    leaves = list(walk(config))
    assert [leaf.path for leaf in leaves if not leaf.init_only] == list(flat(config))
    for leaf in [*leaves, *walk(config, items=True)]:
        assert value_at(config, leaf.path) == leaf.value
        section = leaf.path.partition(".")[0]
        kind = section in KINDS and leaf.path == f"{section}.{getattr(config, section).tag}"
        known = setting_of(config, leaf.path)
        assert known is None if kind else known.path == leaf.path
    values = {}
    for leaf in leaves:
        set_at(values, leaf.path, leaf.value, make=True)
    assert RunConfig.model_validate(values) == config


@given(configs(), st.data())
def test_a_setting_that_is_idle_changes_nothing(config, data):
    idle = [leaf for leaf in walk(config) if leaf.inactive]
    assert all(leaf.value == setting_of(config, leaf.path).default for leaf in idle)
    if idle:
        leaf = data.draw(st.sampled_from(idle))
        assert with_settings({leaf.path: leaf.value}, config) == (config, [])


def test_all_items_of_a_list_have_a_path_that_gives_what_they_have_in_common():
    path = "architecture.blocks.*.kernel"
    values = CONFIG.model_dump()
    assert value_at(CONFIG, path) == value_at(values, path) == 3
    assert setting_of(CONFIG, path).full_label == "Kernel in all blocks"
    set_at(values, "architecture.blocks.1.kernel", 5)
    assert value_at(values, path) is None and value_at(values, path, 7) == 7
    set_at(values, path, 1)
    assert [block["kernel"] for block in values["architecture"]["blocks"]] == [1, 1, 1]
    (leaf,) = [leaf for leaf in walk(CONFIG, items=True) if leaf.path == path]
    assert leaf.value == 3 and not leaf.inactive and item_of(path) is None


@pytest.mark.parametrize(
    "path", ["architecture.*.kernel", "run.*.epochs", "architecture.blocks.*", "*.epochs"]
)
def test_a_star_means_the_items_of_a_list_and_of_nothing_else(path):
    assert setting_of(CONFIG, path) is None
    values = CONFIG.model_dump()
    with pytest.raises(KeyError):
        set_at(values, path, 1)
    assert values == CONFIG.model_dump()


def test_all_items_of_a_list_are_listed_if_there_are_several():
    one = RunConfig(architecture=CNN(blocks=CNN().blocks[:1]))
    assert not any("*" in leaf.path for leaf in walk(one, items=True))
    values = RunConfig(architecture=CNN(blocks=())).model_dump()
    with pytest.raises(KeyError):
        set_at(values, "architecture.blocks.*.kernel", 1)


def test_the_items_of_a_list_are_listed_one_by_one_and_know_their_number():
    paths = [leaf.path for leaf in walk(CONFIG, items=True) if item_of(leaf.path) is not None]
    assert {item_of(path) for path in paths} == {0, 1, 2}
    assert all(path.startswith(f"architecture.blocks.{item_of(path)}.") for path in paths)
    assert "architecture.blocks" in [leaf.path for leaf in walk(CONFIG)]

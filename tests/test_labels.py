"""Words: every setting and every choice has a name that a person reads."""

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings

from playground import formats
from playground.analysis import labels
from playground.config import (
    CNN,
    KINDS,
    ConvBlock,
    Part,
    RunConfig,
    Setting,
    setting_of,
    settings_of,
)
from playground.store import RunStore
from tests import pages, stored_runs
from tests.strategies import configs


def all_settings() -> Iterator[tuple[str, Setting]]:
    """Every dotted path of every kind, with its setting; those of parts and blocks too."""

    def below(part: type[Part], path: str) -> Iterator[tuple[str, Setting]]:
        for name, setting in settings_of(part).items():
            if setting.kind == "part":
                yield from below(type(setting.default), f"{path}.{name}")
                continue
            yield f"{path}.{name}", setting
            if setting.kind == "blocks":
                yield from below(type(setting.default[0]), f"{path}.{name}.0")

    for section in RunConfig.model_fields:
        kinds = KINDS.get(section, {"": type(getattr(RunConfig(), section))})
        for part in kinds.values():
            yield from below(part, section)


SETTINGS = dict(all_settings())


def readable(text: str) -> bool:
    return bool(text.strip()) and "_" not in text and not text[0].islower()


@pytest.mark.parametrize("path", SETTINGS)
def test_choices_of_one_setting_have_different_labels(path):
    setting = SETTINGS[path]
    names = [setting.called(choice) for choice in (*setting.choices, setting.word) if choice]
    assert all(map(readable, names))
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("section", KINDS)
def test_kinds_have_different_labels_and_so_has_what_they_are(section):
    names = [labels.of_kind(section, kind) for kind in KINDS[section]]
    assert all(map(readable, names))
    assert len(set(names)) == len(names)
    assert readable(labels.of_kinds(section))


@pytest.mark.parametrize("path", SETTINGS)
def test_every_setting_has_a_readable_label(path):
    assert readable(SETTINGS[path].label)


def test_a_choice_is_called_as_its_setting_has_it():
    pool, dropout = settings_of(ConvBlock)["pool_at"], settings_of(CNN)["dropout_at"]
    assert pool.called("after_first") == "After the first convolution"
    assert pool.called("end") == "At the block's end"
    assert dropout.called("after_first") == "After the first dense layer"
    assert settings_of(KINDS["data"]["digits"])["validation"].called("end") == "The last ones"
    early = ConvBlock(channels=(4, 5), pool_at="after_first")
    late = ConvBlock(channels=(4, 5))
    configs = [RunConfig(architecture=CNN(blocks=(block,))) for block in (late, early)]
    assert labels.of_differences(*configs) == [
        "Block 1: Pooling position At the block's end → After the first convolution"
    ]


def test_a_setting_is_found_by_its_path_in_the_kind_that_is_chosen():
    cnn = RunConfig(architecture=CNN())
    assert setting_of(cnn, "architecture.hidden").label == "Dense layers"
    assert setting_of(RunConfig(), "architecture.hidden").label == "Hidden layers"
    assert setting_of(cnn, "regularization.early_stopping.patience").label == "Patience"
    assert setting_of(cnn, "architecture.kind") is None


@pytest.mark.parametrize(
    ("link", "phrases"),
    [
        ({}, []),
        ({"run.epochs": "7"}, ["Epochs 30 → 7"]),
        ({"architecture.hidden": "none"}, ["Hidden layers 32-16 → none"]),
        ({"optimizer.learning_rate": "0.5"}, ["Learning rate 0.001 → 0.5"]),
        ({"run.batch_size": "full"}, ["Batch size 32 → Full batch"]),
        (
            {"architecture.initialization": "xavier_uniform"},
            ["Initialisation PyTorch's own → Xavier, uniform"],
        ),
    ],
)
def test_differences_name_what_changed_with_both_values(link, phrases):
    assert labels.of_differences(RunConfig(), pages.made(link)) == phrases


def test_differences_of_blocks_are_told_in_words():
    config = RunConfig(architecture=CNN())
    fewer = RunConfig(architecture=CNN(blocks=CNN().blocks[:1]))
    assert labels.of_differences(config, fewer) == ["Blocks 3 → 1"]
    wider = RunConfig(architecture=CNN(blocks=(ConvBlock(channels=(8, 9)), *CNN().blocks[1:])))
    assert labels.of_differences(config, wider) == ["Block 1: Channels 32 → 8-9"]


def test_another_kind_is_told_and_not_the_fields_that_come_with_it():
    (phrase,) = labels.of_differences(RunConfig(), pages.made({"schedule.kind": "step"}))
    assert phrase.startswith(labels.of_kinds("schedule"))


@settings(max_examples=50, deadline=None)
@given(configs(), configs())
def test_different_configs_have_a_difference_to_tell(one, other):
    assert labels.of_differences(one, one) == []
    assert bool(labels.of_differences(one, other)) == (one != other)


@pytest.mark.parametrize(
    ("link", "summary"),
    [
        ({}, "Digits · MLP 32-16 · Adam 0.001 · 30 epochs"),
        ({"run.epochs": "1"}, "Digits · MLP 32-16 · Adam 0.001 · 1 epoch"),
        (
            {"run.epochs": "1001", "optimizer.name": "sgd"},
            "Digits · MLP 32-16 · SGD 0.1 · 1,001 epochs",
        ),
        ({"architecture.hidden": "none"}, "Digits · MLP no hidden layer · Adam 0.001 · 30 epochs"),
        (
            {"data.name": "cifar10", "architecture.kind": "cnn"},
            "CIFAR10 · CNN 32 64 128 · dense 128 · Adam 0.001 · 30 epochs",
        ),
        (
            {"data.name": "npz", "data.file": "cats.npz", "optimizer.name": "adamw"},
            "cats.npz · MLP 32-16 · AdamW 0.001 · 30 epochs",
        ),
    ],
)
def test_a_config_in_one_line(link, summary):
    assert labels.summary(pages.made(link)) == summary


@settings(max_examples=50, deadline=None)
@given(configs())
@example(RunConfig(architecture=CNN(blocks=(), hidden=())))
def test_a_summary_is_one_line_without_holes(config):
    summary = labels.summary(config)
    assert all(part == part.strip() != "" for part in summary.split(" · ")), summary
    assert "_" not in summary.removeprefix(getattr(config.data, "file", ""))


def run_of(tmp_path, config: RunConfig):
    store = RunStore(tmp_path / "runs")
    stored_runs.finished(store, config, tmp_path)
    return store, store.get(config.name)


def test_a_run_is_told_by_what_it_reached_what_it_is_and_when(tmp_path):
    config = pages.made({"architecture.dropout": "0.5", "data.validation": "end", "run.seed": "3"})
    store, run = run_of(tmp_path, config)
    assert labels.title(run) == (
        "Digits · MLP 32-16 · Adam 0.001 · 30 epochs · Validation images: The last ones · "
        "Dropout 0.5 · Seed 3"
    )
    assert labels.short(run) == "Digits · MLP 32-16 · Adam 0.001 · 30 epochs"
    assert (
        labels.differences_from_defaults(run)
        == "Validation images: The last ones; Dropout 0.5; Seed 3"
    )
    told = labels.of_run(run)
    assert told.startswith(f"validation {run.scores['validation'].accuracy:.1%} · Digits")
    assert told.endswith(formats.when(run.submitted))
    store.rename(run.name, "\u202eM\u034fine\ufffc")
    assert " · Mine · " in labels.of_run(store.get(run.name))
    store.close()


def test_a_run_with_settings_of_another_version_is_still_told(tmp_path):
    store, run = run_of(tmp_path, pages.made({}))
    old = dataclasses.replace(run, config_json='{"from": "another version"}')
    assert labels.title(old) == labels.short(old) == "Settings of another version"
    assert labels.differences_from_defaults(old) == ""
    store.close()


def test_changes_have_no_decimals_that_say_nothing():
    assert labels.changes(pages.made({}), pages.made({"architecture.dropout": "0.5"})) == [
        ("Dropout", "0", "0.5")
    ]
    assert labels.of_current_value(pages.made({}), "optimizer.momentum") == "–"

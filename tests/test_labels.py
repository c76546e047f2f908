"""Words: every setting and every choice has a name that a person reads."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from playground.analysis import labels
from playground.config import (
    CNN,
    KINDS,
    ConvBlock,
    Part,
    RunConfig,
    Setting,
    beginning,
    flat,
    setting_of,
    settings_of,
    with_settings,
)
from tests import pages
from tests.strategies import changed, configs


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


def with_blocks(*blocks: ConvBlock) -> RunConfig:
    return RunConfig(architecture=CNN(blocks=blocks))


THREE, RATES = CNN().blocks, (0.1, 0.2, 0.2)


def each(**values: object) -> tuple[ConvBlock, ...]:
    return tuple(changed(block, **values) for block in THREE)


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        (THREE[:1], ["Blocks 3 blocks 32-64-128 → 1 block 32"]),
        ((), ["Blocks 3 blocks 32-64-128 → no blocks"]),
        (
            each(batch_norm="each")[:2],
            [
                "Blocks 3 blocks 32-64-128 → 2 blocks 32-64",
                "Blocks no batch norm → batch norm",
            ],
        ),
        ((ConvBlock(channels=(8, 9)), *THREE[1:]), ["Block 1: Channels 32 → 8-9"]),
        (
            tuple(ConvBlock(channels=(8, 8)) for _ in THREE),
            ["Blocks 3 blocks 32-64-128 → 3 blocks 2×8-2×8-2×8"],
        ),
        (each(batch_norm="each"), ["Batch norm in all blocks None → After each convolution"]),
        ((THREE[0], changed(THREE[1], dropout=0.3), THREE[2]), ["Block 2: Dropout 0 → 0.3"]),
        (
            tuple(changed(one, dropout=rate) for one, rate in zip(THREE, RATES, strict=True)),
            ["Block 1: Dropout 0 → 0.1", "Block 2: Dropout 0 → 0.2", "Block 3: Dropout 0 → 0.2"],
        ),
    ],
)
def test_differences_of_blocks_are_told_in_words(blocks, told):
    assert labels.of_differences(with_blocks(*THREE), with_blocks(*blocks)) == told


def test_blocks_that_only_one_network_has_are_told_in_words():
    cnn = with_blocks(*each(kernel=5))
    assert "Blocks – → 3 blocks 32-64-128, kernel 5" in labels.of_differences(RunConfig(), cnn)
    text = flat(cnn)["architecture.blocks"]
    told = labels.of_value(cnn, "architecture.blocks", text)
    assert told == "3 blocks 32-64-128, kernel 5"
    assert labels.of_current_value(cnn, "architecture.blocks") == told
    assert f"Blocks: {told}" in labels.of_settings(cnn)
    unread = labels.of_value(cnn, "architecture.blocks", '[{"kernel":99}]')
    assert unread == "blocks that cannot be read"


def test_another_kind_is_told_and_not_the_fields_that_come_with_it():
    (phrase,) = labels.of_differences(RunConfig(), pages.made({"schedule.kind": "step"}))
    assert phrase.startswith(labels.of_kinds("schedule"))


@settings(max_examples=50, deadline=None)
@given(configs(), configs())
def test_different_configs_have_a_difference_to_tell(one, other):
    assert labels.of_differences(one, one) == []
    assert bool(labels.of_differences(one, other)) == (one != other)


def test_changes_have_no_decimals_that_say_nothing():
    assert labels.changes(pages.made({}), pages.made({"architecture.dropout": "0.5"})) == [
        ("Dropout", "0", "0.5")
    ]
    assert labels.of_current_value(pages.made({}), "optimizer.momentum") == "–"


@pytest.mark.parametrize(
    ("base", "change", "told"),
    [
        ({"data.name": "cifar10"}, {"data.validation": "none"}, "Validation images"),
        (
            {"data.train_images": "500", "data.validation_from": "chosen"},
            {"data.train_images": "all"},
            "Training images 500 → All",
        ),
        (
            {"architecture.dropout": "0.3", "architecture.dropout_at": "before_output"},
            {"architecture.dropout": "0"},
            "Dropout 0.3 → 0",
        ),
    ],
)
def test_what_loses_its_effect_is_no_change_of_its_own(base, change, told):
    one, problems = with_settings(base)
    other, more = with_settings(change, one)
    assert problems == more == []
    for phrases in (labels.of_differences(one, other), labels.of_differences(other, one)):
        assert len(phrases) == 1
    assert labels.of_differences(one, other)[0].startswith(told)


def test_numbers_and_switches_that_changed_are_written_as_in_names():
    before = RunConfig()
    link = {"optimizer.learning_rate": "0.00001", "run.epochs": "1200", "data.flip": "true"}
    after, _ = with_settings(link, before)
    assert labels.of_differences(before, after) == [
        "Flip left to right off → on",
        "Learning rate 0.001 → 0.00001",
        "Epochs 30 → 1,200",
    ]


def test_another_data_set_is_told_first():
    first, *_ = labels.of_differences(RunConfig(), beginning("cifar10"))
    assert first.startswith("Data set Digits")

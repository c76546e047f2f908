"""Searches: which configs they may try, and how they are refused."""

import pytest

from playground.config import CNN, MLP, SGD, Adam, Cifar10, ConvBlock, Digits, Run, RunConfig
from playground.config.sweeps import (
    Choice,
    Range,
    Search,
    SweepError,
    corner_configs,
    search_from_json,
)
from playground.errors import Problem

RATE = Range(path="optimizer.learning_rate", low=0.0001, high=0.1, log=True)
WIDTHS = Choice(path="architecture.hidden", values=("16", "32-16", "none"))
DROPOUT = Range(path="architecture.dropout", low=0, high=0.5)
BATCH = Range(path="run.batch_size", low=8, high=64)


def search(*fields: Range | Choice, base: RunConfig | None = None, **options) -> Search:
    return Search(base=base or RunConfig(), fields=fields, **options)


def test_values_become_the_config_that_is_trained():
    config = search(RATE, WIDTHS).config(
        {"optimizer.learning_rate": "0.02", "architecture.hidden": "none"}
    )
    assert config == RunConfig(optimizer=Adam(learning_rate=0.02), architecture=MLP(hidden=()))


def test_another_optimizer_keeps_the_learning_rate():
    kinds = Choice(path="optimizer.name", values=("sgd", "adam"))
    base = RunConfig(optimizer=SGD(learning_rate=0.03))
    assert search(kinds, base=base).config({"optimizer.name": "adam"}).optimizer == Adam(
        learning_rate=0.03
    )


def test_the_width_and_a_setting_of_all_blocks_are_searched_as_others_are():
    width = Range(path="architecture.width", low=0.5, high=2)
    dropout = Range(path="architecture.blocks.*.dropout", low=0, high=0.5)
    found = search(width, dropout, base=RunConfig(architecture=CNN()))
    corners = [one.architecture for one in corner_configs(found)]
    assert {one.blocks[0].channels for one in corners} == {(16,), (64,)}
    assert all(len({block.dropout for block in one.blocks}) == 1 for one in corners)
    assert found.first() == {width.path: "1.0", dropout.path: "0.0"}
    blocks = (ConvBlock(dropout=0.1), ConvBlock())
    assert search(dropout, base=RunConfig(architecture=CNN(blocks=blocks))).first() is None
    (problem,) = _refused(search(width, base=RunConfig(architecture=CNN(blocks=()))))
    assert problem.sentence() == "Width has no effect beside the other settings: leave it out."


def _refused(found: Search) -> list[Problem]:
    with pytest.raises(SweepError) as raised:
        corner_configs(found)
    return raised.value.problems


@pytest.mark.parametrize(
    ("path", "number", "text"),
    [
        ("optimizer.learning_rate", 0.00123456, "0.001235"),
        ("optimizer.learning_rate", 0.0000123456, "1.235e-05"),
        ("architecture.dropout", 0.123456, "0.1235"),
        ("run.batch_size", 31.6, "32"),
        ("run.batch_size", 12345.0, "12345"),
    ],
)
def test_a_number_is_written_as_it_is_trained(path, number, text):
    found = search(RATE, DROPOUT, BATCH)
    assert found.text(path, number) == text
    section, name = path.split(".")
    trained = getattr(getattr(found.config({path: text}), section), name)
    assert trained == float(text)


def test_the_ends_of_a_range_are_rounded_as_its_values_are():
    found = Range(path="optimizer.learning_rate", low=0.00123456, high=0.1234567)
    assert (found.low, found.high) == (0.001235, 0.1235)


def test_corners_are_every_combination_of_the_ends():
    configs = corner_configs(search(RATE, WIDTHS, DROPOUT))
    found = {
        (c.optimizer.learning_rate, c.architecture.hidden, c.architecture.dropout) for c in configs
    }
    assert len(found) == len(configs) == 2 * 3 * 2
    assert (0.1, (32, 16), 0.5) in found


def test_too_many_corners_are_looked_at_field_by_field():
    fields = [
        Choice(path=f"architecture.blocks.{n}.channels", values=tuple(map(str, range(8, 16))))
        for n in range(3)
    ]
    base = RunConfig(data=Cifar10(), architecture=CNN())
    assert len(corner_configs(search(*fields, base=base))) == 1 + 3 * 7
    bad = search(*fields, Range(path="run.batch_size", low=0, high=8), base=base)
    with pytest.raises(SweepError, match=r"run\.batch_size must be a whole number from 1"):
        corner_configs(bad)


def test_the_base_is_the_first_trial_where_the_ranges_hold_it():
    assert search(RATE, WIDTHS).first() == {
        "optimizer.learning_rate": "0.001", "architecture.hidden": "32-16"
    }  # fmt: skip
    exact = RunConfig(optimizer=Adam(learning_rate=0.00123456))
    found = search(RATE, base=exact)
    assert found.config(found.first()) == exact, "the base is not rounded"
    assert search(RATE, base=RunConfig(optimizer=SGD(learning_rate=1))).first() is None
    assert search(Choice(path="architecture.hidden", values=("8", "16"))).first() is None
    assert search(BATCH, base=RunConfig(run=Run(batch_size="full"))).first() is None
    spelled = search(Choice(path="architecture.hidden", values=("8", "32, 16")))
    assert spelled.first() == {"architecture.hidden": "32, 16"}
    switch = search(Choice(path="data.flip", values=("true", "false")))
    assert switch.first() == {"data.flip": "false"}


def test_how_many_there_are_is_known_where_they_can_be_counted():
    assert search(WIDTHS, BATCH).combinations == 3 * 57
    assert search(WIDTHS, RATE).combinations is None
    widest = Range(path="run.batch_size", low=-1e308, high=1e308)
    assert search(widest).combinations > 1e308


def test_a_search_keeps_the_name_it_had_before_later_fields_came():
    widths = Choice(path="architecture.hidden", values=("16", "none"))
    found = search(widths, base=RunConfig(architecture=CNN()))
    assert found.name == "6797872dc5dec7ac2fb907af6a45d49b6a8ae9740cddb1a153aee52248797a32"


def test_the_name_follows_from_what_is_asked_for():
    one = search(RATE, WIDTHS, seed=3)
    assert one.name == search(RATE, WIDTHS, seed=3).name
    assert search_from_json(one.canonical()) == one
    others = [
        search(RATE, WIDTHS), search(RATE, seed=3), search(RATE, WIDTHS, seed=3, trials=21)
    ]  # fmt: skip
    assert len({one.name, *(other.name for other in others)}) == 4


def test_a_block_of_a_cnn_can_be_searched():
    base = RunConfig(data=Cifar10(), architecture=CNN(blocks=(ConvBlock(),)))
    field = Range(path="architecture.blocks.0.dropout", low=0, high=0.5)
    found = search(field, base=base)
    assert found.first() == {"architecture.blocks.0.dropout": "0.0"}
    assert found.config({field.path: "0.25"}).architecture.blocks[0].dropout == 0.25


def rate(low: float, high: float, log: bool = False) -> Range:
    return Range(path="optimizer.learning_rate", low=low, high=high, log=log)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((rate(0.1, 200),), "above 0 and at most 100, not '200'"),
        ((rate(0, 1),), "above 0 and at most 100, not '0'"),
        ((rate(0.1, 0.1),), "lowest value below the highest"),
        ((rate(0.00010001, 0.00010002),), "lowest value below the highest"),
        ((rate(0, 1, log=True),), "begin above 0"),
        ((RATE, rate(0.1, 1)), "is there twice"),
        ((Range(path="run.seed", low=0, high=9),), "a lucky seed is no better setting"),
        (
            (Choice(path="data.validation_from", values=("pool", "chosen")),),
            "which images the trials are",
        ),
        ((Choice(path="data.name", values=("digits", "cifar10")),), "which images the trials are"),
        ((Range(path="architecture.hidden", low=1, high=9),), "list its values"),
        ((Range(path="optimizer.name", low=1, high=9),), "list its values"),
        ((Range(path="run.nonsense", low=1, high=9),), "list its values"),
        ((Choice(path="run.nonsense", values=("1", "2")),), "no setting 'run.nonsense'"),
        ((Range(path="run.batch_size", low=8.5, high=64),), "whole numbers as its ends"),
        ((Choice(path="architecture.hidden", values=("16", " 16 ")),), "two values at least"),
        ((Choice(path="architecture.hidden", values=("16", "wide")),), "such as 64-32"),
        (
            (Choice(path="architecture.dropout_at", values=("before_dense", "after_each")),),
            "no effect beside the other settings",
        ),
        ((WIDTHS,), "There are 3 combinations only: ask for 3 trials at most"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence(fields, words):
    with pytest.raises(SweepError, match=words) as raised:
        corner_configs(search(*fields))
    assert all(str(problem).endswith(".") for problem in raised.value.problems)


def test_how_many_images_are_trained_on_is_searched_if_the_validation_images_stay_the_same():
    images = Range(path="data.train_images", low=100, high=900)
    assert [c.data.train_images for c in corner_configs(search(images))] == [100, 900]
    chosen = RunConfig(data=Digits(train_images=200, validation_from="chosen"))
    with pytest.raises(SweepError, match="which images the trials are measured on"):
        corner_configs(search(images, base=chosen))


def test_everything_wrong_is_told_at_once():
    with pytest.raises(SweepError) as raised:
        corner_configs(
            search(rate(1, 0.1), BATCH, BATCH, base=RunConfig(data=Digits(validation="none")))
        )
    assert len(raised.value.problems) == 3


@pytest.mark.parametrize(
    ("validation", "words"), [("none", "there are no validation images"), ("test", "be the test")]
)
def test_a_search_chooses_by_validation_and_never_by_the_test(validation, words):
    with pytest.raises(SweepError, match=words):
        corner_configs(search(RATE, base=RunConfig(data=Digits(validation=validation))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"base": {}, "fields": []}',
        '{"base": {}, "fields": [{"path": "run.epochs", "low": NaN, "high": 1}]}',
        '{"base": {}, "fields": [{"path": "run.epochs", "low": 1, "high": 2}], "trials": 201}',
    ],
)
def test_a_stored_search_that_cannot_be_read_is_a_sentence(text):
    with pytest.raises(SweepError, match="cannot be read"):
        search_from_json(text)

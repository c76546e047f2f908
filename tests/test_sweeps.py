"""Sweeps: which runs they have, and how they are refused."""

import re

import pytest

from playground.config import (
    CNN,
    SGD,
    Adam,
    Cifar10,
    ConvBlock,
    Digits,
    RunConfig,
    as_text,
    with_settings,
)
from playground.config.paths import value_at
from playground.config.sweeps import Axis, Sweep, SweepError, from_json, paths_of, sweep_of
from playground.errors import MAX_PROBLEMS, Problem


def axis(path: str, *values: str) -> Axis:
    return Axis(path=path, values=values)


RATES = axis("optimizer.learning_rate", "0.01", "0.1", "1")
WIDTHS = axis("architecture.hidden", "16-10", "64", "none")
IMAGES = axis("data.train_images", "200", "all")
CHOSEN = {"data.train_images": "200", "data.validation_from": "chosen"}
WIDTH = "architecture.width"
CONVOLUTIONAL = RunConfig(architecture=CNN())


def test_every_combination_is_a_run_with_every_seed():
    sweep = Sweep(base=RunConfig(), axes=(RATES, WIDTHS), seeds=(0, 7))
    members = sweep.members()
    assert len(members) == sweep.combinations == 18
    assert [(m.values, m.seed) for m in members[:3]] == [
        (("0.01", "16-10"), 0), (("0.01", "16-10"), 7), (("0.01", "64"), 0)
    ]  # fmt: skip
    for member in members:
        config = member.config
        assert config.optimizer.learning_rate == float(member.values[0])
        widths = [] if member.values[1] == "none" else map(int, member.values[1].split("-"))
        assert config.architecture.hidden == tuple(widths)
        assert config.run.seed == member.seed
    assert len({member.config.name for member in members}) == 18


def test_without_axes_it_is_the_base_with_its_seeds():
    sweep = Sweep(base=RunConfig(), seeds=(3, 4))
    assert [m.config for m in sweep.members()] == [RunConfig().with_seed(s) for s in (3, 4)]


def test_a_sweep_keeps_the_name_it_had_before_later_fields_came():
    sweep = Sweep(base=CONVOLUTIONAL, axes=(axis("run.epochs", "1", "2"),), seeds=(0, 1))
    assert sweep.name == "1951cddaf92e5dba19f0ba345dde96acfb7bccade98ac61a2ce2be87395b81ca"


@pytest.mark.parametrize(
    ("settings", "varied", "name", "first"),
    [
        (
            {}, IMAGES,
            "cf8f826b4a1a9cf510002b3f88236b00676fffebe0b250d0b5632ab18ef52c7a",
            "d4308bcd91440a2b11317eff99475137821430834de2b40a5c072b55073c5643",
        ),
        (
            {"data.validation": "none", "data.train_images": "300"},
            axis("data.validation", "none", "random", "end"),
            "3afb152350b3f1b7704a5331b2239857f11cbe70ddb147bea34455b0ac6be0ee",
            "f69029b01b158d8f57dd43bc425be90bb22e5e9fd53014ec7cf4c3ee77f4ca1f",
        ),
    ],
)  # fmt: skip
def test_a_stored_sweep_keeps_its_name_and_its_runs(settings, varied, name, first):
    """The names are those from before validation could be from the pool; the text is too, as the
    base does not say it: all images are used, or none validates."""
    base, _ = with_settings(settings)
    now = Sweep(base=base, axes=(varied,))
    text = now.canonical().replace(',"version":2', "")
    before = from_json(text)
    assert (before.name, before.canonical()) == (name, text)
    rules = [member.config.data.validation_from for member in before.members()]
    assert before.members()[0].run == first and not before.ranks
    assert set(rules) == {"chosen", "pool"}, "pool where it has no effect"
    assert from_json(now.canonical()) == now != before
    assert {member.config.data.validation_from for member in now.members()} == {"pool"}
    effective = [m for m in before.members() if m.config.data.validation_from == "chosen"]
    assert not {m.run for m in effective} & {m.run for m in now.members()}


@pytest.mark.parametrize("path", ["data.flip", "data.label_noise", "optimizer.learning_rate"])
def test_a_sweep_in_which_all_images_stay_has_the_name_that_it_always_had(path):
    sweep = Sweep(
        base=RunConfig(),
        axes=(axis(path, *("false", "true") if path == "data.flip" else ("0.1", "0.2")),),
    )
    assert "version" not in sweep.canonical() and from_json(sweep.canonical()) == sweep


def test_a_sweep_on_some_images_says_where_those_for_validation_are_from_and_has_no_version():
    for source in ("pool", "chosen"):
        base, _ = with_settings(CHOSEN | {"data.validation_from": source})
        sweep = Sweep(base=base, axes=(IMAGES,))
        assert "version" not in sweep.canonical() and from_json(sweep.canonical()) == sweep
        assert sweep.members()[0].config == base and sweep.members()[1].config == RunConfig()


def test_a_block_of_a_cnn_can_vary():
    base = RunConfig(data=Cifar10(), architecture=CNN(blocks=(ConvBlock(),)))
    sweep = Sweep(base=base, axes=(axis("architecture.blocks.0.channels", "2", "8-8"),))
    assert [m.config.architecture.blocks[0].channels for m in sweep.members()] == [(2,), (8, 8)]
    assert "architecture.blocks.0.channels" in paths_of(base)
    assert "architecture.blocks.1.channels" not in paths_of(base)


def test_every_path_that_is_offered_can_be_swept():
    base = RunConfig(architecture=CNN())
    paths = paths_of(base)
    assert {"architecture.width", "architecture.blocks.*.dropout"} <= set(paths)
    for path in paths:
        value = as_text(value_at(base, path, (8,)))  # the blocks' channels differ
        assert Sweep(base=base, axes=(axis(path, value),)).members()


def test_a_sweep_over_the_width_multiplies_the_channels_of_every_block():
    sweep = Sweep(base=RunConfig(architecture=CNN()), axes=(axis(WIDTH, "0.5", "1", "2"),))
    found = [member.config.architecture for member in sweep.members()]
    assert [one.in_a_line for one in found] == [
        f"CNN {blocks}" for blocks in ("16-32-64", "32-64-128", "64-128-256")
    ]
    assert found[1] == CNN() and found[2] == CNN(width=2)


def test_a_sweep_over_all_blocks_changes_each_of_them():
    path = "architecture.blocks.*.batch_norm"
    members = Sweep(
        base=RunConfig(architecture=CNN()), axes=(axis(path, "none", "each"),)
    ).members()
    found = [{block.batch_norm for block in one.config.architecture.blocks} for one in members]
    assert found == [{"none"}, {"each"}]
    assert members[0].config == RunConfig(architecture=CNN())


def test_another_optimizer_keeps_the_learning_rate_and_has_its_own_defaults_else():
    base = RunConfig(optimizer=SGD(learning_rate=0.03))
    sweep = Sweep(base=base, axes=(axis("optimizer.name", "sgd", "adam", "momentum"),))
    sgd, adam, momentum = (member.config.optimizer for member in sweep.members())
    assert sgd == base.optimizer
    assert adam == Adam(learning_rate=0.03)
    assert (momentum.learning_rate, momentum.momentum) == (0.03, 0.9)


def test_a_rate_swept_beside_the_optimizer_is_that_rate():
    axes = (axis("optimizer.name", "sgd", "adam"), axis("optimizer.learning_rate", "0.5", "0.25"))
    members = Sweep(base=RunConfig(), axes=axes).members()
    assert [(m.config.optimizer.name, m.config.optimizer.learning_rate) for m in members] == [
        ("sgd", 0.5), ("sgd", 0.25), ("adam", 0.5), ("adam", 0.25)
    ]  # fmt: skip


def test_another_data_set_keeps_what_both_have():
    base = RunConfig(data=Digits(flip=True, scaling="symmetric"))
    (member,) = Sweep(base=base, axes=(axis("data.name", "cifar10"),)).members()
    assert (member.config.data.flip, member.config.data.scaling) == (True, "symmetric")


@pytest.mark.parametrize(
    ("path", "values", "told"),
    [
        ("regularization.weight_decay", ("0", "01", "0", "1"), ["01 and 1"]),  # of 0,01, 0,1
        ("optimizer.learning_rate", ("0.1", "0.10", "1e-1"), ["0.1 and 0.10", "0.1 and 1e-1"]),
        ("architecture.hidden", ("64-32", "８", "64, 32", "8"), ["64-32 and 64, 32", "８ and 8"]),
    ],
)
def test_one_value_written_in_two_ways_is_told(path, values, told):
    with pytest.raises(SweepError) as raised:
        Sweep(base=RunConfig(), axes=(axis(path, *values),)).members()
    assert raised.value.problems == [
        Problem(path, f"has {two}, which are the same.") for two in told
    ]


def test_the_name_follows_from_what_is_asked_for():
    one = Sweep(base=RunConfig(), axes=(RATES,))
    assert one.name == Sweep(base=RunConfig(), axes=(RATES,)).name
    assert one.name != Sweep(base=RunConfig(), axes=(RATES,), seeds=(0, 1)).name
    assert one.name != Sweep(base=RunConfig(), axes=(WIDTHS,)).name
    assert from_json(one.canonical()) == one


@pytest.mark.parametrize(
    ("axes", "seeds", "words"),
    [
        (
            (axis("optimizer.learning_rate", "0.1", "-1", "x"),),
            (0,),
            "above 0 and at most 100, not '-1'",
        ),
        ((axis("optimizer.nonsense", "1"),), (0,), "no setting 'optimizer.nonsense'"),
        ((RATES, axis("optimizer.learning_rate", "1")), (0,), "choose two that differ"),
        ((axis("run.seed", "1", "2"),), (0,), "Seeds are not an axis"),
        ((axis("run.epochs", *map(str, range(1, 52))),), tuple(range(10)), "510 runs"),
        ((axis("data.name", "elsewhere"),), (0,), "data.name must be one of"),
    ],
)
def test_what_cannot_be_swept_is_a_sentence(axes, seeds, words):
    with pytest.raises(SweepError, match=words) as raised:
        Sweep(base=RunConfig(), axes=axes, seeds=seeds).members()
    assert all(str(problem).endswith(".") for problem in raised.value.problems)


@pytest.mark.parametrize(
    "text", ["", "{}", '{"base": {"nonsense": 1}}', '{"base": {}, "seeds": []}']
)
def test_a_stored_sweep_that_cannot_be_read_is_a_sentence(text):
    with pytest.raises(SweepError, match="cannot be read"):
        from_json(text)


@pytest.mark.parametrize("name", ["two\\nlines", "x" * 10**5])
def test_a_name_that_cannot_be_shown_is_left_out_of_the_sentence(name):
    with pytest.raises(SweepError) as raised:
        from_json(f'{{"base": {{}}, "{name}": 1}}')
    assert str(raised.value).startswith("This sweep cannot be read. A name in it cannot be used: ")
    assert len(str(raised.value)) < 200 and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ('{"data": {"name": "digits\\n"}}', r"data set must be one of .*, not 'digits\\n'"),
        ('{"run": {"epochs": 0, "seed": -1}}', "epochs must be a whole number from 1"),
        ("3", "input should be"),
    ],
)
def test_what_is_wrong_with_a_base_is_told_as_of_any_config(base, told):
    with pytest.raises(SweepError) as raised:
        from_json(f'{{"base": {base}}}')
    assert re.search(f"Base cannot be used: {told}", str(raised.value))
    assert "\n" not in str(raised.value)


def test_what_a_config_says_of_itself_is_told_as_it_is():
    base = '{"data": {"validation": "none"}, "regularization": {"early_stopping": %s}}'
    with pytest.raises(SweepError, match=r"used: early stopping watches .* training loss\.$"):
        from_json(f'{{"base": {base % """{"watch": "validation_loss"}"""}}}')


def test_of_very_many_values_that_cannot_be_used_some_are_told_and_the_others_counted():
    with pytest.raises(SweepError) as raised:
        Sweep(base=RunConfig(), axes=(axis("run.epochs", *map(str, range(-100, 0))),)).members()
    assert len(raised.value.problems) == MAX_PROBLEMS + 1
    assert str(raised.value).endswith("\nThere are 80 more things wrong.")


def test_a_value_without_effect_beside_the_other_is_a_member_of_its_own_and_the_same_run():
    axes = (axis("architecture.dropout", "0", "0.5"),
            axis("architecture.dropout_at", "before_dense", "after_each"))  # fmt: skip
    members = Sweep(base=RunConfig(), axes=axes).members()
    assert len(members) == 4 and len({member.run for member in members}) == 3
    assert "architecture.dropout_at" not in paths_of(RunConfig())


@pytest.mark.parametrize(
    ("axes", "seeds", "words"),
    [
        ({"run.epochs": ["1" * 401]}, [0], "more than 400 characters"),
        ({"run.epochs": ["1"]}, [2**32 - 1, 2**32], "Seeds cannot be used"),
        ({"run.epochs": []}, [0], "cannot be used"),
        ({"a": ["1"], "b": ["1"], "c": ["1"]}, [0], "more than 2 values"),
    ],
)
def test_a_sweep_that_is_no_sweep_is_a_sentence(axes, seeds, words):
    with pytest.raises(SweepError, match=words):
        sweep_of(RunConfig(), axes, seeds)


@pytest.mark.parametrize(
    ("changes", "axis_path", "ranks"),
    [
        ({}, "run.epochs", True),
        ({"data.validation": "end"}, "run.epochs", True),
        ({"data.validation": "test"}, "run.epochs", False),
        ({"data.validation": "none"}, "run.epochs", False),
        ({}, "data.test_fraction", False),
        ({}, "data.train_images", True),
        ({"data.train_images": "200"}, "data.train_images", True),
        ({"data.train_images": "200"}, "data.validation_from", False),
        (CHOSEN, "run.epochs", True),
        (CHOSEN, "data.train_images", False),
    ],
)
def test_runs_are_ranked_only_on_the_same_validation_images(changes, axis_path, ranks):
    base, _ = with_settings(changes)
    sweep = Sweep(base=base, axes=(axis(axis_path, "1"),))
    assert sweep.ranks is ranks

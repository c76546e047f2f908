"""The canonical text of a RunConfig, its name, and what two of them differ in."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.config import (
    CNN,
    KINDS,
    MLP,
    SGD,
    Cifar10,
    ConvBlock,
    Digits,
    EarlyStopping,
    Regularization,
    Run,
    RunConfig,
    differences,
    from_json,
    settings_of,
    with_settings,
)
from playground.recipes import RECIPES
from tests.config_fields import FIELDS, PARTS, another, effective
from tests.strategies import configs

# --- name --------------------------------------------------------------------------------------


def test_the_name_is_64_hex_digits_and_equal_configs_share_it():
    assert re.fullmatch("[0-9a-f]{64}", RunConfig().name)
    assert RunConfig(run=Run(epochs=30)).name == RunConfig().name
    assert RunConfig(run={"epochs": "30"}).name == RunConfig().name


def test_the_canonical_text_has_every_field_but_later_ones_sorted_and_no_spaces():
    text = RunConfig().canonical()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    for section, values in json.loads(text).items():
        part = type(getattr(RunConfig(), section))
        assert set(values) == set(part.model_fields) - set(part.added_fields)


def _with(base: RunConfig, changed: dict[str, str]) -> RunConfig:
    config, problems = with_settings(changed, base)
    assert not problems
    return config


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (RunConfig(), "70a60a47ae1e91d33740a00f2ce47de25532ee92be68362f899e1f0a262bba12"),
        (
            RunConfig(
                data=Cifar10(validation_from="chosen"),
                architecture=CNN(blocks=(ConvBlock(channels=(8, 8), dropout=0.5),)),
                run=Run(seed=3),
            ),
            "343515a98cab3ec34ebeb22086e0ec3b13b423c7ac12480a0defbacbeb9cb680",
        ),
        (
            RECIPES["cifar10-cnn"].config,
            "9fc494ca400a52b0cde1a50cfb61bffee984154f99a4fc73ad13151b8c56fc04",
        ),
        (
            _with(RECIPES["tutorial"].config, {"data.train_images": "20000"}),
            "428e6b86db13692ab722604f734108b6502c4076bd82ac88120a16b3c73f4637",
        ),
        (
            _with(RECIPES["cures-early-stopping"].config, {"regularization.weight_decay": "0.0"}),
            "1bb8b5ce68f6d786b7df1fb37e4eb97ec0e2c487489f0ab4b8895494d2eed2bb",
        ),
    ],
)
def test_runs_keep_the_names_they_had_before_later_fields_came(config, name):
    """The names as they were in 2026, before the first added field (Part.added_fields)."""
    assert config.name == name


def test_json_of_before_is_read_as_what_it_meant():
    blocks = CNN().model_dump(mode="json")["blocks"]
    text = RECIPES["cifar10-cnn"].config.canonical()
    added = {name for part in PARTS for name in part.added_fields}
    assert added > {"whitening", "validation_from"} and not added & {*re.findall(r"\w+", text)}
    assert not any("pool_at" in block for block in blocks)
    assert from_json(text) == RECIPES["cifar10-cnn"].config


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_json_has_a_later_field_if_it_is_not_what_was_meant_before(part):
    for name, before in part.added_fields.items():
        setting = settings_of(part)[name]
        for value in (setting.default, another(setting)):
            changed = part(**effective(part, name) | {name: value})
            written = changed.model_dump(mode="json")
            if name in part.init_only:
                assert name not in written and getattr(changed, name) == setting.default
                assert (changed == part()) == (value == setting.default)
                continue
            assert written.get(name, before) == value and (name in written) == (value != before)
            assert part.model_validate_json(changed.model_dump_json()) == changed
            assert part.model_validate(written) == changed
            assert changed.model_dump()[name] == value, "only JSON leaves it out"
        if name in part().inactive_fields():
            assert name not in part().model_dump(mode="json"), "nor is it there without an effect"


FEW = {"data.train_images": "200"}


def test_a_whole_part_without_a_later_field_means_what_was_meant_before_and_a_few_fields_do_not():
    whole = RunConfig(data=Digits(train_images=200, validation_from="chosen"))
    values = json.loads(whole.canonical())
    assert "validation_from" not in values["data"]
    assert from_json(json.dumps(values)).data.validation_from == "chosen"
    assert from_json(json.dumps({"data": values["data"]})).data.validation_from == "chosen"
    assert from_json('{"data": {"train_images": 200}}').data.validation_from == "pool"
    del values["data"]["crop"]
    assert from_json(json.dumps(values)).data.validation_from == "pool"
    values["data"] |= {"crop": 0, "validation_from": "pool"}
    assert from_json(json.dumps(values)) == _with(RunConfig(), FEW)


def test_images_that_were_taken_out_of_the_chosen_ones_keep_their_name_and_others_have_another():
    """The name of these settings as it was before validation could be from the pool."""
    chosen = _with(RunConfig(), FEW | {"data.validation_from": "chosen"})
    before = "d4308bcd91440a2b11317eff99475137821430834de2b40a5c072b55073c5643"
    pool = _with(RunConfig(), FEW)
    assert chosen.name == before != pool.name and pool.data.validation_from == "pool"
    assert with_settings(chosen.settings()) == (chosen, [])
    assert differences(pool, chosen) == {"data.validation_from": ("pool", "chosen")}
    for few in (pool, chosen):  # on all images there is no difference
        assert _with(few, {"data.train_images": "all"}) == RunConfig()


@settings(max_examples=60, deadline=None)
@given(configs())
def test_any_run_of_before_is_read_as_it_was_and_keeps_its_name(config):
    values = config.model_dump()
    for section in values.values():
        for name in ("validation_from", "whitening", "width", "test_time_flip"):
            section.pop(name, None)
    for block in values["architecture"].get("blocks", ()):
        block.pop("pool_at")
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    read = from_json(text)
    assert read.canonical() == text
    active = "validation_from" not in read.data.inactive_fields()
    assert read.data.validation_from == ("chosen" if active else "pool")


@pytest.mark.parametrize(("part", "setting"), FIELDS)
def test_a_change_of_any_field_changes_the_name(part, setting):
    beside, other = effective(part, setting.path), {setting.path: another(setting)}
    if part in (EarlyStopping, ConvBlock):
        field = {EarlyStopping: "early_stopping", ConvBlock: "blocks"}[part]
        owner = {EarlyStopping: Regularization, ConvBlock: CNN}[part]
        wrap = (lambda p: (p,)) if part is ConvBlock else (lambda p: p)
        usual = owner(**{field: wrap(part(**beside))})
        changed = owner(**{field: wrap(part(**beside | other))})
    else:
        usual, changed = part(**beside), part(**beside | other)
    section = next(
        (name for name, kinds in KINDS.items() if type(usual) in kinds.values()),
        "run" if part is Run else "regularization",
    )
    names = {RunConfig(**{section: value}).name for value in (usual, changed)}
    assert len(names) == 2


def test_each_kind_has_a_name_of_its_own():
    names = [
        RunConfig(**{section: kind()}).name
        for section, kinds in KINDS.items()
        for kind in kinds.values()
    ]
    assert len(set(names)) == len(names) - (len(KINDS) - 1)  # four of them are the defaults


def test_a_zero_below_zero_is_the_same_zero():
    config = RunConfig(architecture=MLP(dropout=-0.0))
    assert config == RunConfig()
    assert config.name == RunConfig().name


@settings(max_examples=60, deadline=None)
@given(configs(), st.randoms())
def test_a_config_is_the_same_through_json_with_its_keys_in_any_order(config, random):
    def shuffled(value):
        if isinstance(value, dict):
            items = list(value.items())
            random.shuffle(items)
            return {key: shuffled(item) for key, item in items}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert from_json(config.canonical()) == config
    read = from_json(json.dumps(shuffled(json.loads(config.canonical()))))
    assert (read, read.name, hash(read)) == (config, config.name, hash(config))


@settings(max_examples=60, deadline=None)
@given(configs(), configs())
def test_two_configs_have_one_name_only_where_they_are_equal(one, other):
    assert (one.name == other.name) == (one == other)
    assert (not differences(one, other)) == (one == other)


def test_differences_name_each_setting_that_differs_in_both_texts():
    config = RunConfig(optimizer=SGD(learning_rate=0.5), architecture=MLP(hidden=()))
    found = differences(RunConfig(), config)
    assert found["optimizer.name"] == ("adam", "sgd")
    assert found["optimizer.learning_rate"] == ("0.001", "0.5")
    assert found["optimizer.beta1"] == ("0.9", "–")
    assert differences(config, RunConfig())["optimizer.beta1"] == ("–", "0.9")
    assert found["architecture.hidden"] == ("32-16", "none")
    assert not [path for path in found if path.startswith(("run", "data", "schedule"))]
    assert differences(config, config) == {}

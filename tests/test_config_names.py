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
                data=Cifar10(),
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
    assert not {"whitening", "test_time_flip"} & set(re.findall(r"\w+", text))
    assert not any("pool_at" in block for block in blocks)
    assert from_json(text) == RECIPES["cifar10-cnn"].config


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_json_has_a_later_field_where_it_differs_from_its_default(part):
    for name in part.added_fields:
        setting = settings_of(part)[name]
        changed = part(**effective(part, name) | {name: another(setting)})
        assert name not in part().model_dump(mode="json")
        assert changed.model_dump(mode="json")[name] == another(setting)
        assert part.model_validate_json(changed.model_dump_json()) == changed
        assert part().model_dump()[name] == setting.default, "only JSON leaves it out"


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

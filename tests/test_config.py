"""Fields, limits and names of RunConfig; see also test_config_json.py and _settings.py."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.config import (
    CNN,
    KINDS,
    MLP,
    SGD,
    Cifar10,
    ConfigError,
    ConvBlock,
    Digits,
    EarlyStopping,
    OwnImages,
    Regularization,
    Run,
    RunConfig,
    differences,
    from_json,
    from_values,
    settings_of,
)
from playground.recipes import RECIPES
from tests.strategies import configs

PARTS = [
    *(part for kinds in KINDS.values() for part in kinds.values()),
    *(Regularization, EarlyStopping, Run, ConvBlock),
]
FIELDS = [
    pytest.param(part, setting, id=f"{part.__name__}.{name}")
    for part in PARTS
    for name, setting in settings_of(part).items()
]


def another(setting):
    """A valid value of a setting that is not its default."""
    match setting.kind:
        case "choice":
            return next(choice for choice in setting.choices if choice != setting.default)
        case "switch":
            return not setting.default
        case "text":
            return "other.npz"
        case "widths":
            return (3,)
        case "blocks":
            return (ConvBlock(kernel=5),)
        case "part":
            return type(setting.default)(watch="train_loss")
    low = setting.above if setting.low is None else setting.low
    middle = (low + (setting.below if setting.high is None else setting.high)) / 2
    values = (setting.low, setting.high, middle)
    return next(value for value in values if value not in (None, setting.default))


def effective(part, name):
    """Values beside which a field has an effect: others than the defaults, where it is idle."""
    if name not in part().idle():
        return {}
    return {
        EarlyStopping: {"watch": "train_loss"},
        Regularization: {"l1": 0.1},
        ConvBlock: {"dropout": 0.5, "channels": (4, 5)},
        CNN: {"dropout": 0.5, "pyramid": (4,)},
        MLP: {"dropout": 0.5},
    }[part]


# --- fields ------------------------------------------------------------------------------------


def test_without_settings_a_run_is_a_perceptron_on_digits():
    config = RunConfig()
    kinds = {"data": "digits", "architecture": "mlp", "optimizer": "adam", "schedule": "constant"}
    for section, kind in kinds.items():
        assert type(getattr(config, section)) is KINDS[section][kind]
    assert config.regularization.early_stopping.watch == "off"
    assert config == from_json("{}")


@pytest.mark.parametrize(
    ("part", "setting"), [field for field in FIELDS if field.values[1].kind != "part"]
)
def test_each_field_has_a_label_and_a_help_text_that_is_a_sentence(part, setting):
    assert setting.label[0].isupper() or setting.label[0].isdigit()
    assert setting.help[0].isupper() and setting.help.endswith(".")
    assert "  " not in setting.help


@pytest.mark.parametrize(("part", "setting"), FIELDS)
def test_each_default_is_within_the_limits(part, setting):
    assert part.model_validate({setting.path: setting.default}) == part()
    if setting.kind in ("whole", "number") and setting.default != setting.word:
        assert setting.low is None or setting.low <= setting.default
        assert setting.above is None or setting.above < setting.default
        assert setting.high is None or setting.default <= setting.high
        assert setting.below is None or setting.default < setting.below


@pytest.mark.parametrize(
    ("part", "setting"), [field for field in FIELDS if field.values[1].kind in ("whole", "number")]
)
def test_each_number_has_limits_at_both_ends_which_are_kept(part, setting):
    assert (setting.low is None) != (setting.above is None)
    assert (setting.high is None) != (setting.below is None)
    for limit in (setting.low, setting.high):
        if limit is not None:
            made = part.model_validate(effective(part, setting.path) | {setting.path: limit})
            assert getattr(made, setting.path) == limit
    beyond = [setting.above, setting.below]
    beyond += [setting.low - 1] if setting.low is not None else []
    beyond += [setting.high + 1] if setting.high is not None else []
    for value in [*beyond, float("nan"), float("inf"), -float("inf")]:
        if value is not None:
            with pytest.raises(ValidationError):
                part.model_validate({setting.path: value})


def test_settings_of_a_part_leave_out_its_tag_and_carry_their_path():
    assert "name" not in settings_of(SGD)
    assert settings_of(SGD, "optimizer")["learning_rate"].path == "optimizer.learning_rate"
    rate = settings_of(SGD)["learning_rate"]
    assert (rate.kind, rate.above, rate.high, rate.low, rate.below) == (
        "number",
        0,
        100,
        None,
        None,
    )
    size = settings_of(Run)["batch_size"]
    assert (size.kind, size.low, size.high, size.word) == ("whole", 1, 65_536, "full")
    assert settings_of(Cifar10)["train_images"].high == 50_000
    assert settings_of(Digits)["validation"].choices == ("random", "end", "test", "none")
    assert settings_of(CNN)["blocks"].kind == "blocks"
    assert settings_of(MLP)["hidden"].kind == "widths"
    assert settings_of(Run)["epochs"].unit == "epochs"


def test_a_config_cannot_be_changed():
    config = RunConfig()
    with pytest.raises(ValidationError, match="frozen"):
        config.run = Run()
    with pytest.raises(ValidationError, match="frozen"):
        config.run.epochs = 3
    assert hash(config) == hash(RunConfig())


@pytest.mark.parametrize("part", [*PARTS, RunConfig], ids=lambda part: part.__name__)
def test_unknown_fields_are_refused(part):
    with pytest.raises(ValidationError, match="extra"):
        part.model_validate({"epoch": 3})


@pytest.mark.parametrize("file", ["../a.npz", "a/b.npz", ".npz", ".a.npz", "a.npy", "a.npz\n", ""])
def test_a_file_of_own_images_is_a_plain_name(file):
    with pytest.raises(ValidationError):
        OwnImages(file=file)


def test_early_stopping_cannot_watch_validation_images_that_are_not_there():
    stop = {"early_stopping": {"watch": "validation_loss"}}
    with pytest.raises(ConfigError, match=r"^Early stopping watches .*: choose .*\.$"):
        from_values({"data": {"validation": "none"}, "regularization": stop})
    stop["early_stopping"]["watch"] = "train_loss"
    assert from_values({"data": {"validation": "none"}, "regularization": stop})


@pytest.mark.parametrize(("part", "setting"), FIELDS)
def test_a_field_without_effect_takes_its_default(part, setting):
    if setting.path in part().idle():
        assert part(**{setting.path: another(setting)}) == part()
        assert getattr(part(**effective(part, setting.path)), setting.path) == setting.default


@pytest.mark.parametrize("validation", ["test", "none"])
def test_a_validation_fraction_without_validation_images_of_its_own_takes_its_default(validation):
    data = Digits(validation=validation, validation_fraction=0.4)
    assert data == Digits(validation=validation)


@pytest.mark.parametrize("fields", [{"pool": "none"}, {"channels": (4,)}])
def test_the_place_of_a_pooling_matters_only_for_a_pooling_among_several_convolutions(fields):
    several = {"channels": (4, 5)} | fields
    assert ConvBlock(**several, pool_at="after_first") == ConvBlock(**several)
    late = several | {"dropout": 0.5, "dropout_at": "before_pool"}
    assert ConvBlock(**late, pool_at="after_first") == ConvBlock(**late)


def test_beside_an_early_pooling_dropout_has_one_place():
    early = {"channels": (4, 5), "pool_at": "after_first", "dropout": 0.5}
    assert ConvBlock(**early, dropout_at="before_pool") == ConvBlock(**early)
    kind = ConvBlock(**early, dropout_kind="channels")
    assert kind.dropout_kind == "channels" and kind.pool_at == "after_first"


def test_batch_norm_without_hidden_layers_takes_its_default():
    assert MLP(hidden=(), batch_norm=True) == MLP(hidden=())


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
        assert set(values) == set(part.model_fields) - set(part.later)


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
            RECIPES["tutorial"].quick,
            "428e6b86db13692ab722604f734108b6502c4076bd82ac88120a16b3c73f4637",
        ),
        (
            RECIPES["cures-early-stopping"].config,
            "1bb8b5ce68f6d786b7df1fb37e4eb97ec0e2c487489f0ab4b8895494d2eed2bb",
        ),
    ],
)
def test_runs_keep_the_names_they_had_before_later_fields_came(config, name):
    """The names as they were in 2026, before the first later field (Part.later)."""
    assert config.name == name


def test_json_of_before_is_read_as_what_it_meant():
    blocks = CNN().model_dump(mode="json")["blocks"]
    text = RECIPES["cifar10-cnn"].config.canonical()
    assert not {"whitening", "test_time_flip"} & set(re.findall(r"\w+", text))
    assert not any("pool_at" in block for block in blocks)
    assert from_json(text) == RECIPES["cifar10-cnn"].config


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_json_has_a_later_field_where_it_differs_from_its_default(part):
    for name in part.later:
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

"""Fields and limits of RunConfig; see also test_config_names.py, _json.py and _settings.py."""

import pytest
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
    OwnImages,
    Run,
    RunConfig,
    from_json,
    from_values,
    settings_of,
)
from tests.config_fields import FIELDS, PARTS, another, effective

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
            kept = setting.default if setting.path in part.init_only else limit
            assert getattr(made, setting.path) == kept
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
    if setting.path in part().inactive_fields():
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

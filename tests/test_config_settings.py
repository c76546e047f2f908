"""Settings by dotted path, as links and ``--set`` carry them: good, bad and random."""

from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.config import (
    CNN,
    MLP,
    SGD,
    Adadelta,
    Adam,
    ConvBlock,
    Digits,
    OwnImages,
    Run,
    RunConfig,
    flat,
    from_json,
    settings_of,
    with_settings,
)
from playground.config.paths import value_at
from playground.errors import MAX_PROBLEMS, Problem
from tests.config_fields import another
from tests.strategies import JSON, configs

PATHS = ["", "run", "architecture.blocks.0.kernel", "data.name.x"] + [
    f"{section}.{name}"
    for section in RunConfig.model_fields
    for name in type(getattr(RunConfig(), section)).model_fields
]


@settings(max_examples=100, deadline=None)
@given(configs(), st.randoms())
@example(RunConfig(architecture=CNN(blocks=())), None)
@example(RunConfig(architecture=CNN(blocks=(ConvBlock(),), hidden=())), None)
def test_a_config_is_the_same_through_a_link_in_any_order(config, random):
    link = config.settings()
    assert all(isinstance(text, str) for text in link.values())
    items = list(link.items())
    if random:
        random.shuffle(items)
    assert with_settings(dict(items)) == (config, [])


def test_the_default_config_needs_no_settings_in_its_link():
    assert RunConfig().settings() == {}
    assert with_settings({}) == (RunConfig(), [])


def test_a_link_holds_only_what_differs_from_the_defaults_of_its_kinds():
    config = RunConfig(optimizer=SGD(learning_rate=0.5), architecture=MLP(hidden=(64, 8)))
    assert config.settings() == {
        "optimizer.name": "sgd",
        "optimizer.learning_rate": "0.5",
        "architecture.hidden": "64-8",
    }


def test_another_kind_starts_its_part_from_that_kinds_defaults_and_leaves_the_rest():
    base = RunConfig(optimizer=Adam(learning_rate=0.5), run=Run(epochs=7))
    config, problems = with_settings({"optimizer.name": "adadelta"}, base)
    assert problems == []
    assert config == RunConfig(optimizer=Adadelta(), run=Run(epochs=7))


def test_the_same_kind_again_keeps_its_settings():
    base = RunConfig(optimizer=Adam(learning_rate=0.5))
    assert with_settings({"optimizer.name": "adam"}, base) == (base, [])


def test_the_order_of_settings_does_not_matter():
    told = {
        "optimizer.rho": "0.5",
        "optimizer.name": "adadelta",
        "run.epochs": "none",
        "architecture.blocks.1.kernel": "5",
        "architecture.kind": "cnn",
    }
    found = [with_settings(dict(order)) for order in permutations(told.items())]
    assert {config for config, _ in found} == {found[0][0]}
    assert found[0][0].optimizer == Adadelta(rho=0.5)
    assert [block.kernel for block in found[0][0].architecture.blocks] == [3, 5, 3]
    told = Problem("run.epochs", "must be a whole number from 1 to 5,000, not 'none'.")
    assert all(problems == [told] for _, problems in found)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("run.epochs", "0", "run.epochs must be a whole number from 1 to 5,000, not '0'."),
        ("run.epochs", "3.5", "run.epochs must be a whole number from 1 to 5,000, not '3.5'."),
        ("run.batch_size", "all", "to 65,536, or full, not 'all'."),
        ("data.train_images", "19", "from 20 to 1,000,000, or all, not '19'."),
        ("data.flip", "perhaps", "data.flip must be true or false, not 'perhaps'."),
        ("data.test_fraction", "0.05", "data.test_fraction must be a number from 0.1 to 0.4, not"),
        ("optimizer.learning_rate", "0", "must be a number above 0 and at most 100, not '0'."),
        ("optimizer.beta1", "1", "must be a number from 0 to below 1, not '1'."),
        ("optimizer.beta1", "nan", "must be a number from 0 to below 1, not 'nan'."),
        ("optimizer.name", "adamm", "must be one of sgd, momentum, nesterov, rmsprop, adam, "),
        ("optimizer.name", ["sgd"], "must be one of sgd, momentum, nesterov, rmsprop, adam, "),
        ("optimizer.momentum", "0.5", "There is no setting 'optimizer.momentum' here."),
        ("run.device", "tpu", "run.device must be one of auto, cpu, cuda, mps, not 'tpu'."),
        (
            "architecture.hidden",
            "64-many",
            "hidden must be whole numbers from 1 to 8,192",
        ),
        (
            "architecture.hidden",
            "9000",
            "hidden must be whole numbers from 1 to 8,192",
        ),
        ("architecture.hidden.0", "9", "There is no setting 'architecture.hidden.0' here."),
        ("regularization.early_stopping.patience", "0", "patience must be a whole number from 1"),
        ("regularization.early_stopping", "5", "must be a group of settings, not '5'."),
        ("data", "digits", "data must be a group of settings, not 'digits'."),
        ("", "", "There is no setting '' here."),
        ("run.", "1", "There is no setting 'run.' here."),
        ("x" * 500, "1", "There is no setting 'xxx"),
        ("run.epochs", "9" * 5000, "run.epochs must be a whole number from 1 to 5,000, not '999"),
    ],
)
def test_a_bad_setting_is_told_in_one_short_sentence_and_the_good_ones_stay(path, value, told):
    good = {"run.seed": "3", "schedule.kind": "cosine"}
    config, problems = with_settings({path: value, **good})
    assert config == with_settings(good)[0] and config.run.seed == 3
    (problem,) = problems
    assert problem.path == path
    sentence = str(problem)
    assert told in sentence and sentence.endswith(".") and len(sentence) < 250
    assert path in sentence or len(path) > 40


def test_each_bad_setting_has_a_sentence():
    bad = {"run.epochs": "x", "run.device": "x", "data.crop": "-1", "optimizer.name": "x"}
    config, problems = with_settings(bad | {"run.seed": "5"})
    assert config == RunConfig(run=Run(seed=5))
    assert sorted(problem.path for problem in problems) == sorted(bad)
    assert all(str(problem).startswith(f"{problem.path} must be ") for problem in problems)
    assert all(problem.sentence("It").startswith("It must be ") for problem in problems)


def test_settings_that_do_not_fit_together_are_told_and_what_fits_stays():
    told = {"regularization.early_stopping.watch": "validation_loss", "data.validation": "none"}
    config, problems = with_settings(told | {"run.seed": "5"})
    assert config.run.seed == 5
    (problem,) = problems
    assert problem.path == "regularization.early_stopping.watch"
    assert problem.sentence("Watch").startswith("Early stopping watches the validation images")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "architecture.blocks.2.kernel",
            "8",
            "architecture.blocks.2.kernel must be a whole number",
        ),
        ("architecture.blocks.3.kernel", "3", "no setting 'architecture.blocks.3.kernel'"),
        ("architecture.blocks.x.kernel", "3", "no setting 'architecture.blocks.x.kernel'"),
        ("architecture.blocks.00.kernel", "3", "no setting 'architecture.blocks.00.kernel'"),
        (f"architecture.blocks.{'1' * 5000}.kernel", "3", "no setting 'architecture.blocks.111"),
        ("architecture.blocks.0.size", "3", "no setting 'architecture.blocks.0.size'"),
        ("architecture.blocks.0", "{}", "no setting 'architecture.blocks.0'"),
        ("architecture.blocks", "[", "architecture.blocks must be a JSON list of up to 8 blocks"),
        ("architecture.blocks", "[{}" + ",{}" * 8 + "]", "must be a JSON list of up to 8 blocks"),
        ("architecture.blocks", '[{"kernel":9}]', "architecture.blocks.0.kernel must be a whole"),
        ("architecture.blocks.0.channels", "none", "architecture.blocks.0.channels must be whole"),
    ],
)
def test_a_bad_setting_of_a_block_is_told_with_the_blocks_number(path, value, told):
    config, problems = with_settings({"architecture.kind": "cnn", path: value})
    assert config == RunConfig(architecture=CNN())
    (problem,) = problems
    assert told in str(problem) and str(problem).endswith(".")
    assert problem.path == path or (path, problem.path) in {
        ("architecture.blocks", "architecture.blocks.0.kernel")
    }


def test_a_link_of_too_many_settings_is_refused_as_a_whole():
    config, problems = with_settings({f"run.k{number}": "1" for number in range(100_000)})
    assert config == RunConfig()
    assert problems == [Problem.of_all("These are 100,000 settings: give at most 500.")]


def test_of_very_many_bad_settings_some_are_told_and_the_others_counted():
    _, problems = with_settings({f"run.k{number}": "1" for number in range(100)})
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1] == Problem.of_all("There are 80 more things wrong.")


def test_a_block_is_set_by_its_number():
    told = {"architecture.blocks.0.channels": "8-9", "architecture.blocks.2.pool": "none"}
    config, problems = with_settings({"architecture.kind": "cnn", **told})
    assert problems == []
    first, second, third = config.architecture.blocks
    assert (first.channels, second, third.pool) == ((8, 9), CNN().blocks[1], "none")


@pytest.mark.parametrize("text", ["64-32-16", "64,32,16", "64 32 16", "64x32x16", " 64×32; 16 "])
def test_widths_may_be_written_in_several_ways(text):
    assert with_settings({"architecture.hidden": text})[0].architecture.hidden == (64, 32, 16)


CONVOLUTIONAL = RunConfig(architecture=CNN())
ALL = "architecture.blocks.*"


def _channels(config: RunConfig) -> list[tuple[int, ...]]:
    return [block.channels for block in config.architecture.blocks]


@pytest.mark.parametrize(
    ("width", "channels"),
    [
        ("2", [(64,), (128,), (256,)]),
        ("0,5", [(16,), (32,), (64,)]),
        ("0.3", [(10,), (19,), (38,)]),
        ("1", [(32,), (64,), (128,)]),
    ],
)
def test_a_width_multiplies_the_channels_of_every_block_and_is_gone_then(width, channels):
    config, problems = with_settings({"architecture.width": width}, CONVOLUTIONAL)
    assert problems == [] and _channels(config) == channels
    assert config.architecture.width == 1
    blocks = tuple(ConvBlock(channels=one) for one in channels)
    assert config.name == RunConfig(architecture=CNN(blocks=blocks)).name
    assert "width" not in config.canonical() + "".join(config.settings()) + "".join(flat(config))


def test_a_width_rounds_a_half_up_and_leaves_a_channel_at_least():
    blocks = (ConvBlock(channels=(1, 10)), ConvBlock(channels=(6, 2)))
    assert [one.channels for one in CNN(blocks=blocks, width=0.25).blocks] == [(1, 3), (2, 1)]


@pytest.mark.parametrize(
    ("width", "told"),
    [
        ("9", "architecture.width must be a number from 0.25 to 8, not '9'."),
        (
            "8",
            "architecture.width must be at most 7.87 here, not 8: a block has 130 channels, and "
            "1,024 is the most.",
        ),
    ],
)
def test_a_width_that_cannot_be_is_told_and_changes_nothing(width, told):
    blocks = (ConvBlock(), ConvBlock(channels=(130,)))
    base = RunConfig(architecture=CNN(blocks=blocks))
    config, problems = with_settings({"architecture.width": width}, base)
    assert config == base and list(map(str, problems)) == [told]
    assert problems[0].sentence() == told.replace("architecture.width", "Width")
    assert not with_settings({"architecture.width": "7.87"}, base)[1]


def test_a_width_without_blocks_changes_nothing():
    base = RunConfig(architecture=CNN(blocks=()))
    assert with_settings({"architecture.width": "4"}, base) == (base, [])


@pytest.mark.parametrize("name", settings_of(ConvBlock))
def test_one_path_sets_a_field_of_all_blocks(name):
    value = another(settings_of(ConvBlock)[name])
    fields = {"channels": "4-5", "dropout": 0.5} | {name: value}
    config, problems = with_settings({f"{ALL}.{k}": v for k, v in fields.items()}, CONVOLUTIONAL)
    assert problems == []
    assert config.architecture == CNN(blocks=(ConvBlock(**fields),) * 3)
    assert value_at(config, f"{ALL}.{name}") == getattr(ConvBlock(**fields), name)


def test_a_blocks_own_setting_stands_over_that_of_all_whatever_the_order():
    told = {
        "architecture.blocks.1.batch_norm": "first",
        f"{ALL}.batch_norm": "each",
        "architecture.blocks": '[{}, {"batch_norm": "input"}]',
        "architecture.kind": "cnn",
    }
    for order in permutations(told.items()):
        config, problems = with_settings(dict(order))
        assert problems == []
        assert [block.batch_norm for block in config.architecture.blocks] == ["each", "first"]


@pytest.mark.parametrize(
    ("base", "path", "value", "told"),
    [
        (CONVOLUTIONAL, f"{ALL}.kernel", "9", "Kernel in all blocks must be a whole number from 1"),
        (CONVOLUTIONAL, f"{ALL}.size", "9", f"There is no setting '{ALL}.size' here."),
        (CONVOLUTIONAL, ALL, "9", f"There is no setting '{ALL}' here."),
        (RunConfig(), f"{ALL}.kernel", "3", f"There is no setting '{ALL}.kernel' here."),
        (
            RunConfig(architecture=CNN(blocks=())),
            f"{ALL}.kernel",
            "3",
            "This network has no blocks of convolutions to change: give it some first.",
        ),
    ],
)
def test_what_cannot_be_set_for_all_blocks_is_told_once(base, path, value, told):
    config, (problem,) = with_settings({path: value}, base)
    assert config == base and problem.path == path
    assert problem.sentence().startswith(told)


def test_a_page_calls_a_setting_by_its_label_and_a_link_by_its_path_too():
    told = {"run.epochs": "9000", "optimizer.name": "x", "architecture.blocks.1.kernel": "9"}
    _, problems = with_settings(told, CONVOLUTIONAL)
    found = {problem.path: problem for problem in problems}
    epochs = "must be a whole number from 1 to 5,000, not '9000'."
    assert str(found["run.epochs"]) == f"run.epochs {epochs}"
    assert found["run.epochs"].sentence() == f"Epochs {epochs}"
    assert found["run.epochs"].sentence(with_path=True) == f"Epochs (run.epochs) {epochs}"
    assert found["run.epochs"].sentence("It") == f"It {epochs}"
    assert found["optimizer.name"].sentence().startswith("Optimizer must be one of")
    assert found["architecture.blocks.1.kernel"].sentence().startswith("Block 2: Kernel must be")


def test_too_many_layers_are_told_by_their_number():
    _, (problem,) = with_settings({"architecture.hidden": "-".join(["8"] * 33)})
    assert problem.sentence() == "Hidden layers can have at most 32 numbers, not 33."


@pytest.mark.parametrize("text", ["none", "", []])
def test_no_hidden_layers_are_written_as_none(text):
    assert with_settings({"architecture.hidden": text}) == (
        RunConfig(architecture=MLP(hidden=())),
        [],
    )


def test_the_files_name_of_own_images_stays_within_the_data_folder():
    good, bad = ({"data.name": "npz", "data.file": f} for f in ("my cats.npz", "../cats.npz"))
    assert with_settings(good) == (RunConfig(data=OwnImages(file="my cats.npz")), [])
    config, (problem,) = with_settings(bad)
    assert config == RunConfig(data=OwnImages())
    assert str(problem).startswith("data.file must be the plain name of an .npz file")


@settings(max_examples=250, deadline=None)
@given(
    st.dictionaries(st.text(max_size=9) | st.sampled_from(PATHS), st.text() | JSON, max_size=5),
    configs(),
)
@example({"architecture.kind": "cnn", "architecture.blocks": "[" * 100_000}, RunConfig())
@example({"optimizer.name": {}, "data.name": [1]}, RunConfig())
def test_no_settings_raise_and_what_is_told_are_sentences(told, base):
    config, problems = with_settings(told, base)
    assert isinstance(config, RunConfig) and from_json(config.canonical()) == config
    assert all(str(problem).endswith(".") for problem in problems)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(list(settings_of(Digits))), st.text())
def test_text_for_a_setting_is_used_or_told_but_never_ignored(name, text):
    config, problems = with_settings({f"data.{name}": text})
    if problems:
        assert config == RunConfig() and problems[0].path == f"data.{name}"
        assert problems[0].message.startswith("must be ")
    else:
        expected = Digits.model_validate({name: text})
        assert config == RunConfig(data=expected)

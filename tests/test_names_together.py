"""What runs are called that stand together: by what differs, and no two by one name."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from playground.analysis import names, phrases
from playground.analysis.phrases import BLOCKS
from playground.config import (
    CNN,
    DATA_KINDS,
    KINDS,
    ConvBlock,
    EarlyStopping,
    Part,
    RunConfig,
    Triangle,
    beginning,
    settings_of,
)
from playground.config.paths import walk
from playground.recipes import RECIPES, TITLES
from playground.store import Run, RunStore
from tests.config_fields import another, effective
from tests.named_runs import is_plain, settled, stored, together
from tests.strategies import changed, configs


def test_recipes_have_different_names_together(store):
    every = {recipe.at(scale) for recipe in RECIPES.values() for scale in recipe.scales()}
    told = together(store, every)
    assert len(set(told)) == len(every) and all(map(is_plain, told))


def random_configs(count: int) -> list[RunConfig]:
    found: dict[str, RunConfig] = {}

    @seed(20)
    @settings(
        max_examples=count + 60, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(configs())
    def draw(config):
        found[config.name] = config

    draw()
    return list(found.values())[:count]


def test_no_two_of_500_random_runs_share_a_name_and_none_holds_json(store):
    every = random_configs(500)
    assert len(every) == 500
    told = together(store, every)
    assert len(set(told)) == 500
    alone = [names.of_config(config) for config in every]
    assert all(map(is_plain, [*told, *alone]))
    for few in (2, 5, 8, 40):
        for start in range(0, 500, 50):
            some = together(store, every[start : start + few])
            assert len(set(some)) == few and all(map(is_plain, some))


def with_each_setting_changed(base: RunConfig) -> dict[str, RunConfig]:
    """A config for each setting that can change beside the others, changed in it alone; by path."""

    def below(part: Part, path: str) -> Iterable[tuple[str, dict[str, object]]]:
        for name, setting in settings_of(type(part)).items():
            if setting.kind == "part":
                yield from below(getattr(part, name), f"{path}.{name}")
            elif (value := another(setting)) != getattr(part, name):
                yield f"{path}.{name}", {**effective(type(part), name), name: value}

    found = {}
    for section in RunConfig.model_fields:
        part = getattr(base, section)
        for path, values in below(part, section):
            stopping = path.startswith("regularization.early_stopping")
            inner = changed(part.early_stopping, **values) if stopping else None
            update = {"early_stopping": inner} if stopping else values
            try:
                found[path] = changed(base, **{section: changed(part, **update)})
            except ValueError:  # early stopping beside no validation images
                continue
    return {path: config for path, config in found.items() if config != base}


BASES = {
    "digits": beginning("digits"),
    "cifar10": beginning("cifar10"),
    "a CNN": RunConfig(architecture=CNN(dropout=0.25, pyramid=(4,))),
    "a schedule": RunConfig(schedule=Triangle()),
    "early stopping": RunConfig(
        regularization=changed(
            RunConfig().regularization, early_stopping=EarlyStopping(watch="train_loss")
        )
    ),
}


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_each_setting_that_changes_changes_the_name(store, base):
    found = with_each_setting_changed(base)
    assert len(found) > 30
    every = {base, *found.values()}
    told = together(store, every)
    assert len(set(told)) == len(every) and all(map(is_plain, told))
    assert not any(name.endswith(config.name[:8]) for config, name in zip(every, told, strict=True))
    assert len({names.of_config(config) for config in every}) == len(every)
    for config in found.values():
        one, other = together(store, [base, config])
        assert one != other


@pytest.mark.parametrize("name", ConvBlock.model_fields)
def test_each_field_of_a_block_changes_the_name(store, name):
    values = effective(ConvBlock, name) | {name: another(settings_of(ConvBlock)[name])}
    usual = changed(ConvBlock(), **effective(ConvBlock, name))
    other = changed(ConvBlock(), **values)
    ways = [(usual, usual), (other, usual), (usual, other), (other, other)]
    every = [RunConfig(architecture=CNN(blocks=blocks)) for blocks in ways]
    assert len({names.of_config(config) for config in every}) == 4
    told = together(store, every)
    assert len(set(told)) == 4 and all(map(is_plain, told))


def swept(**values: Sequence[str]) -> list[RunConfig]:
    """The combinations of these values."""
    made = [RunConfig()]
    for path, of in values.items():
        made = [settled(config, **{path: value}) for config in made for value in of]
    return made


@pytest.mark.parametrize(
    ("every", "told"),
    [
        (swept(architecture__dropout=("0", "0.3")), ["no dropout", "dropout 0.3"]),
        (swept(optimizer__name=("sgd", "adam")), ["SGD 0.1", "Adam 0.001"]),
        (
            swept(optimizer__name=("sgd", "adam"), optimizer__learning_rate=("0.01",)),
            ["SGD", "Adam"],
        ),
        (
            swept(optimizer__learning_rate=("0.001", "0.1"), run__seed=("0", "1")),
            [f"rate {rate} · seed {number}" for rate in ("0.001", "0.1") for number in "01"],
        ),
        (
            [*swept(data__label_noise=("0", "0.2")), *swept(data__train_images=("100",))],
            ["all images · no label noise", "all images · label noise 20\u00a0%",
             "100 images · no label noise"],
        ),
        (
            [
                RunConfig(), settled(data__label_noise="0.2"), settled(data__train_images="100"),
                settled(architecture__batch_norm="true"), settled(optimizer__name="adamw"),
                settled(schedule__kind="cosine"),
            ],
            ["MLP 32-16", "label noise 20\u00a0%", "100 images", "batch norm", "AdamW 0.001",
             "cosine schedule"],
        ),
        (
            [RunConfig(), RunConfig(architecture=CNN()), RunConfig(architecture=CNN(hidden=()))],
            ["MLP 32-16", "CNN 32-64-128 · dense 128", "CNN 32-64-128 · no dense layers"],
        ),
        (
            [beginning("digits"), beginning("kmnist"), settled(run__epochs="9")],
            ["Digits · MLP 32-16", "KMNIST · MLP 128-64", "Digits · MLP 32-16 · 9 epochs"],
        ),
    ],
)  # fmt: skip
def test_runs_together_are_called_by_what_is_not_the_same_in_all(store, every, told):
    assert together(store, every) == told


def test_runs_that_differ_by_the_seed_tell_it_and_others_do_not(store):
    several = [settled(run__epochs="3", run__seed=number) for number in "01"]
    others = [
        settled(architecture__dropout="0.5"), settled(data__label_noise="0.1"),
        settled(schedule__kind="step"), settled(architecture__batch_norm="true"),
    ]  # fmt: skip
    told = together(store, [*several, *others])
    assert told[:3] == ["3 epochs · seed 0", "3 epochs · seed 1", "dropout 0.5"]


def test_what_most_runs_of_a_list_tell_is_told_by_the_others_too(store):
    long = [settled(run__epochs="60", architecture__hidden=width) for width in ("8", "16", "24")]
    changed_more = [
        settled(run__epochs="60", **{path: value})
        for path, value in (("data__crop", "1"), ("schedule__kind", "step"))
    ]
    told = together(store, [*long, *changed_more, settled(architecture__hidden="4")])
    assert told[-1] == "MLP 4 · 30 epochs"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("0.3", "0.30000000000000004", ["initial bias 0.3", "initial bias 0.30000000000000004"]),
        ("0.12344", "0.12341", ["initial bias 0.12344", "initial bias 0.12341"]),
        ("0.3", "-0.3", ["initial bias 0.3", "initial bias −0.3"]),
    ],
)
def test_numbers_that_are_rounded_to_one_are_told_in_full(store, one, other, told):
    every = [settled(architecture__bias=value) for value in (one, other)]
    assert together(store, every) == told


def test_what_is_the_same_in_all_is_told_once(store):
    runs = stored(store, swept(run__epochs=("9",), architecture__dropout=("0", "0.3")))
    assert names.in_common(runs.values()) == "Digits · MLP 32-16 · 9 epochs"
    assert names.in_common(list(runs.values())[:1]) == ""
    assert names.in_common([]) == "" and names.together([]) == {}


# --- titles, and what cannot be read ---


def titled(store: RunStore, titles: Mapping[str, str]) -> list[Run]:
    """Runs by dropout, with these titles."""
    runs = stored(store, (settled(architecture__dropout=value) for value in titles))
    for (config, _), title in zip(runs.items(), titles.values(), strict=True):
        store.rename(config.name, title)
    return list(store.get_many(config.name for config in runs).values())


def named(runs: Iterable[Run], **options) -> set[str]:
    return set(names.together(runs, **options).values())


def test_a_persons_title_leads_and_if_two_are_equal_what_differs_is_added(store):
    runs = titled(store, {"0": "Base", "0.2": "", "0.5": "Mine"})
    assert named(runs) == {"Base", "dropout 0.2", "Mine"}
    assert {names.of_run(run) for run in runs} == {
        "Base", "Digits · MLP 32-16 · dropout 0.2", "Mine"
    }  # fmt: skip
    runs = titled(store, {"0": "Base", "0.2": "", "0.5": "Base"})
    assert named(runs) == {"Base · no dropout", "dropout 0.2", "Base · dropout 0.5"}


def test_a_title_that_is_another_runs_name_is_told_apart(store):
    runs = titled(store, {"0": "dropout 0.2", "0.2": ""})
    digits = {run.name[:8] for run in runs}
    assert named(runs) == {f"dropout 0.2 · {one}" for one in digits}


def test_a_title_turns_only_itself(store):
    (run,) = titled(store, {"0": "‮שלום"})
    assert names.of_run(run) == names.together([run])[run.name] == "⁨שלום⁩"


def test_a_recipe_leads_where_nobody_gave_a_title(store):
    config = RECIPES["digits-mlp"].config
    runs = stored(store, [config, RunConfig()])
    titles = {family: title for (family, axes), title in TITLES.items() if not axes}
    assert RECIPES["digits-mlp"].title in named(runs.values(), titles=titles)


def test_runs_of_another_version_are_still_told_apart(store):
    runs = list(stored(store, swept(run__epochs=("1", "2"))).values())
    old = [dataclasses.replace(run, config_json='{"from": "another version"}') for run in runs]
    assert names.of_run(old[0]) == names.OTHER_VERSION
    assert named(old[:1]) == {names.OTHER_VERSION} and names.in_common(old) == ""
    assert named(old) == {f"{names.OTHER_VERSION} · {run.name[:8]}" for run in old}
    assert named([old[0], runs[1]]) == {names.OTHER_VERSION, "Digits · MLP 32-16 · 2 epochs"}


def test_what_a_config_has_at_some_paths_is_told():
    config = settled(optimizer__learning_rate="0.01", run__seed="3")
    assert names.of_settings(config, ["run.seed", "optimizer.learning_rate"]) == (
        "rate 0.01 · seed 3"
    )
    cnn = RunConfig(architecture=CNN(blocks=(ConvBlock(), ConvBlock(kernel=5))))
    paths = ["architecture.blocks.1.kernel", "architecture.hidden", "optimizer.momentum"]
    assert names.of_settings(cnn, paths) == "block 2: kernel 5 · dense 128"
    assert names.of_settings(cnn, ["architecture.blocks"]) == "2 blocks 32-32, block 2: kernel 5"
    wide = settled(cnn, architecture__width="2")
    paths = ["architecture.width", "architecture.blocks.*.kernel"]
    assert names.of_settings(wide, paths) == "block 2: kernel 5 · 2 blocks 64-64"
    assert names.of_settings(RunConfig(), ["architecture.hidden"]) == "hidden layers 32-16"


def test_all_that_has_words_of_its_own_is_a_setting():
    paths = {path for base in BASES.values() for path in with_each_setting_changed(base)}
    kinds = [
        RunConfig(**{section: kind()})
        for section, of in KINDS.items()
        if section != "data"
        for kind in of.values()
    ]
    paths |= {
        leaf.path for config in [*kinds, *map(beginning, DATA_KINDS)] for leaf in walk(config)
    }
    paths |= {f"{BLOCKS}.{name}" for name in ConvBlock.model_fields}
    assert phrases._WORDS.keys() <= paths and set(names._LAST) <= paths

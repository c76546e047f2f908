"""An exported script gives the app's own numbers, bit for bit, for every choice there is."""

import os
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest

from playground.config import (
    CNN,
    KINDS,
    MLP,
    ConvBlock,
    Digits,
    EarlyStopping,
    OwnImages,
    Part,
    Regularization,
    Run,
    RunConfig,
    settings_of,
    with_settings,
)
from playground.data import datasets
from playground.export import source
from playground.recipes import RECIPES
from playground.results import Execution
from playground.training import execution
from tests import own_images, small_sets
from tests.config_fields import another, effective
from tests.exported import assert_same, module_of, source_of
from tests.small_runs import EVERYTHING, NOWHERE, small, trained

pytestmark = pytest.mark.slow

BLOCK = ConvBlock(channels=(4, 5), dropout=0.2)
NETWORK = CNN(blocks=(BLOCK,), hidden=(12, 8), dropout=0.2, pyramid=(2, 3, 4))
DENSE = MLP(hidden=(16, 8), dropout=0.2)
USUAL = {
    **{part: part(train_images=40) for part in KINDS["data"].values() if part.download},
    Digits: Digits(train_images=200),
    OwnImages: OwnImages(file="mine.npz"),
    MLP: DENSE,
    CNN: NETWORK,
    ConvBlock: BLOCK,
    Regularization: Regularization(l1=1e-4),
    EarlyStopping: EarlyStopping(watch="validation_loss", patience=1),
    Run: Run(epochs=3, device="cpu"),
}
"""What one setting at a time is changed on."""


def _with(part: Part) -> RunConfig:
    """A small run with this part."""
    match part:
        case ConvBlock():
            return small(architecture=CNN(blocks=(part,), hidden=(12,)))
        case MLP() | CNN():
            return small(architecture=part)
        case EarlyStopping():
            return small(regularization=Regularization(early_stopping=part))
        case Regularization():
            return small(regularization=part)
        case Run():
            return small().model_copy(update={"run": part})
    section = next(name for name, kinds in KINDS.items() if type(part) in kinds.values())
    if section == "schedule":  # an epoch's last batch is smaller; the rate is of some size
        optimizer = KINDS["optimizer"]["sgd"]()
        return small(**{section: part}, epochs=4, optimizer=optimizer)
    return small(**{section: part})


def _choices(setting):
    """Every choice of a setting; of a number, another than the usual one."""
    if setting.path == "device":
        return []  # the machine's own
    if setting.kind == "choice":
        return list(setting.choices)
    words = [setting.word] if setting.word else []
    if setting.kind == "whole":
        low = int(setting.low or 0)
        return [*words, min(max(low, 3), int(setting.high))]
    if setting.kind == "number":
        usual = 0.0 if setting.word else setting.default
        return [*words, usual / 2 or 0.01]
    return [another(setting)]


def _one_at_a_time():
    parts = [part for kinds in KINDS.values() for part in kinds.values()]
    for part in [*parts, Regularization, EarlyStopping, Run, ConvBlock]:
        base = USUAL.get(part, part())
        yield pytest.param(_with(base), id=part.__name__)
        for name, setting in settings_of(part).items():
            if setting.kind in ("text", "blocks", "part"):
                continue
            values = {field: getattr(base, field) for field in type(base).model_fields}
            for value in _choices(setting):
                changed = part(**values | effective(part, name) | {name: value})
                if changed != base:
                    yield pytest.param(_with(changed), id=f"{part.__name__}.{name}={value}")


ONE_AT_A_TIME = list(_one_at_a_time())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with a person's own images and small data sets of all kinds."""
    folder = tmp_path_factory.mktemp("data")
    own_images.save(folder)
    with pytest.MonkeyPatch.context() as patch:
        for kind in small_sets.DOWNLOADED:
            small_sets.save(kind, folder, patch)
        yield folder


@pytest.mark.parametrize("config", ONE_AT_A_TIME)
def test_every_choice_gives_the_same_numbers(config, folder):
    assert assert_same(config, folder).status == "finished"


STEEP = Regularization(l1=1e-4, l2=1e-4, label_smoothing=0.1, gradient_clip=0.5)
COMPUTED = {
    "threads": ({"threads": 2}, {"SMALL_STEP": 0}),
    "pieces": ({"piece": 30}, {"_piece": lambda plan, batch: 30}),
    "uneven pieces": ({"piece": 53}, {"_piece": lambda plan, batch: 53}),
    "without oneDNN": ({"onednn": False}, {"TINY_BATCH": 1000}),
    "parts": ({"most": 300}, {"LAYER_WORK": 300}),
    "large parts": ({"most": 100_000}, {"LAYER_WORK": 100_000}),
    "bfloat16": ({"precision": "bfloat16"}, {"SMALL_STEP": 0, "_fast_bfloat16": lambda: True}),
    "bfloat16 in pieces": (
        {"precision": "bfloat16", "channels_last": True, "piece": 45},
        {"SMALL_STEP": 0, "_fast_bfloat16": lambda: True, "_piece": lambda plan, batch: 45},
    ),
}
"""How a run may be computed: what is then so of its execution, and what makes it so."""


@pytest.mark.parametrize("batch", ["full", 100])
@pytest.mark.parametrize(("way", "made"), COMPUTED.values(), ids=COMPUTED)
def test_however_it_was_computed_the_numbers_are_the_same(way, made, batch, monkeypatch):
    for name, value in made.items():
        monkeypatch.setattr(execution, name, value)
    monkeypatch.setattr(execution, "threads_for", lambda work: way.get("threads", 1))
    plain = CNN(blocks=(ConvBlock(channels=(4, 5), dropout=0.2),), hidden=(12,))
    for part in (Regularization(), STEEP):
        result = assert_same(small(architecture=plain, batch=batch, regularization=part))
        assert way.items() <= asdict(result.execution).items()


TOGETHER = {
    "everything": EVERYTHING,
    "everything, in one batch": small(
        batch="full",
        **{name: getattr(EVERYTHING, name) for name in ("data", "architecture", "regularization")},
    ),
    "whitened, mirrored, stopped early": small(
        data=Digits(train_images=300, scaling="standard", label_noise=0.2, flip=True),
        architecture=CNN(whitening=True, blocks=(BLOCK,), head="global_average", hidden=()),
        optimizer=KINDS["optimizer"]["nesterov"](learning_rate=0.5),
        schedule=KINDS["schedule"]["one_cycle"](),
        regularization=Regularization(
            early_stopping=EarlyStopping(watch="validation_accuracy", patience=1, least_gain=0.2)
        ),
        epochs=6,
    ).model_copy(update={"run": Run(epochs=6, device="cpu", test_time_flip=True, seed=3)}),
    "diverged": small(
        data=Digits(scaling="raw"), optimizer=KINDS["optimizer"]["sgd"](learning_rate=100)
    ),
    "diverged after an epoch": small(
        data=Digits(train_images=100, scaling="raw"),
        architecture=MLP(hidden=(16,), activation="none"),
        optimizer=KINDS["optimizer"]["sgd"](learning_rate=30),
        batch=50,
        epochs=4,
    ),
    "diverged by its gradient alone": small(
        data=Digits(train_images=40),
        architecture=MLP(hidden=()),
        optimizer=KINDS["optimizer"]["sgd"](learning_rate=100),
        regularization=Regularization(l2=1.0),
        batch=8,
        epochs=3,
    ),
    "the test images validate": small(data=Digits(train_images=100, validation="test")),
    "the last of the images used validate": small(
        data=Digits(train_images=100, validation="end", validation_from="chosen", label_noise=0.1)
    ),
    "one step in all": small(
        epochs=1, batch="full", schedule=KINDS["schedule"]["one_cycle"](rise=0.01)
    ),
    "a last image that cannot be normalised": small(
        batch=8,
        data=Digits(train_images=41, validation="none"),
        architecture=MLP(hidden=(8,), batch_norm=True),
    ),
}


@pytest.mark.parametrize("config", TOGETHER.values(), ids=TOGETHER)
def test_what_comes_together_gives_the_same_numbers(config):
    assert_same(config)


@pytest.mark.parametrize("validation", ["random", "end", "test", "none"])
@pytest.mark.parametrize("images", ["all", 40, 1000])
@pytest.mark.parametrize("validation_from", ["pool", "chosen"])
def test_a_script_splits_as_the_run_did(validation, images, validation_from):
    data = Digits(
        train_images=images, validation=validation, validation_from=validation_from,
        label_noise=0.1, split_seed=3,
    )  # fmt: skip
    dataset = datasets.load(data, NOWHERE)
    split = datasets.split(dataset, data)
    parts = module_of(source_of(small(data=data), NOWHERE).python()).load_data()
    for name, part in parts.items():
        numbers = getattr(split, name)
        pixels = dataset.images[numbers].transpose(0, 3, 1, 2)
        labels = split.train_labels if name == "train" else dataset.labels[numbers]
        assert np.array_equal(part.pixels.numpy(), pixels)
        assert np.array_equal(part.labels.numpy(), labels)
    assert ("validation" in parts) == (validation != "none")


OWN = {
    "grey, decimals": {"x_train": own_images.IMAGES[..., 0] / 255},
    "a test of its own": {
        "x_test": own_images.IMAGES[:10], "y_test": own_images.LABELS[:10, None]
    },
    "true and false, and decimals that are no shares alone": {
        "x_train": own_images.IMAGES > 127,
        "x_test": (own_images.IMAGES[:10] > 127).astype(float),
        "y_test": own_images.LABELS[:10],
    },
    "zeros and ones beside decimals": {
        "x_train": (own_images.IMAGES > 127).astype(np.uint8),
        "x_test": own_images.IMAGES[:10] / 255, "y_test": own_images.LABELS[:10],
    },
    "whole numbers": {"x_train": own_images.IMAGES.astype(np.int32)},
}  # fmt: skip


@pytest.mark.parametrize("arrays", OWN.values(), ids=OWN)
def test_own_images_of_every_form_give_the_same_numbers(arrays, tmp_path):
    data = own_images.save(tmp_path, "it's {7} (1) ü.npz", **arrays)
    assert_same(small(data=data, batch=10), tmp_path)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_the_script_of_a_gpu_names_it_and_trains_without_it_too(device):
    code = source_of(EVERYTHING, NOWHERE, Execution(0), device).python()
    assert f'DEVICE = torch.device("{device}" if torch.' in code
    result, told = trained(EVERYTHING), module_of(code).main()
    for name, scores in result.scores.items():
        assert told[name][0] == pytest.approx(scores.loss, rel=1e-3)


# --- the recipes -------------------------------------------------------------------------------

WHOLE = os.environ.get("PLAYGROUND_TEST_WHOLE_RECIPES")
"""Set, each recipe trains on the real images, all of them (an hour on two cores)."""


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_exported_and_runs_for_an_epoch(name, folder, request):
    changes = {"run.epochs": "1", "run.device": "cpu"}
    if WHOLE:
        folder = request.getfixturevalue("cifar10_folder")
    elif RECIPES[name].config.data.download:
        changes["data.train_images"] = "20"
    config, problems = with_settings(changes, RECIPES[name].config)
    assert problems == []
    assert_same(config, folder)


# --- its text ----------------------------------------------------------------------------------


def ruff(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "ruff", *arguments], check=True)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory, folder):
    """A file of each script there is above, on the CPU and on a GPU; laid out all at once."""
    home = tmp_path_factory.mktemp("scripts")
    configs = [one.values[0] for one in ONE_AT_A_TIME] + list(TOGETHER.values())
    sources = [source_of(config, folder) for config in configs]
    whole = TOGETHER["everything, in one batch"]
    for way, _ in COMPUTED.values():
        made = replace(Execution(1, fused=True), **way)
        sources += [source_of(one, folder, made) for one in (_with(NETWORK), EVERYTHING, whole)]
    for device in ("cuda", "mps"):
        ways = (Execution(0, one, fused=device == "cuda") for one in ("float32", "bfloat16"))
        sources += [source_of(EVERYTHING, folder, way, device) for way in ways]
    for number, text in enumerate(sorted({one.rendered() for one in sources})):
        (home / f"script_{number}.py").write_text(text)
    for task in source.TASKS:
        ruff(*task, *source.OPTIONS, str(home))
    return home


def test_ruff_finds_nothing_in_any_script(scripts):
    assert len(list(scripts.glob("*.py"))) > 100
    rules = "E,F,W,I,UP,B,C4,SIM,PTH,BLE,D2,ANN,RUF"
    ruff("check", *source.OPTIONS, "--select", rules, str(scripts))


def test_a_type_checker_finds_nothing_in_any_script(scripts):
    """pyrefly, as mypy takes a minute for them."""
    check = [sys.executable, "-m", "pyrefly", "check", "--preset", "default"]
    paths = map(str, scripts.glob("*.py"))
    done = subprocess.run(
        [*check, "--python-interpreter-path", sys.executable, *paths],
        capture_output=True, text=True, cwd=scripts, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "0 errors" in done.stdout + done.stderr, done.stdout[-3000:]
    (scripts / "wrong.py").write_text("import torch\nnumber: int = torch.zeros(3)\n")
    wrong = subprocess.run([*check, str(scripts / "wrong.py")], capture_output=True, check=False)
    assert wrong.returncode, "it looks at types at all"

"""An exported script gives the app's own numbers, bit for bit, for every choice there is."""

import subprocess
import sys

import pytest

from playground.config import (
    CNN,
    KINDS,
    MLP,
    Cifar10,
    ConvBlock,
    Digits,
    EarlyStopping,
    OwnImages,
    Part,
    Regularization,
    Run,
    RunConfig,
    settings_of,
)
from playground.training import execution
from tests import own_images, small_cifar10
from tests.config_fields import another, effective
from tests.exported import assert_same, executed, module_of, source_of
from tests.small_runs import EVERYTHING, NOWHERE, small, trained

BLOCK = ConvBlock(channels=(4, 5), dropout=0.2)
NETWORK = CNN(blocks=(BLOCK,), hidden=(12, 8), dropout=0.2, pyramid=(2, 3, 4))
DENSE = MLP(hidden=(16, 8), dropout=0.2)
USUAL = {
    Digits: Digits(train_images=200),
    Cifar10: Cifar10(train_images=40),
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
    """A data folder with a small CIFAR10 and a person's own images."""
    folder = tmp_path_factory.mktemp("data")
    small_cifar10.save_npz(folder)
    own_images.save(folder)
    return folder


@pytest.mark.parametrize("config", ONE_AT_A_TIME)
def test_every_choice_gives_the_same_numbers(config, folder):
    assert assert_same(config, folder).status == "finished"

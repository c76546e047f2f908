"""Every part of a config and every field of it, for tests that hold for all."""

import pytest

from playground.config import (
    CNN,
    DATA_KINDS,
    KINDS,
    MLP,
    ConvBlock,
    EarlyStopping,
    Regularization,
    Run,
    settings_of,
)

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
    if name not in part().inactive_fields():
        return {}
    return {
        **{part: {"train_images": 30} for part in DATA_KINDS.values()},
        EarlyStopping: {"watch": "train_loss"},
        Regularization: {"l1": 0.1},
        ConvBlock: {"dropout": 0.5, "channels": (4, 5)},
        CNN: {"dropout": 0.5, "pyramid": (4,)},
        MLP: {"dropout": 0.5},
    }[part]

"""Every widget of the sidebar sets its field, and nothing else, to all that the field may hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from playground.config import KINDS, ConvBlock, Part, RunConfig, Setting, as_text, settings_of
from playground.ui import state
from tests import own_images, pages

VISIBLE = {
    "data": {"data.train_images": "100"},
    "data.npz": {"data.file": "mine.npz"},
    "architecture": {"architecture.dropout": "0.5"},
    "architecture.cnn": {
        "architecture.pyramid": "6-12",
        "architecture.blocks": '[{"channels": [8, 4], "dropout": 0.5}]',
    },
    "regularization": {
        "regularization.l1": "0.1",
        "regularization.early_stopping.watch": "train_loss",
    },
}
"""Settings that bring every field of a part into the sidebar."""
PARTS = [(section, kind) for section, kinds in KINDS.items() for kind in kinds]
PARTS += [("regularization", ""), ("run", "")]
WIDTHS = {"hidden": ["", "7", "64-32-16", "8192"], "channels": ["1024", "7", "8-8-8"]}
WIDTHS["pyramid"] = ["", "6-12-24", "1024"]


@dataclass(frozen=True)
class Field:
    path: str
    key: str
    setting: Setting

    def values(self) -> list[Any]:
        """All choices; of numbers the ends; what the widget takes, not the config."""
        setting = self.setting
        if setting.kind == "choice":
            return list(setting.choices)
        if setting.kind == "switch":
            return [True, False]
        if setting.kind == "widths":
            return WIDTHS[setting.path]
        ends = [end for end in (setting.low, setting.high) if end is not None]
        return [setting.word, *ends] if setting.word else ends


def fields(part: type[Part], path: str, key: str) -> Iterator[Field]:
    """The fields of a part that have one widget each."""
    for name, setting in settings_of(part).items():
        if setting.kind == "part":
            yield from fields(type(setting.default), f"{path}.{name}", f"{key}.{name}")
        elif setting.kind == "blocks":
            yield from fields(ConvBlock, f"{path}.{name}.0", f"{key}.{name}.0")
        elif setting.kind != "text":
            yield Field(f"{path}.{name}", f"{key}.{name}", setting)


def changed(config: RunConfig, path: str, value: Any) -> RunConfig:
    """The config with one setting changed, as a person would write it."""
    values = config.model_dump()
    *parents, last = path.split(".")
    at: Any = values
    for step in parents:
        at = at[int(step)] if step.isdecimal() else at[step]
    at[last] = value
    return RunConfig.model_validate(values)


def put(at, field: Field, value: Any) -> None:
    """Set a field's widget."""
    pages.change(at, field.key, value)


def value_of(config: RunConfig, path: str) -> Any:
    """What a config holds for a dotted path."""
    value: Any = config
    for step in path.split("."):
        value = value[int(step)] if step.isdecimal() else getattr(value, step)
    return value


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pages.idle_engine(tmp_path_factory.mktemp("widgets")) as engine:
        own_images.save(engine.data)
        yield engine


@pytest.mark.parametrize(("section", "kind"), PARTS)
def test_every_value_of_every_widget_goes_into_the_config(engine, section, kind):
    part = KINDS[section][kind] if kind else type(getattr(RunConfig(), section))
    name = f"{section}.{kind}".strip(".")
    link = VISIBLE.get(section, {}) | VISIBLE.get(name, {})
    config = pages.made(link | ({f"{section}.{part.tag}": kind} if kind else {}))
    at = pages.open_page(config)
    assert pages.config_of(at) == config
    for field in fields(part, section, name):
        usual = value_of(config, field.path)
        shown = as_text(usual).replace("none", "") if field.setting.kind == "widths" else usual
        for value in [*(value for value in field.values() if value != shown), shown]:
            put(at, field, value)
            assert pages.config_of(at) == changed(config, field.path, value)
    assert pages.config_of(at) == config


TYPED = [
    ("data", "digits"), ("architecture", "cnn"), ("optimizer", "adam"), ("optimizer", "nesterov"),
    ("schedule", "triangle"), ("regularization", ""), ("run", ""),
]  # fmt: skip
"""Parts that have every kind of number that is typed."""


def beyond(setting: Setting) -> str:
    """A number just beyond a limit of a setting."""
    if setting.high is not None:
        return as_text(setting.high + (1 if setting.kind == "whole" else 0.001))
    return as_text(setting.below)


@pytest.mark.parametrize(("section", "kind"), TYPED)
def test_a_number_beyond_its_limits_is_told_beside_its_field_and_train_waits(engine, section, kind):
    part = KINDS[section][kind] if kind else type(getattr(RunConfig(), section))
    name = f"{section}.{kind}".strip(".")
    link = VISIBLE.get(section, {}) | VISIBLE.get(name, {})
    config = pages.made(link | ({f"{section}.{part.tag}": kind} if kind else {}))
    at = pages.open_page(config)
    for field in fields(part, section, name):
        if not state.is_typed(field.setting):
            continue
        label, text = field.setting.label, beyond(field.setting)
        pages.change(at, field.key, text)
        (told,) = pages.texts(at.sidebar.error)
        assert told.endswith(f"{label} must be {field.setting.expects()}, not {text!r}.")
        assert pages.stands_below(at, field.key)
        assert pages.button(at, "Train").disabled
        assert pages.shown(pages.button(at, "Train").help) == told
        pages.change(at, field.key, as_text(value_of(config, field.path)))
    assert not at.sidebar.error and not pages.button(at, "Train").disabled

"""Hypothesis strategies: random valid configs of all kinds, and small networks that can be built.

They are made from KINDS and the fields' own limits, so a new field or kind is covered by itself.
"""

import dataclasses
import string
from functools import cache
from typing import Any

from hypothesis import strategies as st

from playground.config import CNN, KINDS, MLP, ConvBlock, RunConfig, Setting, settings_of
from playground.network import ImpossibleNetwork, Plan, lay_out

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
"""Any value that JSON can carry."""
FILE_LETTERS = string.ascii_letters + string.digits + "_. -"


@cache
def parts(part: type) -> st.SearchStrategy:
    """Any valid values of one part."""
    specs = part.model_json_schema()["properties"]
    kept = {name: of for name, of in settings_of(part).items() if name not in part.init_only}
    return st.builds(part, **{name: _values(of, specs[name]) for name, of in kept.items()})


def changed(part: Any, **update: Any) -> Any:
    """A copy with other values, validated: what has no effect any more takes its default."""
    return type(part)(**{name: getattr(part, name) for name in type(part).model_fields} | update)


@st.composite
def configs(draw: st.DrawFn, small: bool = False) -> RunConfig:
    """Any valid RunConfig, of any kinds; ``small`` ones have networks that train in no time."""
    values: dict[str, Any] = {}
    for section, field in RunConfig.model_fields.items():
        kinds = KINDS.get(section, {"": type(field.default)})
        if small and section == "architecture":
            values[section] = draw(small_architectures())
        else:
            values[section] = draw(st.sampled_from(list(kinds.values())).flatmap(parts))
    if values["data"].validation == "none":  # early stopping must not watch images there are not
        stopping = values["regularization"].early_stopping
        watch = draw(st.sampled_from(["off", "train_loss"]))
        stopping = changed(stopping, watch=watch)
        values["regularization"] = changed(values["regularization"], early_stopping=stopping)
    return RunConfig(**values)


@dataclasses.dataclass(frozen=True)
class Network:
    """An architecture for images of ``shape`` (channels, height, width), with its plan."""

    architecture: MLP | CNN
    shape: tuple[int, int, int]
    plan: Plan


@st.composite
def small_architectures(draw: st.DrawFn) -> MLP | CNN:
    """Architectures with a few units and channels in each layer."""
    small = {
        "hidden": st.lists(st.integers(1, 12), max_size=3).map(tuple),
        "pyramid": st.lists(st.integers(1, 6), max_size=4).map(tuple),
        "blocks": st.lists(_small_blocks(), max_size=3).map(tuple),
    }
    cls = draw(st.sampled_from([CNN, CNN, MLP]))
    update = {name: draw(values) for name, values in small.items() if name in cls.model_fields}
    return changed(draw(parts(cls)), **update)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks that are possible and small enough to build and run at once."""
    architecture: Any = draw(small_architectures())
    side = st.integers(5, 14)
    shape = (draw(st.sampled_from([1, 3])), draw(side), draw(side))
    while True:  # leave the block out that cannot stand there
        try:
            return Network(
                architecture, shape, lay_out(architecture, shape, draw(st.integers(2, 12)))
            )
        except ImpossibleNetwork:
            blocks = architecture.blocks[:-1]
            architecture = changed(architecture, blocks=blocks)


def _small_blocks() -> st.SearchStrategy[ConvBlock]:
    channels = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple)
    return st.builds(
        lambda block, channels: changed(block, channels=channels),
        parts(ConvBlock),
        channels,
    )


def _values(setting: Setting, spec: dict[str, Any]) -> st.SearchStrategy:
    match setting.kind:
        case "choice":
            return st.sampled_from(setting.choices)
        case "switch":
            return st.booleans()
        case "text":
            return st.text(FILE_LETTERS, max_size=20).map(lambda name: f"a{name}.npz")
        case "part":
            return parts(type(setting.default))
        case "widths" | "blocks":
            item = spec["items"]
            items = (
                st.integers(item["minimum"], item["maximum"])
                if setting.kind == "widths"
                else parts(ConvBlock)
            )
            most = min(spec["maxItems"], 5)
            return st.lists(items, min_size=spec.get("minItems", 0), max_size=most).map(tuple)
    if setting.kind == "whole":
        whole: Any = (setting.low, setting.high)
        numbers = st.integers(*whole)
    else:
        low, high = setting.low, setting.high
        ends: Any = (setting.above if low is None else low, setting.below if high is None else high)
        numbers = st.floats(*map(float, ends), exclude_min=low is None, exclude_max=high is None)
    return numbers | st.just(setting.word) if setting.word else numbers

"""Hypothesis strategies for inputs from outside: near misses of good ones, and nonsense."""

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from playground.config import KINDS, ConvBlock, RunConfig, settings_of
from tests.strategies import JSON, configs

NUMBERS = [0, -1, 1, 2**31, 2**63, 2**64, 10**400, -(10**400), 1e308, 5e-324, -0.0, 0.5, 1e-9]
ODD = [*NUMBERS, float("nan"), float("inf"), -float("inf"), None, True, [], {}, [[]], [None]]
TEXTS = ["", " ", "nan", "-inf", "1e999", "1_000", "0x10", "٣", "²", "½", "\0", "two\nlines"]
TEXTS += ["x" * 500, "9" * 5000, "1-" * 99, "[" * 2000, "[{}]", '[{"kernel":9}]', '{"a":1}']
TEXTS += ["none", "true", "True", "all", "full", "pytorch", "../a.npz", "a.npz", "<b>", "`", "'"]
TEXTS += ["[" + "{}," * 99 + "{}]", '[{"channels":[' + "1," * 99 + "1]}]", "\u202e", "é", "🙂"]
PATHS = sorted(
    {
        *(f"{section}.{name}" for section, kinds in KINDS.items()
          for part in kinds.values() for name in (part.tag, *settings_of(part))),
        *(f"architecture.blocks.{place}.{name}" for place in (0, 2, 7) for name in
          settings_of(ConvBlock)),
        *(f"{section}.{name}" for section in ("run", "regularization")
          for name in settings_of(type(getattr(RunConfig(), section)))),
    }
)  # fmt: skip
"""A config's settings by dotted path, of every kind."""

odd_text = st.sampled_from(TEXTS) | st.text(max_size=12)
odd_value = st.sampled_from(ODD).map(copy.deepcopy) | odd_text | JSON
good_configs = st.one_of(configs(small=True), configs(small=True), configs())


def near(value: Any) -> st.SearchStrategy[Any]:
    """Values much like a good one."""
    found: list[Any] = [str(value), [value], {"a": value}]
    if isinstance(value, int | float):
        found += [value + 1, value - 1, -value, value * 1000, f" {value} "]
        with suppress(OverflowError):  # a whole number of 400 digits
            found += [value / 2, float(value)]
    elif isinstance(value, str):
        found += [value.upper(), value + " ", value[:-1], value * 2, value + "\n", value + "\0"]
    elif isinstance(value, list):
        found += [value + value, value[:-1], value * 40, "-".join(map(str, value)), tuple(value)]
    return st.sampled_from(found)


@st.composite
def spoilt(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> Any:
    """Nested dictionaries and lists, in about half of which something is wrong."""
    whole = draw(values)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2, 5]))):
        places = list(_places(whole))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["near", "near", "odd", "drop", "rename", "more"])):
            case "near":
                holder[key] = draw(near(holder[key]))
            case "odd":
                holder[key] = draw(odd_value)
            case "drop":
                del holder[key]
            case "rename" if isinstance(holder, dict):
                holder[draw(misspelt(key))] = holder.pop(key)
            case "more" if isinstance(holder, dict):
                holder[draw(odd_text)] = draw(odd_value)
    return whole


def _places(values: Any) -> Iterator[tuple[Any, Any]]:
    """Where something stands in nested dictionaries and lists."""
    inside = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in inside:
        yield values, key
        if isinstance(value, dict | list):
            yield from _places(value)


def misspelt(name: str) -> st.SearchStrategy[str]:
    """A name much like a good one."""
    others = [name.upper(), name[:-1], name + "s", f" {name}", name + ".", f".{name}", name + ".0"]
    others += [name.replace("_", "-"), name.replace(".", ".."), name.replace("0", "00"), name[::-1]]
    return st.sampled_from(others) | odd_text


def values_of(configs: st.SearchStrategy[RunConfig]) -> st.SearchStrategy[dict[str, Any]]:
    """Configs as JSON has them."""
    return configs.map(lambda config: json.loads(config.canonical()))


@st.composite
def links(draw: st.DrawFn, words: st.SearchStrategy[str] = odd_text) -> dict[str, str]:
    """Dotted paths with text values, as links and ``--set`` carry them: good ones and others."""
    config = draw(good_configs)
    settings = config.settings()
    if draw(st.booleans()):  # the kinds too, as a recipe's may be others than the defaults
        parts = {section: getattr(config, section) for section in KINDS}
        settings |= {f"{name}.{part.tag}": getattr(part, part.tag) for name, part in parts.items()}
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2, 5]))):
        path = draw(st.sampled_from([*settings, *PATHS]))
        match draw(st.sampled_from(["near", "odd", "drop", "misspelt", "other"])):
            case "near":
                settings[path] = str(draw(near(settings.get(path, 3))))
            case "odd":
                settings[path] = draw(words)
            case "drop":
                settings.pop(path, None)
            case "misspelt":
                settings[draw(misspelt(path))] = settings.pop(path, "1")
            case "other":
                settings[draw(words)] = draw(words)
    return settings


@st.composite
def mutated(draw: st.DrawFn, files: Sequence[bytes]) -> bytes:
    """A good file, as it is or spoilt: cut short, bits flipped, pieces put in, out or elsewhere."""
    content = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.sampled_from([0, 1, 1, 2, 4]))):
        # Ends matter most: headers stand at one, a .zip's directory at the other.
        last = max(0, len(content) - 1)
        at = draw(st.integers(0, last) | st.integers(0, last).map(lambda n, last=last: last - n))
        length = draw(st.integers(1, 40))
        match draw(
            st.sampled_from(["flip", "flip", "byte", "cut", "put", "drop", "other", "zero"])
        ):
            case "flip" if content:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "byte" if content:
                content[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF]))
            case "cut":
                del content[at:]
            case "put":
                content[at:at] = draw(st.binary(min_size=1, max_size=length))
            case "drop":
                del content[at : at + length]
            case "other":
                content[at:] = draw(st.sampled_from(files))[at:]
            case "zero":
                content[at : at + length] = bytes(min(length, len(content) - at))
    return bytes(content)

"""Dotted paths, such as ``architecture.blocks.0.kernel``: what stands there, and which there are.

A step is a field's name, or the number of an item of a list. ``00`` is no number: a setting has one
path.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from playground.config.part import Part

_MISSING = object()


class Leaf(NamedTuple):
    """A setting as it stands in a config."""

    path: str
    value: Any
    inactive: bool
    """Whether it has no effect beside the others' values."""


def section_of(path: str) -> str:
    """Give the first step: the part of the config, such as ``optimizer``."""
    return path.partition(".")[0]


def name_of(path: str) -> str:
    """Give the last step: the field's own name."""
    return path.rpartition(".")[2]


def parent_of(path: str) -> str:
    """Give the path without its last step; empty for a path of one."""
    return path.rpartition(".")[0]


def item_of(path: str) -> int | None:
    """Give the number of the list's item that a path leads through, such as a block's, or None."""
    return next((int(step) for step in path.split(".") if step.isdecimal()), None)


def value_at(values: Any, path: str, default: Any = None) -> Any:
    """Give what stands at a path of a config, or of nested dictionaries and lists."""
    found = values
    for step in path.split("."):
        found = _step(found, step)
    return default if found is _MISSING else found


def set_at(values: dict[str, Any], path: str, value: Any, make: bool = False) -> None:
    """Set what stands at a path of nested dictionaries and lists.

    Dictionaries that are not there are made if ``make`` says so; else raises KeyError.
    """
    *parents, last = path.split(".")
    at: Any = values
    for step in parents:
        if make and isinstance(at, dict):
            at.setdefault(step, {})
        at = _step(at, step)
    if not isinstance(at, dict):
        raise KeyError(path)
    at[last] = value


def walk(part: Part, path: str = "", items: bool = False) -> Iterator[Leaf]:
    """List the settings of a part that stands at ``path``, in the order of their fields.

    A list is one setting, or with ``items`` those of each part in it.
    """
    inactive = part.inactive_fields()
    for name in type(part).model_fields:
        value, at = getattr(part, name), f"{path}.{name}" if path else name
        if isinstance(value, Part):
            yield from walk(value, at, items)
        elif items and isinstance(value, tuple) and value and isinstance(value[0], Part):
            for number, item in enumerate(value):
                yield from walk(item, f"{at}.{number}", items)
        else:
            yield Leaf(at, value, name in inactive)


def _step(values: Any, step: str) -> Any:
    if isinstance(values, Part):
        return getattr(values, step) if step in type(values).model_fields else _MISSING
    if isinstance(values, dict):
        return values.get(step, _MISSING)
    if isinstance(values, list | tuple):
        return next((one for place, one in enumerate(values) if step == str(place)), _MISSING)
    return _MISSING

"""Dotted paths, such as ``architecture.blocks.0.kernel``: what stands there, and which there are.

A step is a field's name, or the number of an item of a list; ``*`` means all items of a list, as in
``architecture.blocks.*.kernel``. ``00`` is no number: a setting of one item has one path.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from playground.config.part import Part

ALL = "*"
_MISSING = object()


class Leaf(NamedTuple):
    """A setting as it stands in a config."""

    path: str
    value: Any
    inactive: bool
    """Whether it has no effect beside the others' values."""
    init_only: bool = False
    """Whether it changes others as the part is made, and is not kept (``Part.init_only``)."""


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
    """Give what stands at a path of a config, or of nested dictionaries and lists.

    Of all items of a list it is what they have in common, if they do.
    """
    found = _found(values, path.split("."))
    return default if found is _MISSING else found


def set_at(values: dict[str, Any], path: str, value: Any, make: bool = False) -> None:
    """Set what stands at a path of nested dictionaries and lists.

    Dictionaries that are not there are made if ``make`` says so; else raises KeyError. So does a
    path of all items of a list that has none.
    """
    *parents, last = path.split(".")
    found: list[Any] = [values]
    for step in parents:
        if make:
            for at in found:
                if isinstance(at, dict):
                    at.setdefault(step, {})
        found = [below for at in found for below in _below(at, step)]
    if not found or not all(isinstance(at, dict) for at in found):
        raise KeyError(path)
    for at in found:
        at[last] = value


def walk(part: Part, path: str = "", items: bool = False) -> Iterator[Leaf]:
    """List the settings of a part that stands at ``path``, in the order of their fields.

    A list is one setting, or with ``items`` those of each part in it; before them, if there are
    several, those of all at once.
    """
    inactive = part.inactive_fields()
    for name in type(part).model_fields:
        value, at = getattr(part, name), f"{path}.{name}" if path else name
        if isinstance(value, Part):
            yield from walk(value, at, items)
        elif items and isinstance(value, tuple) and value and isinstance(value[0], Part):
            if len(value) > 1:
                yield from _of_all(value, f"{at}.{ALL}")
            for number, item in enumerate(value):
                yield from walk(item, f"{at}.{number}", items)
        else:
            yield Leaf(at, value, name in inactive, name in part.init_only)


def _of_all(parts: tuple[Part, ...], path: str) -> Iterator[Leaf]:
    for each in zip(*(walk(part, path) for part in parts), strict=True):
        same = all(leaf.value == each[0].value for leaf in each)
        inactive = all(leaf.inactive for leaf in each)
        yield Leaf(each[0].path, each[0].value if same else None, inactive)


def _found(values: Any, steps: list[str]) -> Any:
    for place, step in enumerate(steps):
        if step == ALL:
            each = [_found(one, steps[place + 1 :]) for one in _below(values, step)]
            return each[0] if each and all(one == each[0] for one in each) else _MISSING
        values = _step(values, step)
    return values


def _below(values: Any, step: str) -> list[Any]:
    """List what a step leads to: one value, or those of all items; none if there is nothing."""
    if step == ALL:
        return list(values) if isinstance(values, list | tuple) else []
    found = _step(values, step)
    return [] if found is _MISSING else [found]


def _step(values: Any, step: str) -> Any:
    if isinstance(values, Part):
        return getattr(values, step) if step in type(values).model_fields else _MISSING
    if isinstance(values, dict):
        return values.get(step, _MISSING)
    if isinstance(values, list | tuple):
        return next((one for place, one in enumerate(values) if step == str(place)), _MISSING)
    return _MISSING

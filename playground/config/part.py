"""What every part of a config is made of: frozen models, fields with label, help and limits."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from playground.config import typed_text
from playground.errors import InvalidInput


class ConfigError(InvalidInput):
    """Settings from outside that cannot be used."""


class Part(BaseModel):
    """A frozen group of settings; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    tag: ClassVar[str | None] = None
    """The field that names the kind, if the part comes in several kinds (see Kind)."""
    init_only: ClassVar[tuple[str, ...]] = ()
    """The fields that change others as the part is made, and have their defaults from then on: so
    no config holds them, and two of equal effect are one run."""
    added_fields: ClassVar[Mapping[str, Any]] = {}
    """The fields that came when runs were already stored under their names, each with the value
    that was meant before there was the field (see RunConfig.canonical)."""

    def inactive_fields(self) -> tuple[str, ...]:
        """List the fields that have no effect beside the others' values."""
        return ()

    @model_validator(mode="before")
    @classmethod
    def _as_meant_before(cls, values: Any) -> Any:
        """Read a part that has every field but added ones as JSON that leaves those out."""
        if not isinstance(values, Mapping) or not cls.added_fields:
            return values
        is_whole = cls.model_fields.keys() - cls.added_fields.keys() <= values.keys()
        return {**cls.added_fields, **values} if is_whole else values

    @model_validator(mode="after")
    def _settle(self) -> Self:
        """Reset inactive fields to their defaults, so that configs of equal effect are one run."""
        for name in self.inactive_fields():
            object.__setattr__(self, name, type(self).model_fields[name].default)
        return self

    @model_serializer(mode="wrap")
    def _without_added_fields(
        self, serialize: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        values: dict[str, Any] = serialize(self)
        if info.mode == "json" and self.added_fields:
            inactive = self.inactive_fields()
            for name, before in self.added_fields.items():
                if name in inactive or getattr(self, name) == before:
                    values.pop(name, None)
        return values

    @field_validator("*", mode="before")
    @classmethod
    def _as_typed(cls, value: Any, info: ValidationInfo) -> Any:
        """Read a number as someone typed it, such as 0,05."""
        if not isinstance(value, str) or not (kind := _numbers(cls).get(info.field_name or "")):
            return value
        return (typed_text.whole if kind is int else typed_text.number)(value)

    @field_validator("*")
    @classmethod
    def _one_zero(cls, value: Any) -> Any:
        """Make −0.0 0.0, so that equal configs have equal names."""
        return value + 0.0 if isinstance(value, float) else value


class Kind(Part):
    """A part that comes in several kinds: a class each, told apart by the field ``tag``.

    A kind is all that is known of it: its docstring is its help, its fields have the limits, and
    what only some kinds have is a class variable that others leave at its default. Every kind of a
    section is found by being defined (see :func:`kinds_of`).
    """

    label: ClassVar[str] = ""
    """What it is called, if that is not the name of its class."""
    kinds_label: ClassVar[str] = ""
    """What the kinds of its section are called, such as ``Optimizer``."""

    @classmethod
    def called(cls) -> str:
        """Give its name for people."""
        return cls.label or cls.__name__


_Kind = TypeVar("_Kind", bound=Kind)


def kinds_of(base: type[_Kind]) -> dict[str, type[_Kind]]:
    """Find the kinds below a class by the value of their tag, in the order of their definition."""
    assert base.tag
    found: dict[str, type[_Kind]] = {}
    for cls in base.__subclasses__():
        tag = cls.model_fields.get(base.tag)
        if tag and not tag.is_required():
            found[tag.default] = cls
        found |= kinds_of(cls)
    return found


@cache
def _numbers(part: type[Part]) -> dict[str, type]:
    """List the fields that are numbers, beside a word or not: by name, int or float."""
    kinds = {name: _number(field.annotation) for name, field in part.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if kind}


def _number(annotation: Any) -> type | None:
    if annotation in (int, float):
        return annotation
    if get_origin(annotation) in (tuple, Literal):
        return None
    return next(filter(None, map(_number, get_args(annotation))), None)


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    unit: str = "",
    names: Mapping[str, str] | None = None,
    augmentation: str = "",
    **limits: Any,
) -> Any:
    """Make a field with its label, its help for people in class, its unit and its limits.

    ``names`` are what its choices are called, if that is not their value with a capital letter.
    ``augmentation`` is the function that changes a batch of training images as it says.
    """
    extra: dict[str, Any] = {"unit": unit, "names": dict(names or {}), "augmentation": augmentation}
    return Field(default, title=label, description=help, json_schema_extra=extra, **limits)


def labels_of(choices: Mapping[str, Any]) -> dict[str, str]:
    """Give what choices are called that have a ``label``."""
    return {name: choice.label for name, choice in choices.items()}


_MAX_ITEMS = 64
"""More than any list of a config may hold; pydantic looks at all items before it counts them."""


def widths(value: Any) -> Any:
    """Read ``"64-32-16"``, or what else is typed for it, as a list of whole numbers."""
    if isinstance(value, str):
        value = typed_text.widths(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    return _few(value)


def json_list(value: Any) -> Any:
    """Read a JSON list, as links and ``--set`` carry it."""
    if isinstance(value, str):
        if value.strip() == "none":
            return []
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return value
    return _few(value)


def _few(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) > _MAX_ITEMS:
        raise ValueError(f"there are {len(value):,} of them, which is too many")
    return value


Width = Annotated[int, Field(ge=1, le=8192)]
MAX_CHANNELS = 1024
Channels = Annotated[int, Field(ge=1, le=MAX_CHANNELS)]
Dropout = Annotated[float, Field(ge=0, le=0.95)]

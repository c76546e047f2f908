"""What sweeps and searches share: a frozen definition with one JSON text and a name."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from playground.config import (
    KINDS,
    ConfigError,
    RunConfig,
    from_values,
    problem_at,
    setting_of,
    settings_of,
)
from playground.config.paths import name_of, parent_of, value_at, walk
from playground.errors import InvalidInput, Problem

Path = Annotated[str, Field(min_length=1, max_length=100)]
"""A setting's dotted path."""
Text = Annotated[str, Field(max_length=400)]
"""A setting's value, as links write it."""
Base = Annotated[
    RunConfig,
    BeforeValidator(lambda value: from_values(value) if isinstance(value, dict) else value),
]
"""A config; what is wrong with it is told as of any config from outside."""
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]


class SweepError(InvalidInput):
    """A sweep or search that cannot be made."""


class Frozen(BaseModel):
    """A frozen group of fields; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


MAX_CHARACTERS = 20_000
"""Of a definition's JSON: all are kept, and a page lists a hundred."""


class Definition(Frozen):
    """All that a sweep or a search is; two of equal definition are one."""

    def canonical(self) -> str:
        """Write the one JSON text of this definition: sorted keys, no spaces."""
        return _json(self.model_dump(mode="json"))

    def too_long(self) -> list[Problem]:
        """Return a problem if it takes too much room."""
        if (count := len(self.canonical())) <= MAX_CHARACTERS:
            return []
        return [
            Problem.of_all(
                f"All of this has {count:,} characters; {MAX_CHARACTERS:,} is the limit: use "
                "fewer values, or shorter ones."
            )
        ]

    @property
    def name(self) -> str:
        """The SHA-256 of the canonical JSON, 64 hex digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


class Varied(Definition):
    """A definition of runs that differ from one config in some settings.

    A change may give another field an effect that it has not in that config, whose JSON then does
    not say it: over numbers of training images, if the config trains on all. So the definition
    says what such a field stands for.
    """

    version: Literal[1, 2] = 2
    """2 if such a field stands for its default; 1, which JSON leaves out, if for what was meant
    before there was the field (``Part.added_fields``), or if there is none."""

    @property
    def varied(self) -> tuple[RunConfig, tuple[str, ...]]:
        """The config, and the settings in which runs may differ from it."""
        raise NotImplementedError

    @model_validator(mode="before")
    @classmethod
    def _as_before_there_were_versions(cls, values: Any, info: ValidationInfo) -> Any:
        is_json = info.mode == "json" and isinstance(values, dict)
        return {"version": 1, **values} if is_json else values

    @model_validator(mode="after")
    def _settle(self) -> Self:
        """Let two be one if there is no such field."""
        config, paths = self.varied
        if all(_EFFECT_BY[path].isdisjoint(paths) for path in _meant_before(config)):
            object.__setattr__(self, "version", 1)
        return self

    def canonical(self) -> str:
        values = self.model_dump(mode="json")
        if self.version == 1:
            del values["version"]
        return _json(values)

    def completed(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Add to changes what they do not say: what another kind takes over, and what a field
        stands for that had no effect."""
        config, _ = self.varied
        before = _meant_before(config) if self.version == 1 else {}
        return carried_over(config, changes) | before | dict(changes)

    @property
    def ranks(self) -> bool:
        """Whether its runs can be ranked by validation accuracy: all are measured on the same
        validation images, and those are not the test's."""
        config, paths = self.varied
        before = _meant_before(config) if self.version == 1 else {}
        validation_from = before.get(_VALIDATION_FROM, config.data.validation_from)
        fixed = measured_on(validation_from)
        return config.data.validation in ("random", "end") and fixed.isdisjoint(paths)


def _meant_before(config: RunConfig) -> dict[str, Any]:
    """Give what was meant before there were the fields that have no effect in a config, by dotted
    path, if that is not their default."""
    found = {}
    for leaf in walk(config):
        added = value_at(config, parent_of(leaf.path)).added_fields
        before = added.get(name_of(leaf.path), leaf.value)
        if leaf.inactive and before != leaf.value:
            found[leaf.path] = before
    return found


_VALIDATION_FROM = "data.validation_from"
_EFFECT_BY = {
    _VALIDATION_FROM: {"data.name", "data.train_images", "data.validation", _VALIDATION_FROM}
}
"""By a field that was added: what can give it an effect if it varies."""
_MEASURED_ON = frozenset(
    {
        "data.name",
        "data.file",
        "data.test_fraction",
        "data.validation",
        "data.validation_fraction",
        _VALIDATION_FROM,
        "data.split_seed",
    }
)


def measured_on(validation_from: str) -> frozenset[str]:
    """List what decides which images measure a run, with that value of the setting: if it varies,
    runs cannot be ranked by validation."""
    return _MEASURED_ON | {"data.train_images"} if validation_from == "chosen" else _MEASURED_ON


def validated_alike(a: RunConfig, b: RunConfig) -> bool:
    """Tell whether two configs of the same data are measured on the same validation images."""
    return _validated_on(a) == _validated_on(b)


def _validated_on(config: RunConfig) -> dict[str, Any]:
    """Give the values that decide on the validation images; without effect, all are from the
    pool."""
    data = config.data
    without_effect = name_of(_VALIDATION_FROM) in data.inactive_fields()
    validation_from = "pool" if without_effect else data.validation_from
    # Which data it is, its fingerprint says: a file may have been renamed.
    names = {name_of(path) for path in measured_on(validation_from)} - {"name", "file"}
    values = {name: getattr(data, name, None) for name in names}
    return values | {name_of(_VALIDATION_FROM): validation_from}


def carried_over(base: RunConfig, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Carry the base's values over to fields that another kind has too, if ``changes`` name one.

    So a sweep over optimizers holds the learning rate: else it would compare rates as well.
    """
    found: dict[str, Any] = {}
    for section, kinds in KINDS.items():
        part = getattr(base, section)
        kind = kinds.get(str(changes.get(f"{section}.{part.tag}", "")))
        if kind is None or kind is type(part):
            continue
        for name in settings_of(kind):
            path = f"{section}.{name}"
            if path not in changes and name in type(part).model_fields:
                found[path] = getattr(part, name)
    return found


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def describe_error(error: ValidationError) -> str:
    """Describe the first error that pydantic found, as a sentence."""
    first = error.errors()[0]
    if first["type"] == "string_too_long":
        return f"A value has more than {first['ctx']['max_length']} characters: shorten it."
    if first["type"] == "too_long":
        return f"There are more than {first['ctx']['max_length']} values: use fewer."
    steps = [step for step in first["loc"] if isinstance(step, str)]
    where = " ".join(steps).capitalize() or "This"
    if len(where) > 100 or not where.isprintable():
        where = "A name in it"
    cause = first.get("ctx", {}).get("error")
    why = cause.problems[0].sentence() if isinstance(cause, ConfigError) else first["msg"]
    why = why.removeprefix("Value error, ").rstrip(".")
    return f"{where} cannot be used: {why[:1].lower()}{why[1:]}."


def duplicate_values(config: RunConfig, path: str, values: Sequence[str]) -> list[Problem]:
    """List the values of a setting that are another one, written otherwise."""
    setting, first = setting_of(config, path), dict[object, str]()
    repeated = []
    for value in values:
        other = first.setdefault(setting.means(value) if setting else value, value)
        if other != value:
            repeated.append(
                problem_at(config, path, f"has {other[:40]} and {value[:40]}, which are the same.")
            )
    return repeated


def distinct(values: Sequence[str]) -> tuple[str, ...]:
    """List the values without spaces around them, each once."""
    return tuple(dict.fromkeys(value.strip() for value in values))

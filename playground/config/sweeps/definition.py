"""What sweeps and searches share: a frozen definition with one JSON text and a name."""

import hashlib
import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from playground.config import ConfigError, RunConfig, from_values, setting_of
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
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

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


MEASURED_ON = (
    "data.name",
    "data.file",
    "data.train_images",
    "data.test_fraction",
    "data.validation",
    "data.validation_fraction",
    "data.split_seed",
)
"""What decides which images measure a run: if it varies, runs cannot be ranked by validation."""


def describe_error(error: ValidationError) -> str:
    """Describe the first error that pydantic found, as a sentence."""
    first = error.errors()[0]
    if first["type"] == "string_too_long":
        return f"A value has more than {first['ctx']['max_length']} characters: shorten it."
    if first["type"] == "too_long":
        return f"There are more than {first['ctx']['max_length']} values: use fewer."
    where = ".".join(map(str, first["loc"])) or "This"
    if len(where) > 100 or not where.isprintable():
        where = "A name in it"
    cause = first.get("ctx", {}).get("error")
    why = str(cause.problems[0]) if isinstance(cause, ConfigError) else first["msg"]
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
                Problem(path, f"has {other[:40]} and {value[:40]}, which are the same.")
            )
    return repeated


def distinct(values: Sequence[str]) -> tuple[str, ...]:
    """List the values without spaces around them, each once."""
    return tuple(dict.fromkeys(value.strip() for value in values))

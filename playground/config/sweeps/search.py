"""A search: a base config, and fields with the ranges or values among which a best is looked for.

Values are text, as links write them, and numbers are rounded before they are trained: so a trial's
row, its run's name and what is taken into the sidebar agree. Knows no Optuna, no store, no engine.
"""

import itertools
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from playground.config import RunConfig, as_text, problem_at, setting_of, with_settings
from playground.config.paths import value_at
from playground.config.sweeps.definition import (
    Base,
    Definition,
    Frozen,
    Path,
    Seed,
    SweepError,
    Text,
    carried_over,
    describe_error,
    distinct,
    duplicate_values,
    measured_on,
)
from playground.errors import Problem

MAX_FIELDS, MAX_TRIALS = 8, 200
_MAX_CORNERS = 256
"""Combinations of end points that are tried before a search begins, a quarter of a millisecond
each."""
_DIGITS = 4
"""Digits a searched number keeps: nobody needs a learning rate of 0.0012345678901."""


class Range(Frozen):
    """A number between two ends, both of them allowed; ``log`` looks as hard from 0.001 to 0.01 as
    from 0.1 to 1. Whole if the setting is."""

    path: Path
    low: float
    high: float
    log: bool = False

    @field_validator("low", "high")
    @classmethod
    def _round(cls, value: float) -> float:
        return value if value.is_integer() else float(_short(value))


class Choice(Frozen):
    """One of several values, as text."""

    path: Path
    values: Annotated[tuple[Text, ...], Field(min_length=1, max_length=50)]

    @field_validator("values")
    @classmethod
    def _once_each(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return distinct(values)


class Search(Definition):
    """What is looked for: the base's best settings among the fields' values, by validation."""

    base: Base
    fields: Annotated[tuple[Range | Choice, ...], Field(min_length=1, max_length=MAX_FIELDS)]
    trials: Annotated[int, Field(ge=2, le=MAX_TRIALS)] = 20
    seed: Seed = 0
    """Starts the random numbers of the proposals; the runs have the base's own seed."""

    def config(self, values: Mapping[str, str]) -> RunConfig:
        """Change the base to these values, by dotted path. Raises SweepError."""
        changes = dict(values)
        config, wrong = with_settings(changes | carried_over(self.base, changes), self.base)
        if wrong:
            raise SweepError(wrong)
        return config

    def text(self, path: str, number: float) -> str:
        """Write a number that was proposed for a range as it is trained."""
        return str(round(number)) if self.whole(path) else _short(number)

    def whole(self, path: str) -> bool:
        """Tell whether a range is one of whole numbers."""
        setting = setting_of(self.base, path)
        return setting is not None and setting.kind == "whole"

    def first(self) -> dict[str, str] | None:
        """Return the values of the base itself; None if one of them is not among those searched."""
        values = {}
        for field in self.fields:
            if isinstance(field, Choice):
                fits = [one for one in field.values if self._is_base(field.path, one)]
            else:
                own = as_text(value_at(self.base, field.path))
                fits = [own] if field.low <= _number(own) <= field.high else []
            if not fits:
                return None
            values[field.path] = fits[0]
        return values

    def _is_base(self, path: str, value: str) -> bool:
        try:
            return self.config({path: value}) == self.base
        except SweepError:  # a field that only another kind has
            return False

    @property
    def combinations(self) -> int | None:
        """How many different trials there can be; None if a range has no end of numbers."""
        counts = []
        for field in self.fields:
            if isinstance(field, Range) and not self.whole(field.path):
                return None
            counts.append(
                int(field.high) - int(field.low) + 1
                if isinstance(field, Range)
                else len(field.values)
            )
        return math.prod(counts)


def from_json(text: str) -> Search:
    """Read a search from JSON. Raises SweepError."""
    try:
        return Search.model_validate_json(text)
    except ValidationError as error:
        raise SweepError(
            [Problem.of_all(f"This search cannot be read. {describe_error(error)}")]
        ) from None


def _number(text: str) -> float:
    """Read a number; NaN for a word such as ``full``."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _short(number: float) -> str:
    return f"{number:.{_DIGITS}g}"


@lru_cache(maxsize=32)
def corner_configs(search: Search) -> tuple[RunConfig, ...]:
    """List the configs at the end points of all fields, or at each field's in turn if those are too
    many. Raises SweepError."""
    problems = [*search.too_long(), *_not_measured(search), *_not_searchable(search)]
    if problems:
        raise SweepError(problems)
    found: dict[tuple[str, ...], RunConfig] = {}
    for ends in _end_points(search):
        values = dict(zip((field.path for field in search.fields), ends, strict=True))
        try:
            found[ends] = search.config(values)
        except SweepError as error:
            problems += error.problems
    if not problems:
        problems = [*_without_effect(search, found)]
    count = search.combinations
    if not problems and count is not None and count < search.trials:
        problems.append(
            Problem.of_all(
                f"There are {count} combinations only: ask for {count} trials at most, or sweep "
                "every value."
            )
        )
    if problems:
        raise SweepError(problems)
    return tuple(found.values())


def _not_measured(search: Search) -> list[Problem]:
    """Say why the trials could not be told apart by their validation accuracy."""
    why = {
        "none": "there are no validation images: choose some under Images.",
        "test": "here that would be the test: choose other validation images under Images.",
    }.get(search.base.data.validation)
    message = f"A search chooses by validation accuracy, and {why}"
    return [Problem("data.validation", message, is_sentence=True)] if why else []


def _not_searchable(search: Search) -> list[Problem]:
    """List what is wrong with each field by itself."""
    paths = [field.path for field in search.fields]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    problems = [problem_at(search.base, path, "is there twice: leave one out.") for path in twice]
    for field in search.fields:
        path, setting = field.path, setting_of(search.base, field.path)
        if path == "run.seed":
            message = "is not searched: a lucky seed is no better setting."
        elif path in measured_on(search.base.data.validation_from):
            message = (
                "changes which images the trials are measured on, so they could not be compared: "
                "leave it out."
            )
        elif isinstance(field, Choice):
            message = "needs two values at least." if len(field.values) < 2 else ""
            problems += duplicate_values(search.base, path, field.values)
        elif setting is None or setting.kind not in ("whole", "number"):
            message = "has no range of numbers: list its values."
        elif field.low >= field.high:
            message = "must have a lowest value below the highest."
        elif field.log and field.low <= 0:
            message = "must begin above 0 to be searched on a logarithmic scale."
        elif setting.kind == "whole" and not (field.low.is_integer() and field.high.is_integer()):
            message = "must have whole numbers as its ends."
        else:
            message = ""
        if message:
            problems.append(problem_at(search.base, path, message))
    return problems


def _end_points(search: Search) -> list[tuple[str, ...]]:
    ends = [
        (search.text(field.path, field.low), search.text(field.path, field.high))
        if isinstance(field, Range)
        else field.values
        for field in search.fields
    ]
    if math.prod(map(len, ends)) <= _MAX_CORNERS:
        return list(itertools.product(*ends))
    firsts = tuple(each[0] for each in ends)
    return [
        (*firsts[:place], end, *firsts[place + 1 :])
        for place, each in enumerate(ends)
        for end in each
    ]


def _without_effect(search: Search, found: dict[tuple[str, ...], RunConfig]) -> list[Problem]:
    """List fields that change nothing at any corner, such as where dropout stands without
    dropout."""
    problems = []
    for place, field in enumerate(search.fields):
        beside: dict[tuple[str, ...], set[str]] = {}
        for ends, config in found.items():
            others = (*ends[:place], *ends[place + 1 :])
            beside.setdefault(others, set()).add(config.name)
        if all(len(names) == 1 for names in beside.values()):
            message = "has no effect beside the other settings: leave it out."
            problems.append(problem_at(search.base, field.path, message))
    return problems

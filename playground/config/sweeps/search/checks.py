"""Whether a search can be made: what is wrong with it is told before anything is trained."""

import itertools
import math
from functools import lru_cache

from playground.config import RunConfig, setting_of
from playground.config.sweeps.definition import MEASURED_ON, SweepError, duplicate_values
from playground.config.sweeps.search.search import Choice, Range, Search
from playground.errors import Problem

_MOST_CORNERS = 256
"""Combinations of end points that are tried before a search begins, a quarter of a millisecond
each."""


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
    told = f"A search chooses by validation accuracy, and {why}"
    return [Problem("data.validation", told, whole=True)] if why else []


def _not_searchable(search: Search) -> list[Problem]:
    """List what is wrong with each field by itself."""
    paths = [field.path for field in search.fields]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    problems = [Problem(path, "is there twice: leave one out.") for path in twice]
    for field in search.fields:
        path, setting = field.path, setting_of(search.base, field.path)
        if path == "run.seed":
            told = "is not searched: a lucky seed is no better setting."
        elif path in MEASURED_ON:
            told = (
                "changes which images the trials are measured on, so they could not be compared: "
                "leave it out."
            )
        elif isinstance(field, Choice):
            told = "needs two values at least." if len(field.values) < 2 else ""
            problems += duplicate_values(search.base, path, field.values)
        elif setting is None or setting.kind not in ("whole", "number"):
            told = "has no range of numbers: list its values."
        elif field.low >= field.high:
            told = "must have a lowest value below the highest."
        elif field.log and field.low <= 0:
            told = "must begin above 0 to be searched on a logarithmic scale."
        elif setting.kind == "whole" and not (field.low.is_integer() and field.high.is_integer()):
            told = "must have whole numbers as its ends."
        else:
            told = ""
        if told:
            problems.append(Problem(path, told))
    return problems


def _end_points(search: Search) -> list[tuple[str, ...]]:
    ends = [
        (search.text(field.path, field.low), search.text(field.path, field.high))
        if isinstance(field, Range)
        else field.values
        for field in search.fields
    ]
    if math.prod(map(len, ends)) <= _MOST_CORNERS:
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
            told = "has no effect beside the other settings: leave it out."
            problems.append(Problem(field.path, told))
    return problems

"""A sweep and its members, each a RunConfig. Knows no store and no engine."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from playground.config import RunConfig, setting_of, with_settings
from playground.config.paths import walk
from playground.config.sweeps.definition import (
    Base,
    Frozen,
    Path,
    Seed,
    SweepError,
    Text,
    Varied,
    describe_error,
    distinct,
    duplicate_values,
)
from playground.errors import Problem

MAX_RUNS = 500
"""Runs of one sweep: more would keep a class waiting for hours."""


class Axis(Frozen):
    """One field by its dotted path, and the values it takes, as text (links write them so)."""

    path: Path
    values: Annotated[tuple[Text, ...], Field(min_length=1)]

    @field_validator("values")
    @classmethod
    def _once_each(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return distinct(values)


@dataclass(frozen=True)
class Member:
    """One run of a sweep: the value on each axis, as the axis writes it, the seed, the config and
    its name."""

    values: tuple[str, ...]
    seed: int
    config: RunConfig
    run: str


class Sweep(Varied):
    """A base config, up to two axes, and seeds: every combination is a run."""

    base: Base
    axes: Annotated[tuple[Axis, ...], Field(max_length=2)] = ()
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] = (0,)

    @field_validator("seeds")
    @classmethod
    def _once_each(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(seeds))

    @property
    def combinations(self) -> int:
        """How many members it has: every combination with every seed."""
        count = len(self.seeds)
        for axis in self.axes:
            count *= len(axis.values)
        return count

    def members(self) -> tuple[Member, ...]:
        """List every combination with every seed: values in the axes' order, its seeds together.

        Two members may be one run, if a value has no effect beside the other.
        Raises SweepError.
        """
        return _members(self)

    @property
    def varied(self) -> tuple[RunConfig, tuple[str, ...]]:
        return self.base, tuple(axis.path for axis in self.axes)


def sweep_of(base: RunConfig, axes: Mapping[str, Sequence[str]], seeds: Sequence[int]) -> Sweep:
    """Make a sweep of ``base``: path -> values. Raises SweepError."""
    try:
        return Sweep.model_validate(
            {
                "base": base,
                "axes": [{"path": path, "values": values} for path, values in axes.items()],
                "seeds": seeds,
            }
        )
    except ValidationError as error:
        raise SweepError([Problem.of_all(describe_error(error))]) from None


def from_json(text: str) -> Sweep:
    """Read a sweep from JSON. Raises SweepError."""
    try:
        return Sweep.model_validate_json(text)
    except ValidationError as error:
        raise SweepError(
            [Problem.of_all(f"This sweep cannot be read. {describe_error(error)}")]
        ) from None


@lru_cache(maxsize=32)
def _members(sweep: Sweep) -> tuple[Member, ...]:
    problems = sweep.too_long()
    if len({axis.path for axis in sweep.axes}) < len(sweep.axes):
        problems.append(
            Problem.of_all("Both axes change the same setting: choose two that differ.")
        )
    if any(axis.path == "run.seed" for axis in sweep.axes):
        message = "Seeds are not an axis: choose how many seeds each combination gets."
        problems.append(Problem("run.seed", message, is_sentence=True))
    if sweep.combinations > MAX_RUNS:
        problems.append(
            Problem.of_all(
                f"These are {sweep.combinations:,} runs; the limit is {MAX_RUNS}: use fewer "
                "values or seeds."
            )
        )
    if problems:
        raise SweepError(problems)
    members: list[Member] = []
    for values in itertools.product(*(axis.values for axis in sweep.axes)):
        changes = dict(zip((axis.path for axis in sweep.axes), values, strict=True))
        config, wrong = with_settings(sweep.completed(changes), sweep.base)
        problems += wrong
        for seed in sweep.seeds:
            seeded = config.with_seed(seed)
            members.append(Member(values, seed, seeded, seeded.name))
    for axis in sweep.axes:  # a setting may be one of some members only
        having = (member.config for member in members if setting_of(member.config, axis.path))
        problems += duplicate_values(next(having, sweep.base), axis.path, axis.values)
    if problems:
        raise SweepError(problems)
    return tuple(members)


def paths_of(config: RunConfig) -> list[str]:
    """List the dotted paths that a sweep of this config can change: its fields and its blocks', but
    those that have no effect beside the others' values."""
    never = ("run.seed", "architecture.blocks")  # the second if there are none
    return [
        leaf.path
        for leaf in walk(config, items=True)
        if not leaf.inactive and leaf.path not in never
    ]

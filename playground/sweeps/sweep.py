"""A sweep and its members, each a RunConfig. Knows no store and no engine."""

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from playground.config import KINDS, RunConfig, flat, settings_of, with_settings
from playground.sweeps.definition import (
    Definition,
    Frozen,
    Path,
    Seed,
    SweepError,
    Text,
    distinct,
)

MOST_RUNS = 500
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
    """One run of a sweep: the value on each axis, as the axis writes it, the seed, the config."""

    values: tuple[str, ...]
    seed: int
    config: RunConfig


class Sweep(Definition):
    """A base config, up to two axes, and seeds: every combination is a run."""

    base: RunConfig
    axes: Annotated[tuple[Axis, ...], Field(max_length=2)] = ()
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] = (0,)

    @field_validator("seeds")
    @classmethod
    def _once_each(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(seeds))

    @property
    def runs(self) -> int:
        """How many runs it has."""
        count = len(self.seeds)
        for axis in self.axes:
            count *= len(axis.values)
        return count

    def members(self) -> tuple[Member, ...]:
        """Every run, the values in the axes' order, a combination's seeds together.

        Raises SweepError with a sentence for each thing wrong.
        """
        return _members(self)


def from_json(text: str) -> Sweep:
    """Read a sweep from JSON. Raises SweepError."""
    try:
        return Sweep.model_validate_json(text)
    except ValidationError as error:
        raise SweepError([f"This sweep cannot be read: {error.errors()[0]['msg']}."]) from None


@lru_cache(maxsize=32)
def _members(sweep: Sweep) -> tuple[Member, ...]:
    problems: list[str] = []
    if len({axis.path for axis in sweep.axes}) < len(sweep.axes):
        problems.append("Both axes change the same setting: choose two that differ.")
    if any(axis.path == "run.seed" for axis in sweep.axes):
        problems.append("Seeds are not an axis: choose how many seeds each combination gets.")
    if sweep.runs > MOST_RUNS:
        problems.append(
            f"These are {sweep.runs:,} runs; the limit is {MOST_RUNS}: use fewer values or seeds."
        )
    if problems:
        raise SweepError(problems)
    members: dict[str, Member] = {}
    for values in itertools.product(*(axis.values for axis in sweep.axes)):
        changes = dict(zip((axis.path for axis in sweep.axes), values, strict=True))
        config, refused = with_settings(changes | kept(sweep.base, changes), sweep.base)
        problems += [sentence for sentence in refused if sentence not in problems]
        for seed in sweep.seeds:
            member = Member(values, seed, config.with_seed(seed))
            members.setdefault(member.config.name, member)  # 0.1 and 0.10 are one run
    if problems:
        raise SweepError(problems)
    return tuple(members.values())


def kept(base: RunConfig, changes: dict[str, Any]) -> dict[str, Any]:
    """What the base says of fields that another kind has too, where ``changes`` name a kind.

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


def paths_of(config: RunConfig) -> list[str]:
    """The dotted paths that a sweep of this config can change: its fields, and its blocks'."""
    found = [path for path in flat(config) if path not in ("run.seed", "architecture.blocks")]
    for index, block in enumerate(getattr(config.architecture, "blocks", ())):
        found += [f"architecture.blocks.{index}.{name}" for name in flat(block)]
    return found

"""How long a sweep or a search takes, told before it begins, from the speeds of some of its runs.

A sweep may have hundreds of networks, and each kind is measured for a second. So only a few are,
spread by the work of a step; another one is taken to be as fast as the next larger of them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from playground.config import DataConfig, RunConfig
from playground.config.sweeps import Search, Sweep, corner_configs
from playground.data import datasets
from playground.data.datasets import Facts
from playground.network import Plan, duration, plan_of
from playground.results import Speed
from playground.service import stacking
from playground.service.queue_eta import seconds_together
from playground.service.speeds import MAX_WANTED

if TYPE_CHECKING:
    from playground.service import Engine


@dataclass(frozen=True)
class StudyEta:
    """How long what is missing of a sweep or a search takes, if nothing else trains."""

    seconds: float | None = None
    """None if that is not known."""
    is_bound: bool = False
    """Whether it is the most it takes: runs may end early, or train together."""
    is_estimate: bool = False
    """Whether a network is too large to be measured, and its time a guess from its size."""
    is_awaited: bool = False
    """Whether it is still to be measured."""
    stored: int = 0
    """Runs or trials that are there already, and take no time."""


@dataclass(frozen=True)
class _Kind:
    """What decides how long a run takes, of all seeds of a combination."""

    config: RunConfig
    shape: str
    stack_key: str | None
    plan: Plan
    images: Mapping[str, int]

    @property
    def work(self) -> float:
        """The multiply-adds of a step."""
        return self.plan.multiply_adds * duration.batch_size_of(self.config, self.images["train"])

    @property
    def may_stop_early(self) -> bool:
        return self.config.regularization.early_stopping.watch != "off"

    def seconds(self, speed: Speed) -> float:
        return duration.seconds(self.config, self.plan, self.images, speed)


def of_sweep(engine: "Engine", sweep: Sweep) -> StudyEta:
    """Tell how long the runs take that a sweep lacks. Raises SweepError, datasets.DataError,
    network.ImpossibleNetwork or StoreError."""
    members = sweep.members()
    done = {name for name, run in engine.sweeps.runs(sweep).items() if run.is_complete}
    missing = {member.run: member.values for member in members if member.run not in done}
    stored = len({member.run for member in members} & done)
    if not missing:
        return StudyEta(0.0, stored=stored)
    first = {member.values: member.config for member in reversed(members)}
    of_data = _facts_of(engine, {config.data for config in first.values()})
    kinds = _sweep_kinds(sweep, of_data)
    runs = Counter(missing.values())
    speeds, is_awaited, is_estimate = _speeds_of(engine, [kinds[values] for values in runs])
    if speeds is None:
        return StudyEta(is_awaited=is_awaited, stored=stored)
    devices, most = engine.room
    alone = engine.limits.seconds is not None or most == 1
    groups: dict[str | None, list[float]] = defaultdict(list)
    for values, count in runs.items():
        kind = kinds[values]
        key = None if alone else kind.stack_key
        groups[key] += [_limited(engine, kind.seconds(speeds[kind.shape]))] * count
    together = [
        seconds_together(times[start : start + size])
        for key, times in groups.items()
        for size in [1 if key is None else min(most, math.ceil(len(times) / devices))]
        for start in range(0, len(times), size)
    ]
    stacked = len(together) < len(missing)
    early = any(kinds[values].may_stop_early for values in runs)
    return StudyEta(_shared(together, devices), stacked or early, is_estimate, stored=stored)


def of_search(engine: "Engine", search: Search) -> StudyEta:
    """Tell how long the trials take at most that a search lacks: each as long as the slowest of
    its values at their ends. Raises as ``of_sweep`` does."""
    ended = sum(trial.state != "running" for trial in engine.searches.trials(search))
    left = search.trials - ended
    if not left:
        return StudyEta(0.0, stored=ended)
    of_data = _facts_of(engine, {config.data for config in corner_configs(search)})
    kinds = _search_kinds(search, of_data)
    speeds, is_awaited, is_estimate = _speeds_of(engine, kinds)
    if speeds is None:
        return StudyEta(is_awaited=is_awaited, stored=ended)
    slowest = max(_limited(engine, kind.seconds(speeds[kind.shape])) for kind in kinds)
    return StudyEta(left * slowest, True, is_estimate, stored=ended)


def evenly(count: int, most: int) -> list[int]:
    """Choose at most so many of ``count`` places, at even distances, the first and the last among
    them."""
    if count <= most:
        return list(range(count))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]


_Data = tuple[tuple[DataConfig, str, Facts], ...]
"""Each data config of a study with the fingerprint and the facts of its data."""


def _facts_of(engine: "Engine", configs: set[DataConfig]) -> _Data:
    return tuple(
        (data, datasets.fingerprint(data, engine.data), datasets.facts(data, engine.data))
        for data in sorted(configs, key=repr)
    )


@lru_cache(maxsize=32)
def _sweep_kinds(sweep: Sweep, of_data: _Data) -> dict[tuple[str, ...], _Kind]:
    first = {member.values: member.config for member in reversed(sweep.members())}
    return {values: _kind(config, of_data) for values, config in first.items()}


@lru_cache(maxsize=32)
def _search_kinds(search: Search, of_data: _Data) -> tuple[_Kind, ...]:
    return tuple(_kind(config, of_data) for config in corner_configs(search))


def _kind(config: RunConfig, of_data: _Data) -> _Kind:
    fingerprint, facts = next((was, facts) for data, was, facts in of_data if data == config.data)
    return _Kind(
        config, duration.shape(config) + fingerprint, stacking.key(config, facts),
        plan_of(config, facts), facts.images_of(config.data),
    )  # fmt: skip


def _speeds_of(
    engine: "Engine", kinds: Sequence[_Kind]
) -> tuple[dict[str, Speed] | None, bool, bool]:
    """Return a speed for each shape, None if they are not known; whether they are still to be
    measured, and whether one of them is an estimate."""
    ordered = list(
        {kind.shape: kind for kind in sorted(kinds, key=lambda kind: kind.work)}.values()
    )
    asked = [ordered[place].config for place in evenly(len(ordered), MAX_WANTED)]
    known = [engine.speeds.of(config) for config in asked]
    if any(engine.speeds.awaited(config) for config in asked):
        return None, True, False
    if not any(known):
        return None, False, False
    found: dict[str, Speed] = {}
    larger = max((speed for speed in known if speed), key=lambda speed: speed.step)
    for kind in reversed(ordered):
        larger = engine.speeds.known_of(kind.shape) or larger
        found[kind.shape] = larger
    return found, False, any(speed.estimated for speed in found.values())


def _limited(engine: "Engine", seconds: float) -> float:
    return seconds if engine.limits.seconds is None else min(seconds, engine.limits.seconds)


def _shared(times: Sequence[float], devices: int) -> float:
    """Return when the last has ended, if each begins on the device that is free first."""
    ends = [0.0] * devices
    for seconds in times:
        ends[ends.index(min(ends))] += seconds
    return max(ends)

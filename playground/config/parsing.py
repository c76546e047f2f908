"""Settings from outside (links, files, --set): validated, with a Problem for each fault."""

import copy
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from playground.config.network import ConvBlock
from playground.config.part import ConfigError, Part, json_list
from playground.config.paths import ALL, name_of, parent_of, section_of, set_at, value_at
from playground.config.runconfig import KINDS, RunConfig
from playground.config.setting import settings_of, shown
from playground.errors import Problem, unique_problems

MAX_SETTINGS = 500
"""Settings in one link; a config has some 120, each field of eight blocks counted."""
_BLOCKS = "architecture.blocks"


def from_json(text: str | bytes) -> RunConfig:
    """Read a config from JSON.

    Raises ConfigError.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError([Problem.of_all(f"This is not valid JSON{where}: {error}.")]) from None
    if not isinstance(values, dict):
        raise ConfigError(
            [Problem.of_all('The JSON must be an object of settings, such as {"run": {...}}.')]
        )
    return from_values(values)


def with_settings(
    settings: Mapping[str, Any], base: RunConfig | None = None
) -> tuple[RunConfig, list[Problem]]:
    """Change settings by dotted path; what cannot be used is left out and told.

    A changed kind (``optimizer.name`` and its like) starts that part from the kind's defaults.
    Returns the config and the problems, none if all went well.
    """
    base = base or RunConfig()
    if len(settings) > MAX_SETTINGS:
        message = f"These are {len(settings):,} settings: give at most {MAX_SETTINGS}."
        return base, [Problem.of_all(message)]
    # A kind is set before the fields that belong to it, in whatever order they come.
    ordered = sorted(settings.items(), key=lambda item: (not _is_tag(item[0]), item[0]))
    try:
        return _changed(base, ordered), []
    except ConfigError:
        return _one_by_one(base, ordered)


def _changed(base: RunConfig, settings: Iterable[tuple[str, Any]]) -> RunConfig:
    values = base.model_dump()
    of_all: dict[str, str] = {}
    for path, value in settings:
        _put(values, path, copy.deepcopy(value))
        of_all.pop(path, None)
        of_all |= dict.fromkeys(_each_path(values, path), path)
    try:
        return from_values(values)
    except ConfigError as error:
        raise ConfigError(_as_given(one, of_all) for one in error.problems) from None


def _each_path(values: dict[str, Any], path: str) -> list[str]:
    """List the path of each block that a path of all blocks means; none of any other."""
    blocks, found, name = path.partition(f".{ALL}.")
    count = len(value_at(values, blocks)) if found else 0
    return [f"{blocks}.{number}.{name}" for number in range(count)]


def _as_given(problem: Problem, of_all: Mapping[str, str]) -> Problem:
    """Tell a problem of one block as one of all blocks, if it was set for all."""
    if (path := of_all.get(problem.path)) is None:
        return problem
    setting = settings_of(ConvBlock, parent_of(path)).get(name_of(path))
    return setting.problem(problem.message) if setting else _unknown(path)


def _one_by_one(
    config: RunConfig, waiting: list[tuple[str, Any]]
) -> tuple[RunConfig, list[Problem]]:
    """Set what fits; a setting may fit only once another stands, so go round while any does."""
    base, fitting = config, list[tuple[str, Any]]()
    while True:
        left, problems = [], []
        for item in waiting:
            try:
                config = _changed(base, [*fitting, item])
                fitting.append(item)
            except ConfigError as error:
                left.append(item)
                problems += error.problems
        if len(left) == len(waiting):
            return config, unique_problems(problems)
        waiting = left


def _is_tag(path: str) -> bool:
    section = section_of(path)
    return section in KINDS and path == f"{section}.{next(iter(KINDS[section].values())).tag}"


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set one dotted path inside a dumped config."""
    section = section_of(path)
    if _is_tag(path) and value_at(values, path) != value:
        if not isinstance(value, str) or value not in KINDS[section]:
            raise ConfigError([_no_kind(path, value)])
        values[section] = KINDS[section][value]().model_dump()
        return
    if path == _BLOCKS:  # read at once, so that settings of single blocks find them
        with suppress(ValueError):
            value = json_list(value)
    try:
        set_at(values, path, value)
    except KeyError:
        blocks = value_at(values, _BLOCKS) if path.startswith(f"{_BLOCKS}.{ALL}.") else None
        raise ConfigError([_unknown(path) if blocks is None else _no_blocks(path)]) from None


MAX_FILE_BYTES = 10**6
"""Of a file of settings; the largest config there can be has some thousand."""


def from_file(content: bytes) -> RunConfig:
    """Read a config from a JSON file's content, whole or up to one byte more than MAX_FILE_BYTES.

    Raises ConfigError.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ConfigError([Problem.of_all("This is too large for a file of settings (over 1 MB).")])
    try:
        return from_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError([Problem.of_all("This is not a text file in UTF-8.")]) from None


def from_values(values: dict[str, Any]) -> RunConfig:
    """Read a config from nested dictionaries; what is missing takes its default.

    Raises ConfigError.
    """
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(
            one for item in error.errors() for one in _problems_of(item, values)
        ) from None


def _problems_of(error: Any, values: dict[str, Any]) -> list[Problem]:
    """Tell what one pydantic error is about, and what RunConfig's own check found."""
    cause = error.get("ctx", {}).get("error")
    return cause.problems if isinstance(cause, ConfigError) else [_problem(error, values)]


def _problem(error: Any, values: dict[str, Any]) -> Problem:
    """Tell where one pydantic error is, what is expected there and what was given."""
    location = [str(step) for step in error["loc"]]
    if not location:
        return Problem.of_all("There is a setting here whose name is not valid text.")
    section = location[0]
    part: type[Part] | None = None
    rest = location[1:]
    if section in KINDS:
        if rest and rest[0] in KINDS[section]:
            part, rest = KINDS[section][rest[0]], rest[1:]
    elif section in RunConfig.model_fields:
        part = type(getattr(RunConfig(), section))
    path = section
    while part is not None and rest:
        step, rest = rest[0], rest[1:]
        path += f".{step}"
        setting = settings_of(part).get(step)
        if setting is None:
            return _unknown(path, _elsewhere(section, step))
        if setting.kind == "part":
            part = type(setting.default)
            continue
        if setting.kind == "blocks" and len(rest) >= 2:  # blocks.0.kernel
            path += f".{rest[0]}"
            part, rest = ConvBlock, rest[1:]
            continue
        why = error.get("ctx", {}).get("error")  # what a validator of ours says
        hint = f": {why}" if why else ""
        found = settings_of(part, parent_of(path))[step]
        if error["type"] == "too_long" and setting.kind == "widths":
            counts = error["ctx"]
            return found.problem(
                f"can have at most {counts['max_length']} numbers, not {counts['actual_length']}."
            )
        return found.problem(f"must be {setting.expects()}, not {shown(error['input'])}{hint}.")
    if error["type"].startswith("union_tag") and isinstance(values[section], Mapping):
        tag = next(iter(KINDS[section].values())).tag
        return _no_kind(f"{section}.{tag}", values[section].get(tag))
    if error["type"] == "extra_forbidden":
        return _unknown(path)
    return Problem(path, f"must be a group of settings, not {shown(error['input'])}.")


def _elsewhere(section: str, name: str) -> str:
    """Tell which kinds of a section have a setting that the chosen one has not."""
    kinds = [kind for kind, part in KINDS.get(section, {}).items() if name in settings_of(part)]
    if not kinds:
        return ""
    label = KINDS[section][kinds[0]].kinds_label.lower()
    return f" It belongs to the {label} {' or '.join(kinds)}."


def _no_kind(path: str, given: Any) -> Problem:
    kinds = KINDS[section_of(path)]
    label = next(iter(kinds.values())).kinds_label
    return Problem(path, f"must be one of {', '.join(kinds)}, not {shown(given)}.", label=label)


def _no_blocks(path: str) -> Problem:
    message = "This network has no blocks of convolutions to change: give it some first."
    return Problem(path, message, is_sentence=True)


def _unknown(path: str, more: str = "") -> Problem:
    return Problem(path, f"There is no setting {shown(path)[1:-1]!r} here.{more}", is_sentence=True)

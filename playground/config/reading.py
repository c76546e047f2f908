"""Settings from outside (links, files, --set): validated, with a sentence for each fault."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from playground.config.network import ConvBlock
from playground.config.part import ConfigError, Part
from playground.config.runconfig import KINDS, RunConfig
from playground.config.setting import settings_of


def from_json(text: str | bytes) -> RunConfig:
    """Read a config from JSON.

    Raises ConfigError, with one sentence for each thing wrong.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError([f"This is not valid JSON{where}: {error}."]) from None
    if not isinstance(values, dict):
        raise ConfigError(['The JSON must be an object of settings, such as {"run": {...}}.'])
    return from_values(values)


def with_settings(
    settings: Mapping[str, Any], base: RunConfig | None = None
) -> tuple[RunConfig, list[str]]:
    """Change settings by dotted path; what cannot be used is left out and told in a sentence.

    A changed kind (``optimizer.name`` and its like) starts that part from the kind's defaults.
    Returns the config and the sentences, empty where all went well.
    """
    base = base or RunConfig()
    problems: list[str] = []
    # A kind is set before the fields that belong to it, in whatever order they come.
    ordered = sorted(settings.items(), key=lambda item: not _is_tag(item[0]))
    config = base
    while True:
        try:
            values = config.model_dump()
            for path, value in ordered:
                _put(values, path, value)
            return from_values(values), problems
        except _Refused as refused:
            problems.append(refused.sentence)
            ordered = [item for item in ordered if item[0] != refused.path]
        except ConfigError as error:
            # Taken together they do not fit: add them one at a time and leave out what does not.
            return _one_by_one(base, ordered, problems, error)


class _Refused(Exception):
    def __init__(self, path: str, sentence: str) -> None:
        self.path, self.sentence = path, sentence


def _one_by_one(
    base: RunConfig, ordered: list[tuple[str, Any]], problems: list[str], whole: ConfigError
) -> tuple[RunConfig, list[str]]:
    config, told = base, len(problems)
    waiting = ordered
    while waiting:  # a setting may fit only once another one stands, so go round while any fits
        left = []
        for path, value in waiting:
            values = config.model_dump()
            try:
                _put(values, path, value)
                config = from_values(values)
            except (_Refused, ConfigError) as error:
                sentences = [error.sentence] if isinstance(error, _Refused) else error.problems
                left.append((path, value, sentences))
        if len(left) == len(waiting):
            for _, _, sentences in left:
                problems += [s for s in sentences if s not in problems]
            break
        waiting = [(path, value) for path, value, _ in left]
    if len(problems) == told:
        problems += whole.problems if config == base and ordered else []
    return config, problems


def _is_tag(path: str) -> bool:
    section, _, name = path.partition(".")
    return section in KINDS and name == next(iter(KINDS[section].values())).tag


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    """Set one dotted path inside a dumped config."""
    section, _, name = path.partition(".")
    if _is_tag(path) and values[section][name] != value:
        if value not in KINDS[section]:
            choices = ", ".join(KINDS[section])
            raise _Refused(path, f"{path} must be one of {choices}, not {_shown(value)}.")
        values[section] = KINDS[section][value]().model_dump()
        return
    at: Any = values
    *parents, last = path.split(".")
    for step in parents:
        at = at.get(step) if isinstance(at, dict) else _item(at, step)
        if not isinstance(at, dict | list | tuple):
            raise _Refused(path, _unknown(path))
    if isinstance(at, dict):
        at[last] = value
    else:
        raise _Refused(path, _unknown(path))


def _item(items: Any, step: str) -> Any:
    try:
        return items[int(step)]
    except (ValueError, IndexError, TypeError, KeyError):
        return None


def from_values(values: dict[str, Any]) -> RunConfig:
    """Read a config from nested dictionaries; what is missing takes its default.

    Raises ConfigError, with one sentence for each thing wrong.
    """
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        sentences: list[str] = []
        for item in error.errors():
            sentence = _sentence(item, values)
            if sentence not in sentences:
                sentences.append(sentence)
        raise ConfigError(sentences) from None


def _sentence(error: Any, values: dict[str, Any]) -> str:
    """One pydantic error as a sentence that says where, what is expected and what was given."""
    location = [str(step) for step in error["loc"]]
    if not location:
        return str(error["ctx"]["error"]) if "error" in error.get("ctx", {}) else error["msg"]
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
            return _unknown(path) + _elsewhere(section, step)
        if setting.kind == "part":
            part = type(setting.default)
            continue
        if setting.kind == "blocks" and len(rest) >= 2:  # blocks.0.kernel
            path += f".{rest[0]}"
            part, rest = ConvBlock, rest[1:]
            continue
        return f"{path} must be {setting.expects()}, not {_shown(error['input'])}."
    if section in KINDS and error["type"] == "union_tag_invalid":
        tag = next(iter(KINDS[section].values())).tag
        given = values[section].get(tag) if isinstance(values[section], Mapping) else None
        return f"{section}.{tag} must be one of {', '.join(KINDS[section])}, not {_shown(given)}."
    if error["type"] == "extra_forbidden":
        return _unknown(path)
    return f"{path} must be a group of settings, not {_shown(error['input'])}."


def _elsewhere(section: str, name: str) -> str:
    """Which kinds of a section have a setting that the chosen one has not."""
    kinds = [kind for kind, part in KINDS.get(section, {}).items() if name in settings_of(part)]
    if not kinds:
        return ""
    tag = KINDS[section][kinds[0]].tag
    return f" It belongs to {section}.{tag} {' or '.join(kinds)}."


def _shown(value: Any) -> str:
    text = "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _unknown(path: str) -> str:
    return f"There is no setting {_shown(path)[1:-1]!r} here."

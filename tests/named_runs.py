"""Runs whose names are asked for, and what no name may hold."""

import re
from collections.abc import Iterable

from playground.analysis import names
from playground.config import (
    RunConfig,
    with_settings,
)
from playground.store import Run, RunStore

_PATH = re.compile(rf"\b({'|'.join(RunConfig.model_fields)})\.[a-z]")


def stored(store: RunStore, of: Iterable[RunConfig]) -> dict[RunConfig, Run]:
    """Enter runs of these configs; gives them in this order."""
    of = list(of)
    store.queue_all([(config, "data") for config in of])
    runs = store.get_many(config.name for config in of)
    return {config: runs[config.name] for config in of}


def together(store: RunStore, of: Iterable[RunConfig], **options) -> list[str]:
    runs = stored(store, of)
    return list(names.together(runs.values(), **options).values())


def settled(base: RunConfig | None = None, **values: str) -> RunConfig:
    """A config with these settings; ``__`` stands for the dot of a path."""
    link = {path.replace("__", "."): value for path, value in values.items()}
    config, problems = with_settings(link, base or RunConfig())
    assert not problems
    return config


def is_plain(name: str) -> bool:
    """Whether a name has no JSON in it, no path and no hole."""
    parts = name.split(" · ")
    whole = all(part == part.strip() != "" for part in parts)
    return whole and not set('[]{}"') & set(name) and not _PATH.search(name)

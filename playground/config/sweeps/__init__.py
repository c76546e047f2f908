"""Sweeps: a base config, one or two of its fields with lists of values, times seeds; and searches:
more fields, with ranges, among which the best is looked for."""

from playground.config.sweeps.definition import MEASURED_ON, SweepError, told
from playground.config.sweeps.search import (
    MOST_FIELDS,
    MOST_TRIALS,
    Choice,
    Range,
    Search,
    corners,
)
from playground.config.sweeps.search import from_json as search_from_json
from playground.config.sweeps.sweep import (
    MOST_RUNS,
    Axis,
    Member,
    Sweep,
    from_json,
    kept,
    paths_of,
    sweep_of,
)

__all__ = [
    "MEASURED_ON",
    "MOST_FIELDS",
    "MOST_RUNS",
    "MOST_TRIALS",
    "Axis",
    "Choice",
    "Member",
    "Range",
    "Search",
    "Sweep",
    "SweepError",
    "corners",
    "from_json",
    "kept",
    "paths_of",
    "search_from_json",
    "sweep_of",
    "told",
]

"""Sweeps: a base config, one or two of its fields with lists of values, times seeds; and searches:
more fields, with ranges, among which the best is looked for."""

from playground.config.sweeps.definition import MEASURED_ON, SweepError, describe_error
from playground.config.sweeps.search import (
    MOST_FIELDS,
    MOST_TRIALS,
    Choice,
    Range,
    Search,
    corner_configs,
)
from playground.config.sweeps.search import from_json as search_from_json
from playground.config.sweeps.sweep import (
    MOST_RUNS,
    Axis,
    Member,
    Sweep,
    carried_over,
    from_json,
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
    "carried_over",
    "corner_configs",
    "describe_error",
    "from_json",
    "paths_of",
    "search_from_json",
    "sweep_of",
]

"""Sweeps: a base config, one or two of its fields with lists of values, times seeds; and searches:
more fields, with ranges, among which the best is looked for."""

from playground.config.sweeps.definition import (
    SweepError,
    carried_over,
    describe_error,
    measured_on,
    validated_alike,
)
from playground.config.sweeps.search import (
    MAX_FIELDS,
    MAX_TRIALS,
    Choice,
    Range,
    Search,
    corner_configs,
)
from playground.config.sweeps.search import from_json as search_from_json
from playground.config.sweeps.sweep import (
    MAX_RUNS,
    Axis,
    Member,
    Sweep,
    from_json,
    paths_of,
    sweep_of,
)

__all__ = [
    "MAX_FIELDS",
    "MAX_RUNS",
    "MAX_TRIALS",
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
    "measured_on",
    "paths_of",
    "search_from_json",
    "sweep_of",
    "validated_alike",
]

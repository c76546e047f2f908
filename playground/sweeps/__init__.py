"""Sweeps: a base config, one or two of its fields with lists of values, times seeds."""

from playground.sweeps.sweep import (
    MOST_RUNS,
    Axis,
    Member,
    Sweep,
    SweepError,
    from_json,
    kept,
    paths_of,
)

__all__ = ["MOST_RUNS", "Axis", "Member", "Sweep", "SweepError", "from_json", "kept", "paths_of"]

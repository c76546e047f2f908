"""Searches: fields with ranges or values, among which the best by validation is looked for."""

from playground.config.sweeps.search.checks import corner_configs
from playground.config.sweeps.search.search import (
    MOST_FIELDS,
    MOST_TRIALS,
    Choice,
    Range,
    Search,
    from_json,
)

__all__ = ["MOST_FIELDS", "MOST_TRIALS", "Choice", "Range", "Search", "corner_configs", "from_json"]

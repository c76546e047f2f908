"""How a figure is written down."""

import statistics
from typing import Any

Row = dict[str, Any]
"""what, value, unit, n"""


def rows_of(what: str, values: list[float], unit: str) -> list[Row]:
    """The median of some values and, of twenty or more, the value that 95 % are within."""
    found = [{"what": what, "value": statistics.median(values), "unit": unit, "n": len(values)}]
    if len(values) >= 20:
        within = statistics.quantiles(values, n=20)[-1]
        found.append({"what": f"{what}, p95", "value": within, "unit": unit, "n": len(values)})
    return found

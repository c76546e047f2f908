"""Numbers to charts. Knows no network and no Streamlit.

A spec is built once and cached; only its data changes, because building one costs more than drawing
the page around it. Altair and pandas are imported where they are used: together they take half a
second, and the first page needs neither.
"""

from playground.charts.calibration import calibration_data, calibration_spec
from playground.charts.classes import class_data, class_spec
from playground.charts.counts import count_data, count_spec
from playground.charts.curves import curve_data, curve_spec
from playground.charts.matrix import matrix_data, matrix_spec
from playground.charts.overlay import (
    difference_data,
    difference_spec,
    overlay_data,
    overlay_spec,
)
from playground.charts.spec import COLORS, MOST_POINTS

__all__ = [
    "COLORS",
    "MOST_POINTS",
    "calibration_data",
    "calibration_spec",
    "class_data",
    "class_spec",
    "count_data",
    "count_spec",
    "curve_data",
    "curve_spec",
    "difference_data",
    "difference_spec",
    "matrix_data",
    "matrix_spec",
    "overlay_data",
    "overlay_spec",
]

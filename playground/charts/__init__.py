"""Numbers to charts. Knows no network and no Streamlit.

A spec is built once and cached; only its data changes, because building one costs more than drawing
the page around it. Altair and pandas are imported where they are used: together they take half a
second, and the first page needs neither.
"""

from playground.charts.articles import (
    change_data,
    change_spec,
    feature_data,
    feature_spec,
    rate_data,
    rate_spec,
    size_data,
    size_spec,
    training_data,
    training_spec,
)
from playground.charts.calibration import calibration_data, calibration_spec
from playground.charts.classes import class_data, class_spec, count_data, count_spec
from playground.charts.colors import COLORS
from playground.charts.curves import curve_data, curve_spec
from playground.charts.glance import glance_data, glance_spec
from playground.charts.guesses import guess_data, guess_spec, number_data, number_spec
from playground.charts.ideas_activations import (
    function_data,
    function_spec,
    time_data,
    time_spec,
)
from playground.charts.ideas_descent import MIN_LOSS, descent_data, descent_spec, surface_spec
from playground.charts.ideas_dropout import ensemble_data, ensemble_spec
from playground.charts.ideas_layers import (
    mask_data,
    mask_spec,
    normalizing_data,
    normalizing_spec,
    shrinking_data,
    shrinking_spec,
)
from playground.charts.ideas_overfitting import fit_data, fit_spec, overfit_data, overfit_spec
from playground.charts.ideas_padding import pixel_data, pixel_spec, side_data, side_spec
from playground.charts.ideas_scores import answer_data, answer_spec, score_data, score_spec
from playground.charts.ideas_stack import (
    agreement_data,
    agreement_spec,
    weight_data,
    weight_spec,
)
from playground.charts.inside import (
    broken_data,
    broken_spec,
    layer_data,
    layer_spec,
    lost_data,
    lost_spec,
)
from playground.charts.matrix import matrix_data, matrix_spec
from playground.charts.network import network_chart
from playground.charts.network_layout import LayerBox
from playground.charts.overlay import (
    difference_data,
    difference_spec,
    overlay_data,
    overlay_spec,
)
from playground.charts.search import (
    ParallelAxis,
    TrialPoint,
    accuracy_span,
    history_data,
    history_spec,
    importance_data,
    importance_spec,
    parallel_data,
    parallel_spec,
)
from playground.charts.spec import LOCALE, MAX_POINTS
from playground.charts.sweep import (
    FIGURES,
    numeric,
    sweep_data,
    sweep_grid_spec,
    sweep_line_spec,
    sweep_scatter_spec,
)

__all__ = [
    "COLORS",
    "FIGURES",
    "LOCALE",
    "MAX_POINTS",
    "MIN_LOSS",
    "LayerBox",
    "ParallelAxis",
    "TrialPoint",
    "accuracy_span",
    "agreement_data",
    "agreement_spec",
    "answer_data",
    "answer_spec",
    "broken_data",
    "broken_spec",
    "calibration_data",
    "calibration_spec",
    "change_data",
    "change_spec",
    "class_data",
    "class_spec",
    "count_data",
    "count_spec",
    "curve_data",
    "curve_spec",
    "descent_data",
    "descent_spec",
    "difference_data",
    "difference_spec",
    "ensemble_data",
    "ensemble_spec",
    "feature_data",
    "feature_spec",
    "fit_data",
    "fit_spec",
    "function_data",
    "function_spec",
    "glance_data",
    "glance_spec",
    "guess_data",
    "guess_spec",
    "history_data",
    "history_spec",
    "importance_data",
    "importance_spec",
    "layer_data",
    "layer_spec",
    "lost_data",
    "lost_spec",
    "mask_data",
    "mask_spec",
    "matrix_data",
    "matrix_spec",
    "network_chart",
    "normalizing_data",
    "normalizing_spec",
    "number_data",
    "number_spec",
    "numeric",
    "overfit_data",
    "overfit_spec",
    "overlay_data",
    "overlay_spec",
    "parallel_data",
    "parallel_spec",
    "pixel_data",
    "pixel_spec",
    "rate_data",
    "rate_spec",
    "score_data",
    "score_spec",
    "shrinking_data",
    "shrinking_spec",
    "side_data",
    "side_spec",
    "size_data",
    "size_spec",
    "surface_spec",
    "sweep_data",
    "sweep_grid_spec",
    "sweep_line_spec",
    "sweep_scatter_spec",
    "time_data",
    "time_spec",
    "training_data",
    "training_spec",
    "weight_data",
    "weight_spec",
]

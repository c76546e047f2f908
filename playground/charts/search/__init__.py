"""A search: its trials as they came, what mattered, and every trial across its settings."""

from playground.charts.search.history import history_data, history_spec
from playground.charts.search.importance import importance_data, importance_spec
from playground.charts.search.parallel import ParallelAxis, parallel_data, parallel_spec
from playground.charts.search.point import TrialPoint, accuracy_span

__all__ = [
    "ParallelAxis",
    "TrialPoint",
    "accuracy_span",
    "history_data",
    "history_spec",
    "importance_data",
    "importance_spec",
    "parallel_data",
    "parallel_spec",
]

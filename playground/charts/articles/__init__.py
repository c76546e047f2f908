"""The figures of the articles, drawn from our numbers."""

from playground.charts.articles.classes import change_data, change_spec
from playground.charts.articles.features import feature_data, feature_spec
from playground.charts.articles.rates import rate_data, rate_spec
from playground.charts.articles.sizes import size_data, size_spec
from playground.charts.articles.training import training_data, training_spec

__all__ = [
    "change_data",
    "change_spec",
    "feature_data",
    "feature_spec",
    "rate_data",
    "rate_spec",
    "size_data",
    "size_spec",
    "training_data",
    "training_spec",
]

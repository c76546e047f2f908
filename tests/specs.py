"""Specs of charts, held against Vega-Lite's schema, for tests."""

import copy
import json

import altair as alt

TITLES = {"loss": "Loss (nats per image)", "accuracy": "Accuracy (% of images)"}
"""The axes of curves."""


def vega(spec: dict, data) -> dict:
    """The spec with its rows, as Vega-Lite's own schema accepts it; raises where it does not."""
    rows = json.loads(data.to_json(orient="records"))
    return alt.Chart.from_dict(copy.deepcopy(spec) | {"data": {"values": rows}}).to_dict()

"""Specs of charts, held against Vega-Lite's schema, for tests."""

import copy
import json
from collections.abc import Callable

import altair as alt

TITLES = {"loss": "Loss (nats per image)", "accuracy": "Accuracy (% of images)"}
"""The axes of curves."""


def vega(spec: dict, data) -> dict:
    """The spec with its rows, as Vega-Lite's own schema accepts it; raises where it does not."""
    rows = json.loads(data.to_json(orient="records"))
    return alt.Chart.from_dict(copy.deepcopy(spec) | {"data": {"values": rows}}).to_dict()


def assert_titled(drawn: dict[str, dict], titles: dict[str, tuple[str, str]]) -> None:
    """Every spec, by its chart's name, has these titles of x and y in all layers that title one."""
    assert set(drawn) == set(titles)
    for name, spec in drawn.items():
        layers = [layer["encoding"] for layer in spec.get("layer", [spec])]
        for channel, title in zip("xy", titles[name], strict=True):
            found = {layer[channel].get("title") for layer in layers if channel in layer}
            assert title in found and found <= {title, None}, name


def assert_built_once(build: Callable[[], list[dict]]) -> None:
    """The specs hold no data and no theme, and are the very same when they are built again."""
    specs = build()
    for spec, again in zip(specs, build(), strict=True):
        assert '"data"' not in json.dumps(spec) and not {"datasets", "config"} & set(spec)
        assert again is spec

"""Specs of charts, held against Vega-Lite's schema, for tests."""

import copy
import json
from collections.abc import Callable

import altair as alt

from playground.charts.spec import CONFIG as SHARED

TITLES = {"loss": "Loss (cross-entropy)", "accuracy": "Accuracy (% of images)"}
"""The axes of curves."""


def vega(spec: dict, data) -> dict:
    """The spec with its rows, as Vega-Lite's own schema accepts it; raises where it does not."""
    rows = json.loads(data.to_json(orient="records"))
    return alt.Chart.from_dict(copy.deepcopy(spec) | {"data": {"values": rows}}).to_dict()


def contrast(one: str, other: str) -> float:
    """How far two colours, #rrggbb, are apart, as WCAG 2 defines it: from 1 to 21."""
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def mixed(color: str, page: str, opacity: float) -> str:
    """A colour, #rrggbb, as it is seen through which a page of another one shines."""
    parts = [[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in (color, page)]
    return "#" + "".join(
        f"{round(opacity * a + (1 - opacity) * b):02x}" for a, b in zip(*parts, strict=True)
    )


def assert_bare(spec: dict) -> None:
    """The spec holds no data, and nothing of a theme but what all charts share."""
    assert not {"data", "datasets"} & set(spec) and '"data"' not in json.dumps(spec)
    assert spec["config"] is SHARED


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
        assert_bare(spec)
        assert again is spec

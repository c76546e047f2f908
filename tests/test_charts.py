"""Charts: the rows they draw, and specs that Vega-Lite takes."""

import copy
import itertools
import json
import re

import pandas as pd
import pytest
import vl_convert

from playground import charts, formats
from playground.charts import colors
from playground.charts.spec import written
from playground.export.report import svg_charts
from playground.results import EpochMetrics
from tests.specs import TITLES, assert_bare, contrast, vega

SPECS = list(
    itertools.product(("loss", "accuracy"), (1, 30), (None, "Validation", "Test"), (False, True))
)


def epochs(count: int, validated: bool = True) -> list[EpochMetrics]:
    watched = (2.0, 0.25) if validated else (None, None)
    return [
        EpochMetrics(n, 1 / n, 1 - 1 / n, *watched, 0.01, 1.0, 0.1, 1e3)
        for n in range(1, count + 1)
    ]


def rows(*of, **how):
    """What a curve is drawn of."""
    return charts.curve_data(*of, **how).to_pandas()


def line(data, split: str) -> list[int]:
    return data[data.split == split].epoch.tolist()


@pytest.mark.parametrize("count", [1, 2, 199, 200, 201, 400, 401, 1001, 5000])
@pytest.mark.parametrize("kept", [None, 1, 37, 199, 3333])
def test_a_line_keeps_its_ends_and_the_kept_epoch_and_is_never_too_long(count, kept):
    data = rows(epochs(count), marks={kept: "best"} if kept else {})
    for split in ("Training", "Validation"):
        drawn = line(data, split)
        assert (drawn[0], drawn[-1]) == (1, count)
        assert drawn == sorted(set(drawn))
        assert len(drawn) <= charts.MAX_POINTS + 2
        assert len(drawn) == count or count > charts.MAX_POINTS
        assert kept is None or kept > count or kept in drawn
    marked = data[data.mark.notna()].epoch.tolist()
    assert marked == ([kept] if kept and kept <= count else [])


def test_points_of_a_growing_curve_stay_where_they_are_until_it_is_thinned():
    before = rows(epochs(150))
    after = rows(epochs(151))
    assert line(after, "Training")[:150] == line(before, "Training")


def test_the_rows_hold_the_epochs_numbers():
    data = rows(epochs(4), "Test", marks={2: "best"})
    assert list(data.columns) == ["epoch", "split", "loss", "accuracy", "mark", "before"]
    assert data.iloc[1].tolist() == [2, "Training", 0.5, 0.5, "best", False]
    row = data.iloc[5].tolist()
    assert [*row[:4], row[5]] == [2, "Test", 2.0, 0.25, False] and pd.isna(row[4])


def test_without_validation_there_is_one_line():
    assert set(rows(epochs(3, validated=False)).split) == {"Training"}


def test_before_the_first_epoch_there_are_no_rows():
    assert rows([]).empty


@pytest.mark.parametrize(("quantity", "length", "watched", "log"), SPECS)
def test_every_curve_spec_is_valid_and_its_axes_have_titles(quantity, length, watched, log):
    spec = charts.curve_spec(quantity, length, watched, log)
    data = rows(epochs(3, watched is not None), watched or "", marks={2: "best"})
    drawn = vega(spec, data)
    for layer in drawn["layer"]:
        assert layer["encoding"]["x"]["title"] == "Epoch"
    lines = drawn["layer"][2]
    assert lines["mark"]["type"] == "line"
    y = lines["encoding"]["y"]
    assert y["title"] == TITLES[quantity]
    assert (y["field"], y["scale"]["type"]) == (quantity, "log" if log else "linear")
    names = lines["encoding"]["color"]["scale"]["domain"]
    assert names == ["Training"] + ([watched] if watched else [])
    assert lines["encoding"]["color"]["scale"]["range"] == [colors.SPLITS[name] for name in names]
    assert set(data.split) == set(names)


def test_the_best_epoch_is_marked_and_named_above_the_plot():
    first, *_, last = charts.curve_spec("loss", 30, "Validation")["layer"]
    assert first["mark"]["type"] == "rule" and last["mark"]["type"] == "text"
    assert {layer["transform"][0]["filter"] for layer in (first, last)} == {"datum.mark"}
    assert last["encoding"]["y"]["value"] == 0
    data = charts.curve_data(epochs(30), marks={20: "best epoch: 20"})
    assert "best epoch: 20" in drawn(charts.curve_spec("loss", 30, "Validation"), data)


def test_the_run_before_is_drawn_behind_and_takes_no_part_in_the_hover():
    spec = charts.curve_spec("loss", 30, "Validation")
    data = charts.curve_data(epochs(30), before=epochs(20)).to_pandas()
    assert data.before.sum() == 2 * 20 and not data[~data.before].empty
    filters = [layer["transform"][0]["filter"] for layer in spec["layer"]]
    assert filters == ["datum.mark", "datum.before", "!datum.before", "!datum.before", "datum.mark"]


def drawn(spec: dict, data) -> str:
    """The chart as SVG."""
    return str(svg_charts.svg(spec, data, "a chart"))


@pytest.mark.parametrize(
    ("losses", "shown"),
    [
        ((0.0, 30000.0), {"10,000", "30,000"}),
        ((1e-5, 5e-5), {"0.00001", "0.00005"}),
        ((0.0, 3e9), {"10⁹", "3 × 10⁹"}),
    ],
)
def test_a_loss_axis_is_read_as_numbers_are_written(losses, shown):
    run = [
        EpochMetrics(n, loss, 0.5, None, None, 0.1, 1, 0.1, 1) for n, loss in enumerate(losses, 1)
    ]
    svg = drawn(charts.curve_spec("loss", 2, None), charts.curve_data(run))
    ticks = set(re.findall(">([^<]+)</text>", svg))
    assert shown <= ticks and not [tick for tick in ticks if re.search(r"\de[-+−]?\d", tick)]


def test_shares_have_a_space_before_their_sign_as_on_the_pages():
    svg = drawn(charts.curve_spec("accuracy", 4, None), charts.curve_data(epochs(4, False)))
    ticks = set(re.findall(r">([^<]*%)</text>", svg))
    assert formats.share(0.2, 0) in ticks


NUMBERS = [0, 1, -1, 0.1, 0.30000000000000004, 12000, 123456.7, 123456789, 1e-6, 0.00002, 2.5e-4]
FAR = [1e9, 2.5e12, -3e9, 1e-7, 2e-7, 9.87e-10, -5e-8]


def test_charts_write_numbers_as_the_pages_do():
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"n": n, "x": x} for n, x in enumerate(NUMBERS + FAR)]},
        "mark": "text",
        "transform": [{"calculate": written("datum.x"), "as": "text"}],
        "encoding": {"text": {"field": "text"}, "y": {"field": "n", "axis": None}},
    }
    found = re.findall(">([^<]+)</text>", vl_convert.vegalite_to_svg(spec))
    assert found == [formats.number(x, 6 if x in NUMBERS else 3) for x in NUMBERS + FAR]


@pytest.mark.parametrize("page", ["#ffffff", "#171614"])
def test_what_a_colour_means_is_seen_on_a_light_and_on_a_dark_page(page):
    means = [*colors.SPLITS.values(), colors.RIGHT, colors.WRONG]
    assert len(set(means)) == len(means)
    assert min(contrast(color, page) for color in means) >= 3
    assert contrast(colors.GREY, page) >= 3
    texts = [expr.partition(" ? ")[2].split(" : ") for expr in (colors.TEXT, colors.FAINT)]
    for dark, light in texts:
        assert contrast((light if page == "#ffffff" else dark).strip("'"), page) >= 4.5


@pytest.mark.parametrize("length", [1, 2, 30, 5000])
def test_the_epochs_axis_is_the_length_of_the_run_from_the_start(length):
    for quantity in ("loss", "accuracy"):
        for layer in charts.curve_spec(quantity, length, "Validation")["layer"]:
            low, high = layer["encoding"]["x"]["scale"]["domain"]
            assert high == length and low == min(1, length - 1) and low < high


def test_lines_differ_in_colour_and_in_dash():
    encoding = charts.curve_spec("loss", 30, "Validation")["layer"][2]["encoding"]
    for channel in ("color", "strokeDash"):
        first, second = encoding[channel]["scale"]["range"]
        assert first != second


def test_a_spec_holds_no_data_and_no_theme_of_its_own():
    for spec in (charts.curve_spec("loss", 30, "Validation"), charts.count_spec(("a",))):
        assert_bare(spec)
        assert len(json.dumps(spec)) < 7000


def test_a_spec_is_built_once_and_use_does_not_change_it():
    spec = charts.curve_spec("loss", 30, "Validation")
    before = copy.deepcopy(spec)
    vega(spec, rows(epochs(3)))
    assert charts.curve_spec("loss", 30, "Validation") is spec
    assert spec == before


def test_streamlit_draws_a_cached_spec_without_changing_it():
    import streamlit as st

    before = copy.deepcopy(charts.curve_spec("loss", 30, "Validation"))
    st.vega_lite_chart(charts.curve_data(epochs(3)), charts.curve_spec("loss", 30, "Validation"))
    assert charts.curve_spec("loss", 30, "Validation") == before


def test_counts_are_bars_in_the_order_of_the_classes():
    data = charts.count_data([3, 1, 2], ["owl", "cat", "dog"])
    assert data.to_dict("list") == {"class": ["owl", "cat", "dog"], "images": [3, 1, 2]}
    drawn = vega(charts.count_spec(("owl", "cat", "dog")), data)
    x, y = drawn["encoding"]["x"], drawn["encoding"]["y"]
    assert (x["field"], x["title"], x["sort"]) == ("class", "Class", None)
    assert (y["field"], y["title"]) == ("images", "Images")
    assert x["axis"]["labelAngle"] == 0
    assert charts.count_spec(("airplane", "cat"))["encoding"]["x"]["axis"]["labelAngle"] == -40

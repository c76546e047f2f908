"""A report as a student opens it: from a file, without a network, on a telephone, and printed."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from playground.export.report import report_of
from playground.store import RunStore
from tests import own_images, report_runs, small_runs

pytestmark = pytest.mark.slow

_DRAWN = """chart => [...chart.querySelectorAll(
  '.mark-line path, .mark-symbol path, .mark-rect path')].map(mark => mark.getBoundingClientRect())
  .filter(box => box.width > 5 && box.height > 5).length"""
"""How many marks of a chart can be seen."""
WIDTHS = (390, 1280)
LONG = "Donaudampfschifffahrtsgesellschaftskapitän <b> & " * 2


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> dict[str, Path]:
    """The files, by what they are of."""
    folder = tmp_path_factory.mktemp("reports")
    store = RunStore(folder / "runs")
    rng = np.random.default_rng(0)
    many = own_images.save(
        folder,
        x_train=rng.integers(0, 256, (200, 8, 8), np.uint8),
        y_train=np.arange(200) % 25,
        class_names=np.array([f"<i>a rather long name of class {n}" for n in range(25)]),
    )
    mlp = report_runs.subject(store, report_runs.MLP, LONG)
    cnn = report_runs.subject(store, report_runs.CONVOLUTIONS)
    own = report_runs.subject(store, small_runs.small(data=many, epochs=2), folder=folder)
    eight = [report_runs.subject(store, report_runs.MLP.with_seed(seed)) for seed in range(1, 7)]
    store.close()
    of = {"one": [mlp], "network": [cnn], "many": [own], "two": [mlp, cnn]}
    of["eight"] = [mlp, cnn, *eight]
    files = {}
    for name, subjects in of.items():
        files[name] = folder / f"{name}.html"
        files[name].write_bytes(report_of(subjects))
    return files


@pytest.fixture(params=WIDTHS)
def reader(request, chromium) -> Iterator[Page]:
    """A browser without a network; whatever the page asked for or complained of is an error."""
    context = chromium.new_context(viewport={"width": request.param, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url) if _leaves(asked.url) else None)
    yield page
    context.close()
    assert not said


def _leaves(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


@pytest.mark.parametrize("name", ["one", "network", "many", "two", "eight"])
def test_a_report_draws_its_charts_and_pictures_and_stays_within_the_page(reader, reports, name):
    reader.goto(reports[name].as_uri())
    width = reader.viewport_size["width"]
    assert reader.evaluate("document.documentElement.scrollWidth") <= width
    charts = reader.locator("svg.chart")
    assert charts.count() == {"many": 3}.get(name, 2)
    for chart in charts.all():
        assert chart.get_attribute("aria-label")
        size = chart.bounding_box()
        assert size["width"] > 250 and size["height"] > 150
        assert chart.evaluate(_DRAWN) > 0
        assert "NaN" not in chart.inner_html()
    loaded = reader.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert all(side >= 96 for side in loaded)
    # A table that is wider than the page scrolls in its own box, which the keyboard reaches.
    boxes = reader.evaluate(
        "[...document.querySelectorAll('.scroll')].map(box =>"
        " [box.clientWidth, box.tabIndex, box.getAttribute('aria-label')])"
    )
    assert boxes and all(side <= width and place == 0 and label for side, place, label in boxes)


def test_a_title_of_others_is_text(reader, reports):
    reader.goto(reports["one"].as_uri())
    assert reader.locator("h1").inner_text() == " ".join(LONG.split())[:80].strip()
    assert reader.locator("h1 b").count() == 0


def test_a_report_is_printed_on_a_few_pages_with_nothing_cut_off(reader, reports, tmp_path):
    reader.goto(reports["one"].as_uri())
    file = tmp_path / "report.pdf"
    reader.pdf(path=file, prefer_css_page_size=True, print_background=True)
    content = file.read_bytes()
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 6
    (box,) = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", content))
    assert [round(float(side)) for side in box.split()] == [0, 0, 595, 842]  # A4, in points
    reader.set_viewport_size({"width": 688, "height": 1000})  # its width within the margins
    reader.emulate_media(media="print")
    for name in ("one", "network", "two", "eight"):
        reader.goto(reports[name].as_uri())
        assert reader.evaluate("document.documentElement.scrollWidth") <= 688

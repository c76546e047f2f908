"""Times on the pages are the browser's; where it names no zone they are UTC, and say so."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import streamlit.runtime.context as context

from playground import formats
from tests import compare_page, pages, stored_runs
from tests.compare_page import A

TOKYO = ZoneInfo("Asia/Tokyo")
NIGHT = datetime(2026, 11, 29, 0, 9, tzinfo=UTC).timestamp()


@pytest.fixture
def engine(tmp_path):
    with pages.idle_engine(tmp_path) as engine:
        yield engine


@pytest.fixture
def browser_in(monkeypatch):
    def say(zone: object) -> None:
        monkeypatch.setattr(context, "_context_info_field", lambda field: zone)

    return say


def test_a_moment_carries_its_zone_or_is_the_reader_s():
    assert formats.when(NIGHT, TOKYO) == "29 Nov 09:09"
    assert formats.when(NIGHT, ZoneInfo("America/New_York")) == "28 Nov 19:09"
    assert formats.when(NIGHT) == "29 Nov 00:09 UTC"
    assert formats.day(NIGHT) == "29 November 2026 (UTC)"


def test_pickers_table_and_cache_tell_the_browser_s_time(engine, browser_in):
    browser_in("Asia/Tokyo")
    stored_runs.finished(engine.store, A, engine.data)
    run = engine.store.get(A.name)
    at = pages.open_page(stored_runs.link(A), "pages/3_Sample_predictions.py")
    picker = pages.widget(at, "chosen.run.Images")
    assert picker.options[0].endswith(formats.when(run.submitted, TOKYO))
    told = compare_page.table(compare_page.visit(A), "runs")["Trained"][0]
    expected = datetime.fromtimestamp(run.submitted, TOKYO).replace(tzinfo=None)
    assert abs(told.to_pydatetime() - expected).total_seconds() < 1
    at = pages.press(pages.open_page(A), "Train")
    (cached,) = [text for text in pages.texts(at.main.caption) if "Already trained" in text]
    assert f"{formats.when(run.ended, TOKYO, '%d %B %Y, %H:%M')}:" in cached


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd", "America", "\0"])
def test_a_browser_that_names_no_zone_is_told_utc(engine, browser_in, zone):
    browser_in(zone)
    stored_runs.finished(engine.store, A, engine.data)
    run = engine.store.get(A.name)
    at = pages.open_page(stored_runs.link(A), "pages/3_Sample_predictions.py")
    assert pages.widget(at, "chosen.run.Images").options[0].endswith(formats.when(run.submitted))
    (column,) = [
        frame.proto.columns for frame in compare_page.visit(A).dataframe if "State" in frame.value
    ]
    assert "Trained (UTC)" in column

"""Runs that were stopped before all their splits were measured, on every page that reads runs."""

import pytest

from tests import pages, stored_runs

CONFIG = pages.made({"run.epochs": "6"})
OTHER = pages.made({"run.epochs": "6", "architecture.hidden": "8"})
UNMEASURED = [("train",), ("train", "test"), ("train", "validation", "test")]
PAGES = {
    "Train": pages.TRAIN,
    "Mistakes": "pages/2_Confusion_matrix.py",
    "Images": "pages/3_Sample_predictions.py",
    "Runs": "pages/4_Compare.py",
    "Export": "pages/9_Take_away.py",
}


def stopped(engine, config, unmeasured) -> None:
    stored_runs.finished(engine.store, config, engine.data, status="stopped", unmeasured=unmeasured)


@pytest.mark.parametrize("unmeasured", UNMEASURED, ids=" ".join)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_there_is(engine, page, unmeasured):
    stopped(engine, CONFIG, unmeasured)
    stored_runs.finished(engine.store, OTHER, engine.data)
    for link in (stored_runs.link(CONFIG), stored_runs.link(CONFIG, OTHER)):
        at = pages.open_page(link, PAGES[page])
        assert not at.error
        told = " ".join(pages.texts(at.info))
        if page == "Train":
            table = at.main.table[0].value
            shown = dict(zip(table["Split"], table["Accuracy"], strict=True))
            assert {split.lower() for split, one in shown.items() if one == "not measured"} == set(
                unmeasured
            )
            assert set(shown) == {"Train", "Validation", "Test"}
            heading = any("Measured at the end" in one.value for one in at.main.markdown)
            assert heading == (len(unmeasured) < 3)
        elif page == "Export" and len(unmeasured) == 3:
            assert not any("stopped. Stopped" in one for one in pages.texts(at.main.caption))
        elif page == "Images":
            assert ("left no predictions" in told) == ("validation" in unmeasured)
    if page == "Runs":  # which compares by the validation images
        missed = "A was stopped before its validation images were measured" in told
        assert missed == ("validation" in unmeasured)


def test_a_run_with_validation_figures_only_can_be_chosen(engine):
    stopped(engine, CONFIG, ("train", "test"))
    at = pages.open_page(None, PAGES["Mistakes"])
    assert len(next(one for one in at.selectbox if one.label == "Run").options) == 1

"""Links to sweeps and searches: each leads to its page, and away from it."""

import pytest

from playground.config.sweeps import Sweep
from playground.ui.state import link
from tests import pages
from tests.search_page import SEARCH, tried
from tests.sweep_page import BASE, RATES, SWEEP

PAGES = {"Sweep": SWEEP, "Search": SEARCH}


@pytest.fixture
def studies(engine) -> dict[str, str]:
    """A sweep and a search that are stored, by the title of their page."""
    sweep = Sweep(base=BASE, axes=(RATES,))
    engine.sweeps.start(sweep)
    engine.sweeps.stop(sweep.name)
    return {"Sweep": sweep.name, "Search": tried(engine).name}


@pytest.mark.parametrize("title", PAGES)
def test_a_link_leads_to_the_page_of_its_study(studies, title):
    name = studies[title][:16]
    for page in PAGES.values():
        at = pages.open_page({"study": name, "run.epochs": "7"}, page)
        assert at.session_state["app.page"] == title
        assert dict(at.query_params) == {"study": name, "run.epochs": "7"}
        assert pages.badge(at) == "Stopped"
        assert not at.warning and "not stored" not in str(pages.texts(at.info))


@pytest.mark.parametrize("title", PAGES)
def test_back_to_a_link_that_led_on_stays_there(studies, title, monkeypatch):
    (other,) = {*PAGES} - {title}
    at = pages.open_page({"study": studies[title][:16]}, PAGES[other])
    assert at.session_state["app.page"] == title
    monkeypatch.setattr(link, "_went_back", lambda: True)
    at.query_params.clear()
    at.query_params["study"] = studies[title][:16]
    at = pages.run(at.switch_page(PAGES[other]))
    assert at.session_state["app.page"] == other
    assert pages.button(at, f"Start the {other.lower()}")
    (onwards,) = [
        one.proto for one in at.main.get("page_link") if one.proto.label.startswith("Back to the")
    ]
    assert onwards.label == f"Back to the {title.lower()}"
    assert f"study={studies[title][:16]}" in onwards.query_string


def test_who_goes_from_a_search_to_sweep_by_the_navigation_gets_there(studies):
    at = pages.open_page({"study": studies["Search"][:16]}, PAGES["Search"])
    at.query_params.clear()
    at = pages.run(at.switch_page(PAGES["Sweep"]))
    assert at.session_state["app.page"] == "Sweep" and pages.button(at, "Start the sweep")
    at.query_params.clear()
    at = pages.run(at.switch_page(PAGES["Search"]))
    assert pages.badge(at) == "Stopped", "the search is still on the screen there"


@pytest.mark.parametrize("title", PAGES)
def test_a_study_that_is_not_stored_is_told(engine, title):
    at = pages.open_page({"study": "0123456789abcdef"}, PAGES[title])
    assert f"The {title.lower()} of this link is not stored here: it was made elsewhere." in (
        pages.texts(at.info)
    )

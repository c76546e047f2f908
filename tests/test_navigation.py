"""The navigation: every page in it once, its links, and an address that a page switch keeps."""

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test

from playground.environment import PROJECT
from playground.ui import navigation
from playground.ui.navigation import PLACES, SECTIONS
from tests import pages, stored_runs

CONFIG = pages.made({"run.epochs": "7"})


def switch(at, title: str):
    """Go to a page as the navigation's links do: the browser drops the parameters."""
    at.query_params.clear()
    return pages.run(at.switch_page(PLACES[title].script))


def ahead(at) -> list[str]:
    """The links that the page ends with."""
    links = [link.proto for link in at.main.get("page_link")]
    return [link.label for link in links[-len(PLACES[at.session_state["app.page"]].next) :]]


def test_every_page_is_there_once_and_leads_to_two_or_three_others():
    scripts = [place.script for section in SECTIONS.values() for place in section.values()]
    assert sorted(scripts) == sorted(
        str(path.relative_to(PROJECT)) for path in PROJECT.glob("pages/*.py")
    )
    assert len(PLACES) == len(scripts), "no title twice"
    for title, place in PLACES.items():
        assert 2 <= len(set(place.next)) == len(place.next) <= 3
        assert title not in place.next and set(place.next) <= set(PLACES)


@pytest.mark.parametrize("title", PLACES)
def test_every_page_ends_with_where_one_would_go_next(engine, title):
    at = pages.open_page(CONFIG, PLACES[title].script)
    assert ahead(at) == list(PLACES[title].next)
    for link in at.main.get("page_link")[-2:]:
        assert link.proto.query_string == "run.epochs=7", "for who opens it in another tab"


@pytest.mark.parametrize("title", ["Train", "Data", "Sweep"])
def test_a_page_that_runs_without_the_entry_script_begins_again_with_it(engine, monkeypatch, title):
    monkeypatch.setattr(app_test, "PagesManager", PagesManager)  # as AppTest has it
    at = pages.open_page(CONFIG, PLACES[title].script)
    assert pages.widget(at, "run.epochs").value == "7"
    pages.change(at, "run.epochs", 8)
    assert pages.config_of(at).run.epochs == 8


def test_a_page_switch_keeps_the_address_even_as_others_wrote_it(engine):
    opened = {"optimizer.learning_rate": "0,05", "fbclid": "x"}
    at = pages.open_page(opened)
    for title in ("Data", "Sweep", "Train"):
        switch(at, title)
        assert dict(at.query_params) == opened
    pages.change(at, "run.epochs", 9)
    assert dict(at.query_params) == {"optimizer.learning_rate": "0.05", "run.epochs": "9"}


def test_settings_and_the_run_come_along_to_every_page(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data)
    link = CONFIG.settings() | {"run": CONFIG.name[:16]}
    at = pages.open_page(link)
    for title in (*PLACES, "Train"):
        switch(at, title)
        assert pages.widget(at, "run.epochs").value == "7"
        assert link.items() <= dict(at.query_params).items()


def test_what_part_of_a_page_was_looked_at_is_in_its_address_when_one_comes_back(engine):
    at = pages.open_page(page=PLACES["Ideas"].script)
    pages.change(at, "ideas.idea", "Dropout")
    assert dict(at.query_params) == {"idea": "Dropout"}
    switch(at, "Data")
    assert dict(at.query_params) == {"idea": "Dropout"}, "one step back leads there"
    pages.change(at, "run.epochs", 9)
    assert dict(at.query_params) == {"run.epochs": "9"}
    switch(at, "Ideas")
    assert dict(at.query_params) == {"run.epochs": "9", "idea": "Dropout"}
    assert pages.widget(at, "ideas.idea").value == "Dropout"


def test_the_section_of_the_page_is_told_from_the_others(engine, monkeypatch):
    drawn = []
    navigate = navigation.st.navigation
    monkeypatch.setattr(
        navigation.st, "navigation", lambda told, **how: drawn.append(list(told)) or navigate(told)
    )
    at = pages.open_page(page=PLACES["Sweep"].script)
    assert drawn[-1] == ["", "Look", "**Compare**", "Learn", "Class"]
    switch(at, "Data")
    assert drawn[-1] == ["", "Look", "Compare", "Learn", "Class"]
    count = len(drawn)
    pages.run(at)
    assert len(drawn) == count + 1, "drawn once where nobody went elsewhere"

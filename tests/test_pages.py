"""What the pages show before a run, and how they answer a bad link, a bad folder or lost data."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st

from playground.config import RunConfig
from playground.ui import frame
from playground.ui.navigation import PLACES
from tests import compare_page, own_images, pages, stored_runs


def test_before_a_run_the_page_shows_the_data_and_the_network(engine):
    at = pages.open_page()
    assert pages.enabled(at) == {"Train": True}
    assert pages.at_foot(at) == ["Digits · MLP 32-16"]
    pictures = [picture for images in at.main.get("image") for picture in images.proto.imgs]
    assert [picture.caption for picture in pictures][:2] == ["0 · 178 images", "1 · 182 images"]
    assert len({picture.url for picture in pictures}) == 10
    at = pages.open_page(tab="Network")
    at.session_state["section.layers"] = True
    pages.run(at)
    (table,) = [text for text in pages.texts(at.main.markdown) if text.startswith("| Layer")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert [row[2] for row in rows] == [
        *("Parameters", "--:"),
        *("–", "2,080", "–", "528", "–", "170"),
    ]


def test_a_page_stands_in_its_own_place_though_a_fragment_of_the_sidebar_ran_before(
    engine, monkeypatch
):
    draw, expected = frame.draw, pages.texts(pages.open_page().main.markdown)

    def after_a_fragment() -> None:
        with st.sidebar:
            draw()

    monkeypatch.setattr(frame, "draw", after_a_fragment)
    at = pages.open_page()
    assert pages.texts(at.main.markdown) == expected != []
    assert not set(expected) & set(pages.texts(at.sidebar.markdown))


def test_what_a_link_has_wrong_is_told_and_the_rest_of_it_used(engine):
    link = {"run.epochs": "7", "optimizer.learning_rate": "-1", "run.nonsense": "1"}
    at = pages.open_page(link)
    (warning,) = at.warning
    assert warning.value.count("\n- ") == 2
    assert (
        "- Learning rate (optimizer.learning_rate) must be a number above 0 and at most 100"
        in pages.shown(warning.value)
    )
    assert "- There is no setting 'run.nonsense' here." in pages.shown(warning.value)
    assert pages.widget(at, "run.epochs").value == "7"
    pages.change(at, "run.seed", 3)
    assert pages.config_of(at) == pages.made({"run.epochs": "7", "run.seed": "3"})
    assert not at.warning, "it is told once"


@pytest.mark.parametrize("name", ["0123456789abcdef", "nonsense", "0", "%", "é" * 300])
def test_a_link_to_a_run_that_is_not_stored_is_told(engine, name):
    at = pages.open_page({"run": name})
    assert pages.texts(at.info) == [
        "The run of this link is not stored here. Press Train to make it."
    ]
    pages.press(at, "Train")
    assert at.query_params["run"] == RunConfig().name[:16]
    assert pages.badge(at) == "Waiting"


def test_data_that_went_away_is_told_when_train_is_pressed(engine):
    data = own_images.save(engine.data)
    at = pages.open_page(RunConfig(data=data))
    assert pages.enabled(at)["Train"]
    (engine.data / data.file).unlink()
    pages.press(at, "Train")
    assert any(data.file in text for text in pages.texts(at.sidebar.error))
    assert engine.store.all() == []
    assert not pages.enabled(at)["Train"]


PAGES_DRAWN = [
    *((title, ()) for title in PLACES if title not in ("Mistakes", "Sweep", "Search", "Lesson")),
    ("Mistakes", ("chosen.run.Mistakes", "chosen.other", "matrix.true")),
    ("Sweep", ("sweep.first", "sweep.second")),
    ("Search", ("search.fields",)),
    ("Lesson", ("lesson.open", "lesson.fixed")),
]
"""Title, and keys that must be drawn."""


@pytest.mark.parametrize(("title", "keys"), PAGES_DRAWN)
def test_a_page_drawn_again_writes_into_no_widget(three, title, keys):
    """What it writes would take the place of what someone chooses meanwhile."""
    link = stored_runs.link(compare_page.A, compare_page.B)
    at = pages.open_page(link, PLACES[title].script)
    pages.run(pages.run(at))
    assert pages.keys(at) >= set(keys)
    drawn = [element.proto for element in at if getattr(element, "proto", None)]
    widgets = [widget for widget in drawn if not getattr(widget, "disabled", False)]
    assert not [widget for widget in widgets if getattr(widget, "set_value", False)]
    assert not [widget for widget in widgets if getattr(widget, "selection_state", "")]


def test_why_training_is_not_possible_is_told_on_every_page(engine):
    engine._dispatcher.problem = (
        "Training is not possible: the scheduler tcp://here:1 could not be reached."
    )
    for page in (pages.TRAIN, pages.DATA):
        assert engine.problem in pages.texts(pages.open_page(page=page).error)


def test_the_app_has_one_engine_whatever_is_cleared_and_however_many_come_first(monkeypatch):
    made = []

    def started() -> object:
        time.sleep(0.01)  # so that others come meanwhile
        made.append(object())
        return made[-1]

    monkeypatch.setattr(frame, "_engines", [])
    monkeypatch.setattr(frame, "_started", started)
    with ThreadPoolExecutor(8) as threads:
        found = {engine.result() for engine in [threads.submit(frame._engine) for _ in range(8)]}
    st.cache_resource.clear()
    st.cache_data.clear()
    assert found == {frame._engine()} == set(made) and len(made) == 1


@pytest.mark.parametrize("page", [pages.TRAIN, pages.DATA])
def test_a_store_that_cannot_be_made_is_one_sentence_and_nothing_else(
    tmp_path, monkeypatch, page, caplog
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "file" / "runs"))
    monkeypatch.setattr(frame, "_engines", [])
    at = pages.open_page(page=page)
    (error,) = at.error
    assert pages.shown(error.value).startswith("The run folder cannot be written (Not a directory)")
    assert str(tmp_path) not in error.value, "visitors need not know where it is"
    assert str(tmp_path / "file" / "runs") in caplog.text, "but who starts the app does"
    assert not at.button and not at.selectbox


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SCHEDULER", "nonsense", "it must look like tcp://127.0.0.1:8786"),
        ("MOST_SECONDS", "inf", "it must look like 60"),
        ("DATA", "~teacher/data", "there is no such home folder"),
    ],
)
def test_surroundings_that_cannot_be_used_are_one_sentence_and_nothing_else(
    tmp_path, monkeypatch, name, value, why
):
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv(f"PLAYGROUND_{name}", value)
    monkeypatch.setattr(frame, "_engines", [])
    at = pages.open_page()
    assert pages.texts(at.error) == [f"PLAYGROUND_{name} cannot be '{value}': {why}."]
    assert not at.button

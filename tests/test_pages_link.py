"""Links: what others add to them is left alone, and the browser's Back and Forward are obeyed."""

import pytest

from playground.config import RunConfig
from playground.ui.state import link
from tests import pages, stored_runs

CONFIG = pages.made({"run.epochs": "7", "optimizer.learning_rate": "0.02"})
RATE = "optimizer.adam.learning_rate"


@pytest.fixture
def back(monkeypatch):
    """Open a link in a session as the browser's Back and Forward do."""

    def go(at, to: dict[str, str]):
        with monkeypatch.context() as patch:
            patch.setattr(link, "_went_back", lambda: True)
            at.query_params.clear()
            for name, value in to.items():
                at.query_params[name] = value
            return pages.run(at)

    return go


@pytest.mark.parametrize(
    "added",
    [
        {"fbclid": "x", "gclid": "y"},
        {"utm_source": "mail", "utm_medium": "e.mail", "mc_cid": "0", "msclkid": "1"},
        {"authuser": "1", "pli": "1", "hl": "de"},
        {"WT.mc_id": "a", "_ga": "2.1", "ref": "chat", "device": "mobile", "name": "Ann"},
    ],
)
def test_what_others_add_to_a_link_is_left_alone(engine, added):
    stored_runs.finished(engine.store, CONFIG, engine.data)
    at = pages.open_page({"run": CONFIG.name[:16]} | added)
    assert not at.warning and pages.widget(at, "run.epochs").value == "7"
    assert pages.widget(at, RATE).value == "0.02"
    pages.change(at, "run.seed", 3)
    assert pages.config_of(at) == CONFIG.with_seed(3), "the settings' own link has none of it"


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("learningrate", "0.1", "optimizer.learning_rate"),
        ("Epochs", "5", "run.epochs"),
        ("training.batch-size", "64", "run.batch_size"),
    ],
)
def test_a_setting_without_its_section_is_asked_about(engine, name, value, meant):
    at = pages.open_page({name: value})
    assert f"There is no setting '{name}' here. Did you mean {meant}?" in pages.shown(
        at.warning[0].value
    )


def test_an_opened_link_stays_as_it_is_until_a_setting_changes(engine):
    opened = {"run": CONFIG.name[:16], "optimizer.learning_rate": "0,05", "fbclid": "x"}
    at = pages.open_page(opened)
    assert dict(pages.run(at).query_params) == opened
    pages.change(at, "run.epochs", 9)
    assert pages.config_of(at) == pages.made({"optimizer.learning_rate": "0.05", "run.epochs": "9"})


def test_back_and_forward_bring_the_settings_of_their_link(engine, back):
    at = pages.open_page()
    links = [dict(at.query_params)]
    for key, value in ((RATE, "0.02"), ("optimizer.kind", "sgd"), ("architecture.mlp.hidden", "8")):
        pages.change(at, key, value)
        links.append(dict(at.query_params))
    for to in [*links[-2::-1], *links[1:]]:
        back(at, to)
        assert dict(at.query_params) == to and pages.config_of(at) == pages.made(to)
        assert pages.widget(at, "architecture.mlp.hidden").value == to.get(
            "architecture.hidden", "32-16"
        )
    pages.change(at, "run.epochs", 5)
    assert pages.config_of(at) == pages.made(links[-1] | {"run.epochs": "5"})


def test_back_takes_a_run_off_the_screen_and_forward_brings_it_again(engine, back):
    at = pages.open_page(CONFIG)
    before = dict(at.query_params)
    pages.press(at, "Train")
    after = dict(at.query_params)
    assert after == before | {"run": CONFIG.name[:16]}
    assert pages.badge(at) == "Waiting"
    assert not [text for text in pages.texts(back(at, before).markdown) if "-badge[" in text]
    assert pages.badge(back(at, after)) == "Waiting"


def test_the_run_that_a_session_began_with_is_there_again_when_back_leads_to_its_link(engine, back):
    stored_runs.finished(engine.store, CONFIG, engine.data)
    at = pages.open_page(CONFIG)
    first = dict(at.query_params)
    assert "run" not in first and pages.badge(at) == "Finished"
    pages.press(pages.change(at, "run.epochs", 5), "Train")
    assert pages.badge(at) == "Waiting"
    assert pages.badge(back(at, first)) == "Finished"


def test_the_link_of_a_rerun_that_is_older_than_its_widgets_undoes_nothing(engine):
    at = pages.open_page()
    pages.change(at, RATE, "0.02")
    at.query_params.clear()  # as it was before the first change
    pages.change(at, "run.epochs", 5)
    assert pages.config_of(at) == pages.made({"optimizer.learning_rate": "0.02", "run.epochs": "5"})


def test_the_defaults_beside_a_run_of_other_settings_are_told_from_the_runs_own(engine, back):
    stored_runs.finished(engine.store, CONFIG, engine.data)
    at = pages.press(pages.open_page({"run": CONFIG.name[:16]}), "Reset")
    beside = dict(at.query_params)
    again = pages.open_page(beside)
    assert pages.widget(again, "run.epochs").value == "30"
    assert pages.widget(again, RATE).value == "0.001"
    pages.change(at, "run.epochs", 9)
    assert pages.widget(back(at, beside), "run.epochs").value == "30"
    assert pages.made({}) == RunConfig()


def test_back_brings_the_part_of_a_page_that_its_link_names(engine, back):
    at = pages.open_page(page="pages/6_Articles.py")
    pages.change(at, "articles.article", "digits")
    pages.change(at, "articles.article", "cures")
    back(at, {"article": "digits", "series": "Depth"})
    assert at.query_params["article"] == "digits"
    assert pages.widget(at, "articles.article").value == "digits"
    assert pages.widget(at, "articles.series.digits").value == "Depth"
    # As a button leaves it that leads to another page: its query under this page's address.
    back(at, {"idea": "Dropout", "run.epochs": "7"})
    assert pages.widget(at, "articles.series.digits").value == "Depth"
    assert pages.widget(back(at, {}), "articles.article").value == "tutorial"

"""A run that lost weights and predictions to make room: every page says so, and it comes back."""

import pytest

from playground.errors import UserError
from playground.store import files
from tests import pages, stored_runs

CONFIG = pages.made({"run.epochs": "2"})
WEIGHTS_GONE = "Its weights were removed to make room on the disk; its figures stay."
ALL_GONE = "Its weights and predictions were removed to make room on the disk; its figures stay."


@pytest.fixture
def stored(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data)
    engine.store.remove_file(CONFIG.name, files.WEIGHTS)


def visit(page: str = pages.TRAIN):
    return pages.open_page(CONFIG.settings() | {"run": CONFIG.name[:16]}, page)


def is_shown(at, sentence: str) -> bool:
    return any(
        sentence in text for text in pages.texts(at.main.info) + pages.texts(at.main.caption)
    )


def test_the_runs_page_says_what_is_gone_and_trains_it_again(engine, stored):
    at = visit()
    assert is_shown(at, WEIGHTS_GONE)
    assert at.main.table, "its figures are there"
    pages.press(at, "Train")
    assert not engine.store.get(CONFIG.name).is_active, "it answers with its figures"
    pages.press(at, "Train again")
    assert engine.store.get(CONFIG.name).status == "queued"
    assert not is_shown(at, WEIGHTS_GONE)


def test_what_cannot_be_trained_again_is_refused_in_a_sentence(engine, stored, monkeypatch):
    def full(*_args, **_options):
        raise UserError("There is no room.")

    at = visit()
    monkeypatch.setattr(engine, "train", full)
    pages.press(at, "Train again")
    assert "There is no room." in pages.texts(at.main.error)


def test_the_other_pages_say_what_is_gone(engine, stored):
    assert is_shown(visit("pages/10_Draw.py"), WEIGHTS_GONE)
    assert is_shown(visit("pages/9_Take_away.py"), WEIGHTS_GONE)


def test_without_predictions_too_the_other_pages_say_so(engine, stored):
    engine.store.remove_file(CONFIG.name, files.ARRAYS)
    for page in ("pages/2_Confusion_matrix.py", "pages/3_Sample_predictions.py"):
        assert is_shown(visit(page), ALL_GONE)
    assert is_shown(visit(), ALL_GONE)
    visit("pages/4_Compare.py")

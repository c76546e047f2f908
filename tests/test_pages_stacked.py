"""A run that a sweep trained in a stack: pages and files say so, and it can be trained alone."""

import pytest

from playground.analysis import conclusions, labels
from playground.config.sweeps import Axis, Sweep
from playground.errors import UserError
from playground.export import FILE_FORMATS, subject_of
from playground.export.report import report_of
from playground.recipes import RECIPES
from playground.results import Execution
from playground.ui.articles.evidence import Evidence
from tests import compare_page, pages, stored_runs, sweep_page
from tests.report_pages import Page

CONFIG = pages.made({"run.epochs": "2"})
STACKED = Execution(threads=1, stacked=2)
ONE = conclusions.STACKED.format("A was")


def stacked(engine, config=CONFIG):
    stored_runs.finished(engine.store, config, engine.data, execution=STACKED)


def visit(page: str = pages.TRAIN, config=CONFIG):
    return pages.open_page(config.settings() | {"run": config.name[:16]}, page)


def status(engine, config=CONFIG) -> str:
    return engine.store.get(config.name).status


@pytest.mark.parametrize("button", ["Train", "Train it alone"])
def test_its_page_says_so_and_trains_it_alone(engine, button):
    stacked(engine)
    at = visit()
    assert labels.STACKED in pages.texts(at.main.info)
    at = pages.press(at, button)
    assert status(engine) == "queued"
    assert labels.STACKED not in pages.texts(at.main.info)


def test_of_a_run_that_trained_alone_nothing_is_said(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data, execution=Execution(threads=1))
    at = visit()
    assert labels.STACKED not in pages.texts(at.main.info)
    pages.press(at, "Train")
    assert status(engine) == "finished"


@pytest.mark.parametrize("page", ["2_Confusion_matrix", "3_Sample_predictions", "9_Take_away"])
def test_pages_that_read_it_offer_to_train_it_alone(engine, page):
    stacked(engine)
    at = visit(f"pages/{page}.py")
    assert labels.STACKED in pages.texts(at.main.info)
    pages.press(at, "Train it alone")
    assert status(engine) == "queued"


def test_what_cannot_be_trained_again_is_refused_in_a_sentence(engine, monkeypatch):
    def full(*_args, **_options):
        raise UserError("There is no room.")

    stacked(engine)
    at = visit("pages/2_Confusion_matrix.py")
    monkeypatch.setattr(engine, "train", full)
    at = pages.press(at, "Train it alone")
    assert "There is no room." in pages.texts(at.main.error)


def test_what_is_exported_says_so(engine):
    stacked(engine)
    subject = subject_of(engine.store, CONFIG.name, engine.data)
    assert labels.STACKED in FILE_FORMATS["card"].make([subject]).decode()
    assert labels.STACKED in Page(report_of([subject])).text
    assert "in one stack with others" in " ".join(
        FILE_FORMATS["script"].make([subject]).decode().split()
    )


def test_comparisons_do_not_mix_it_in_without_a_word(engine, three):
    a, b = compare_page.A, compare_page.B
    before = compare_page.visit(a, b)
    assert "stack" not in str(pages.texts(before.main.info) + pages.texts(before.main.markdown))
    stacked(engine, a)
    at = compare_page.visit(a, b)
    assert ONE in str(pages.texts(at.main.markdown)), "in what it rests on"
    assert "trained in a stack" in str(pages.texts(at.main.markdown))
    for seed in (1, 2):
        stored_runs.finished(engine.store, a.with_seed(seed), engine.data)
    told = pages.texts(compare_page.visit(a, b).main.caption)
    assert conclusions.STACKED.format("A (1 of 3 seeds) was") in told
    subjects = [subject_of(engine.store, one.name, engine.data) for one in (a, b)]
    assert ONE in Page(report_of(subjects)).text


def test_a_sweeps_page_says_so(engine):
    rates = Axis(path="optimizer.learning_rate", values=("0.001", "0.01"))
    sweep = Sweep(base=CONFIG, axes=(rates,))
    engine.store.studies.keep(sweep.name, "sweep", sweep.canonical())
    at = sweep_page.opened({"study": sweep.name[:16]})
    assert "many at once" not in str(pages.texts(at.main.caption))
    for member in sweep.members():
        stacked(engine, member.config)
    at = sweep_page.opened({"study": sweep.name[:16]})
    assert "many at once" in str(pages.texts(at.main.caption))


def test_articles_count_runs_that_trained_alone(engine):
    recipe = RECIPES["digits-mlp"]
    evidence = Evidence(engine, "full")
    stacked(engine, evidence.config(recipe))
    assert evidence.runs(recipe) == []
    alone = evidence.config(recipe).with_seed(1)
    stored_runs.finished(engine.store, alone, engine.data)
    assert [run.name for run in Evidence(engine, "full").runs(recipe)] == [alone.name]

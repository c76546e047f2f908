"""The pages while the store fails: a clear word, and no page that breaks."""

from collections.abc import Callable
from itertools import count

import pytest

from playground.config import RunConfig
from playground.config.sweeps import Sweep
from playground.errors import UserError
from playground.service import Engine
from playground.store import StoreError
from playground.ui import errors
from tests import compare_page, pages, stored_runs, sweep_page, test_pages_search

WORD = "The run store cannot be used just now: make room on its disk."
ALL = [pages.TRAIN, *sorted(f"pages/{p.name}" for p in (pages._PROJECT / "pages").glob("*.py"))]
NEED_NO_STORE = {
    "pages/1_Data.py",
    "pages/6_Articles.py",
    "pages/7_Ideas.py",
    "pages/12_Demonstrations.py",
}
Link = dict[str, str]


def shows_error(at) -> bool:
    return any(WORD in text for text in pages.texts([*at.error, *at.warning, *at.info]))


def fail(*_arguments):
    raise StoreError(WORD)


def a_run(engine: Engine) -> Link:
    stored_runs.finished(engine.store, RunConfig(), engine.data)
    return stored_runs.link(RunConfig())


def a_run_that_is_on(engine: Engine) -> Link:
    stored_runs.finished(engine.store, pages.made({"run.seed": "1"}), engine.data)
    engine.train(RunConfig())
    return stored_runs.link(RunConfig())


def runs_with_more_seeds_on(engine: Engine) -> Link:
    compare_page.enter(engine)
    engine.train(compare_page.A.with_seed(1))
    return stored_runs.link(compare_page.A, compare_page.B)


def a_sweep_that_is_on(engine: Engine) -> Link:
    sweep = Sweep(base=sweep_page.BASE, axes=(sweep_page.RATES,))
    engine.sweeps.start(sweep)
    return {"study": sweep.name[:16]}


def a_search(engine: Engine) -> Link:
    return {"study": test_pages_search.tried(engine).name[:16]}


SCENES = [(page, scene) for page in ALL for scene in (a_run, a_run_that_is_on)]
SCENES += [(compare_page.PAGE, runs_with_more_seeds_on)]
SCENES += [(sweep_page.SWEEP, scene) for scene in (a_sweep_that_is_on, a_search)]


@pytest.mark.parametrize(("page", "scene"), SCENES)
def test_a_page_whose_store_fails_at_any_moment_says_so_and_does_not_break(
    engine: Engine, monkeypatch, page: str, scene: Callable[[Engine], Link]
):
    """Reading fails from the n-th time on; n goes up until the page needs no more."""
    link = scene(engine)
    query = engine.store.database.query
    said = []
    for first in count(1):
        asked = 0

        def fails(*arguments, first=first):
            nonlocal asked
            asked += 1
            return fail() if asked >= first else query(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(engine.store.database, "query", fails)
            at = pages.open_page(link, page)  # in which no exception may reach the page
        said.append(shows_error(at))
        if asked < first:
            break
    assert said[0] or page in NEED_NO_STORE
    assert not said[-1], "a page whose store works says nothing"
    assert len(said) > 2 or page in NEED_NO_STORE


@pytest.mark.parametrize("error", [StoreError(WORD), UserError(WORD)])
def test_a_section_says_what_could_not_be_done_and_the_page_goes_on(error):
    said = []

    @errors.shows_errors(said.append)
    def section() -> int:
        if not said:
            raise error
        return 5

    assert section() is None and said == [WORD]
    assert section() == 5 and said == [WORD]


def test_an_error_of_ours_is_not_told_as_the_stores():
    with pytest.raises(ZeroDivisionError), errors.shows_errors(pytest.fail):
        raise ZeroDivisionError


@pytest.mark.parametrize("button", ["Train", "Stop"])
def test_a_button_whose_wish_the_store_cannot_write_says_so(engine, monkeypatch, button):
    at = pages.open_page()
    if button == "Stop":
        pages.press(at, "Train")
    monkeypatch.setattr(engine.store.database, "transaction", fail)
    assert shows_error(pages.press(at, button))
    assert engine.has_run(RunConfig().name) == (button == "Stop"), "what could not be done was not"


def test_a_run_that_cannot_be_deleted_stays_and_says_so(engine, monkeypatch):
    compare_page.enter(engine)
    at = compare_page.visit(compare_page.A)
    monkeypatch.setattr(engine.store.database, "transaction", fail)
    pages.widget(at, "compare.delete").click()
    assert shows_error(pages.run(at))
    assert engine.store.get(compare_page.A.name).status == "finished"


def test_a_sweep_that_cannot_be_kept_says_so(engine, monkeypatch):
    at = sweep_page.opened(sweep_page.BASE)
    sweep_page.vary(at, "first", sweep_page.RATES.path, ", ".join(sweep_page.RATES.values))
    monkeypatch.setattr(engine.store.database, "transaction", fail)
    assert shows_error(sweep_page.started(at))
    assert engine.store.all() == []


def test_results_that_cannot_be_kept_yet_are_told_on_every_page(engine):
    engine._result_writer.problem = f"{WORD} What was trained waits until it can be kept."
    for page in ALL:
        assert shows_error(pages.open_page(page=page))

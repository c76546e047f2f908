"""A run that is really trained, from the page's button to its scores: with a warm worker."""

import pytest

from playground import formats
from playground.config import RunConfig
from playground.service import Engine
from playground.ui.run import live
from tests import engines, pages
from tests.waiting import wait

pytestmark = pytest.mark.slow

SHORT = pages.made({"data.train_images": "100", "run.epochs": "3", "architecture.hidden": "8"})
LONG = pages.made({"run.epochs": "5000", "run.batch_size": "4"})


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with engines.working(tmp_path_factory.mktemp("training")) as engine, pages.serving(engine):
        yield engine


def ended(engine: Engine, config: RunConfig) -> bool:
    return not engine.store.get(config.name).is_active


def scores(at) -> list[list[str]]:
    """The table of what was measured at the end."""
    return [t.value.values.tolist() for t in at.main.table if "Accuracy" in t.value]


def test_train_trains_what_the_sidebar_holds_and_a_second_press_is_answered_from_cache(engine):
    at = pages.press(pages.open_page(SHORT), "Train")
    wait(lambda: ended(engine, SHORT))
    run = engine.store.get(SHORT.name)
    assert (run.status, run.config, run.epochs) == ("finished", SHORT, 3)
    pages.run(at)
    (table,) = scores(at)
    assert [row[0] for row in table] == ["Train", "Validation", "Test"]
    assert table[2][1:] == [
        formats.share(run.scores["test"].accuracy),
        formats.loss(run.scores["test"].loss),
        "450",
    ]
    assert not [text for text in pages.texts(at.caption) if "Already trained" in text]
    pages.press(at, "Train")
    assert [text for text in pages.texts(at.caption) if "Already trained" in text]
    assert scores(at) == [table]
    assert engine.store.get(SHORT.name).ended == run.ended


def test_many_who_watch_look_less_often_until_they_go(monkeypatch):
    names = iter(["1", "1", *map(str, range(1, 33)), "1"])
    monkeypatch.setattr(live, "_polling", {})
    monkeypatch.setattr(live.state, "session", lambda: next(names))
    assert [live.pace(), live.pace()] == [live.POLL] * 2
    assert [live.pace() for _ in range(32)][-1] == 32 / live.MAX_AT_FULL_PACE * live.POLL
    monkeypatch.setattr(live.time, "monotonic", lambda: live._polling["32"] + 0.01)
    assert live.pace() == live.POLL


def test_who_is_gone_is_no_longer_counted(monkeypatch):
    session, there = [""], {"here", "standing still"}
    monkeypatch.setattr(live, "_polling", {})
    monkeypatch.setattr(live.state, "session", lambda: session[0])
    monkeypatch.setattr(live.state, "is_connected", lambda session: session in there)
    far = {f"gone {number}": live.time.monotonic() + 1e3 for number in range(150)}
    live._polling.update(far)
    session[0] = "here"
    assert live.pace() == live.POLL, "those whose connection is closed"
    there.update(far)
    live._polling.update(dict.fromkeys(far, live.time.monotonic() - 0.1))
    assert live.pace() == live.POLL, "those that are connected and look no more"


@pytest.mark.parametrize(("others", "again"), [(0, False), (15, False), (31, True)])
def test_a_page_is_drawn_anew_where_it_should_look_much_less_often(monkeypatch, others, again):
    drawn = []
    far = live.time.monotonic() + 1e6
    monkeypatch.setattr(live, "_polling", {str(number): far for number in range(others)})
    monkeypatch.setattr(live.st, "rerun", lambda: drawn.append(True))
    live._keep_pace(live.POLL)
    live._keep_pace(live.POLL)
    assert drawn == [True, True] * again


def test_stop_ends_the_run_and_what_was_reached_is_measured(engine):
    at = pages.press(pages.open_page(LONG), "Train")
    wait(lambda: engine.store.epochs(LONG.name))
    pages.run(at)
    (progress,) = at.main.get("progress")
    assert progress.proto.text.startswith("Epoch ")
    pages.press(at, "Stop")
    wait(lambda: ended(engine, LONG))
    pages.run(at)
    assert "Stop" not in {button.label for button in at.button}
    assert engine.store.get(LONG.name).message in pages.texts(at.main.info)
    assert len(scores(at)) == 1

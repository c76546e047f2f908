"""Training as one changes the settings, with a real worker."""

import pytest

from playground.service import Engine
from playground.ui.run import live_training
from tests import engines, pages
from tests.waiting import wait

pytestmark = pytest.mark.slow

SHORT = pages.made({"data.train_images": "100", "run.epochs": "3", "architecture.hidden": "8"})
LONG = pages.made({"run.epochs": "5000", "run.batch_size": "4"})
RATE = "optimizer.adam.learning_rate"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with engines.working(tmp_path_factory.mktemp("live")) as engine, pages.serving(engine):
        yield engine


def opened(engine: Engine, config=SHORT, visitor: str = "ann"):
    """A visitor who has the switch on, and sees how long the settings take."""
    wait(lambda: engine.speeds.seconds(config) is not None, 60)
    at = pages.open_page(config.settings(), visitor=visitor)
    switch = pages.widget(at, live_training.KEY)
    if not switch.value and not switch.disabled:
        pages.change(at, live_training.KEY, True)
    return at


def runs(engine: Engine) -> int:
    return len(engine.store.all())


def test_nothing_is_trained_before_something_is_changed(engine):
    before = runs(engine)
    opened(engine)
    assert runs(engine) == before


def test_a_change_trains_and_is_shown(engine):
    at = opened(engine)
    pages.change(at, RATE, "0.02")
    config = pages.config_of(at)
    assert config.optimizer.learning_rate == 0.02
    wait(lambda: not engine.store.get(config.name).is_active)
    pages.run(at)
    assert pages.badge(at) == "Finished" and at.query_params["run"] == config.name[:16]


def test_switched_off_nothing_is_trained(engine):
    at = opened(engine)
    pages.change(at, live_training.KEY, False)
    before = runs(engine)
    pages.change(at, RATE, "0.03")
    assert runs(engine) == before
    pages.change(at, live_training.KEY, True)
    assert runs(engine) == before + 1 and engine.store.get(pages.config_of(at).name)


def test_what_takes_long_waits_for_train(engine):
    at = opened(engine, LONG)
    switch = pages.widget(at, live_training.KEY)
    assert switch.disabled and switch.label == "Train as I change: under 3 s only"
    before = runs(engine)
    pages.change(at, RATE, "0.04")
    assert runs(engine) == before


def test_what_is_overtaken_is_stopped_for_whoever_asked_for_it_alone(engine, monkeypatch):
    slow = pages.made({"run.epochs": "1500", "architecture.hidden": "8"})
    at = opened(engine, SHORT)
    monkeypatch.setattr(live_training, "MOST", 1e9)
    pages.change(at, "run.epochs", "1500")
    first = pages.config_of(at)
    assert engine.has_run(first.name) and first.run.epochs == slow.run.epochs
    pages.change(at, RATE, "0.05")
    second = pages.config_of(at)
    wait(lambda: not engine.has_run(first.name))
    assert engine.store.get(first.name).status == "stopped"
    engine.stop(second.name)
    wait(lambda: not engine.has_run(second.name))


def test_where_many_wait_a_change_does_not_join_them(engine, monkeypatch):
    at = opened(engine)
    monkeypatch.setattr(type(engine), "waiting", property(lambda self: live_training.BUSY))
    before = runs(engine)
    pages.change(at, RATE, "0.06")
    assert runs(engine) == before
    assert [text for text in pages.texts(at.sidebar.caption) if "Many train just now" in text]


def test_going_back_does_not_train(engine):
    at = opened(engine)
    before = runs(engine)
    at.query_params.clear()
    pages.run(at)
    assert runs(engine) == before

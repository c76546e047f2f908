"""Speeds against a real worker: measured while nothing trains, shared, and never in a run's way."""

from dataclasses import replace

import pytest

from playground.config import RunConfig, from_json
from playground.network.duration import shape
from playground.service import Engine, speeds
from tests import engines, pages
from tests.waiting import wait

pytestmark = pytest.mark.slow

SHORT = {"data.train_images": "100", "run.epochs": "3", "architecture.hidden": "8"}
LONG = {"run.epochs": "5000", "run.batch_size": "4"}


def config(settings: dict[str, str], **changes: str) -> RunConfig:
    return pages.made(settings | {f"run.{name}": value for name, value in changes.items()})


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with engines.working(tmp_path_factory.mktemp("speeds")) as engine:
        yield engine


@pytest.fixture(autouse=True)
def idle(engine):
    """Each test ends with nothing on."""
    yield
    engines.stop_all(engine)


@pytest.fixture
def measurings(engine, monkeypatch) -> list[str]:
    """The shapes that the cluster is asked to measure."""
    shapes: list[str] = []
    measure = engine._dispatcher.cluster.measure

    def counted(config, data, key, done):
        shapes.append(shape(from_json(config)))
        return measure(config, data, key, done)

    monkeypatch.setattr(engine._dispatcher.cluster, "measure", counted)
    return shapes


def ended(engine: Engine, asked: RunConfig) -> bool:
    return not engine.store.get(asked.name).is_active


def numbers(engine: Engine, asked: RunConfig) -> tuple:
    """A run's figures and weights, bit for bit."""
    epochs = engine.store.epochs(asked.name)
    weights = engine.store.weights(asked.name).read_bytes()
    return [(e.train_loss, e.validation_loss) for e in epochs], weights


def test_a_measuring_is_repeated_after_a_while_and_stands_until_then(
    engine, measurings, monkeypatch
):
    monkeypatch.setattr(speeds, "FRESH", 0.0)
    asked = config(SHORT, batch_size="50")
    wait(lambda: engine.speeds.of(asked))
    wait(lambda: len(measurings) >= 2 if engine.speeds.of(asked) else pytest.fail("forgotten"))
    wait(lambda: not engine.speeds.measuring and not engine.speeds._wanted)


def test_configs_of_one_shape_are_measured_once(engine, measurings):
    first, second = config(SHORT, seed="1"), config(SHORT, seed="2", epochs="9")
    assert engine.speeds.of(first) is None and engine.speeds.awaited(first)
    wait(lambda: engine.speeds.of(first))
    assert engine.speeds.of(second) == engine.speeds.of(first)
    assert not engine.speeds.awaited(second)
    assert measurings == [shape(first)]
    assert engine.speeds.seconds(second) > engine.speeds.seconds(first) > 0


def test_a_run_begins_before_measurings_that_wait_and_they_follow_it(engine, measurings):
    shapes = [config(SHORT, batch_size=str(size)) for size in range(10, 20)]
    for asked in shapes:
        engine.speeds.of(asked)
    run = config(LONG, seed="3")
    engine.train(run)
    wait(lambda: engine.store.get(run.name).status != "queued")
    assert len(measurings) <= 1, "at most the one that was on"
    engine.stop(run.name)
    wait(lambda: engine.speeds.of(shapes[-1]))
    assert engine.speeds.awaited(shapes[0]), "only the latest are kept"


def test_while_a_run_is_on_nothing_is_measured(engine, measurings):
    run, other = config(LONG), config(SHORT, batch_size="20")
    engine.train(run)
    wait(lambda: engine.store.epochs(run.name))
    assert engine.speeds.of(other) is None
    seen = len(engine.store.epochs(run.name))
    wait(lambda: len(engine.store.epochs(run.name)) > seen)
    assert shape(other) not in measurings and engine.speeds.awaited(other)
    engine.stop(run.name)
    wait(lambda: engine.speeds.of(other))


def test_a_measuring_gives_way_to_a_run(engine, monkeypatch):
    stopped = []
    stop = engine._dispatcher.cluster.stop
    monkeypatch.setattr(
        engine._dispatcher.cluster, "stop", lambda key: (stopped.append(key), stop(key))
    )
    large = config(SHORT | {"architecture.hidden": "4096-4096"}, batch_size="full")
    run = config(SHORT, seed="4")
    engine.speeds.of(large)
    wait(lambda: engine.speeds._on)
    engine.train(run)
    wait(lambda: ended(engine, run))
    assert engine.store.get(run.name).status == "finished"
    assert [key for key in stopped if key.startswith("speed-")]
    wait(lambda: engine.speeds.of(large), 60)


def test_a_run_after_a_measuring_has_the_figures_of_one_without(engine):
    measured = config(SHORT | {"architecture.dropout": "0.2"}, seed="5")
    engine.train(measured)
    wait(lambda: ended(engine, measured))
    before = numbers(engine, measured)
    for asked in (measured, config(SHORT, batch_size="21")):
        engine.speeds.of(asked)
        wait(lambda asked=asked: engine.speeds.of(asked))
    engine.store.delete(measured.name)
    assert engine.train(measured).how == "submitted"
    wait(lambda: ended(engine, measured))
    assert numbers(engine, measured) == before


def test_a_run_that_took_a_while_teaches_its_speed(engine, measurings, monkeypatch):
    monkeypatch.setattr(speeds, "LEAST_SECONDS", 0.0)
    run = config({"architecture.hidden": "24"})
    engine.train(run)
    wait(lambda: not engine.speeds.awaited(run))
    stored = engine.store.get(run.name)
    assert stored.status == "finished" and shape(run) not in measurings
    took = stored.ended - stored.started
    assert engine.speeds.seconds(run) == pytest.approx(took, rel=0.3, abs=0.05)


def test_a_run_of_bursts_teaches_what_it_took_in_all(engine, monkeypatch):
    """Its store tells of epochs some of which took far longer than most."""
    monkeypatch.setattr(speeds, "LEAST_SECONDS", 0.0)
    run = config({"run.epochs": "40", "architecture.hidden": "17"})
    engine.train(run)
    wait(lambda: ended(engine, run) and not engine.speeds.awaited(run))
    epochs = engine.store.epochs(run.name)
    slow = [
        replace(one, seconds=20 * one.seconds, images_per_second=one.images_per_second / 20)
        if one.epoch % 10 == 5 else one
        for one in epochs
    ]  # fmt: skip
    monkeypatch.setattr(engine.store, "epochs", lambda name: slow)
    took = sum(one.seconds for one in slow) + 0.3
    engine.speeds.learn(run, took)
    assert engine.speeds.seconds(run) == pytest.approx(took, rel=0.3)


def test_what_cannot_be_measured_is_not_asked_for_again(engine, measurings):
    nowhere = config(SHORT, device="mps")
    engine.speeds.of(nowhere)
    wait(lambda: not engine.speeds.awaited(nowhere))
    assert engine.speeds.of(nowhere) is None and engine.speeds.seconds(nowhere) is None
    assert measurings.count(shape(nowhere)) == 1

"""Stop and the limit of seconds with a real worker: the device is free soon, whatever it does."""

import os
import sqlite3
import time

import pytest

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.service import dispatcher
from playground.store import schema
from playground.worker import tasks
from tests import engines, pages
from tests.waiting import wait

pytestmark = pytest.mark.slow

DEEP = {
    "architecture.kind": "cnn",
    "architecture.blocks": '[{"channels": "' + "-".join(["256"] * 8) + '", "pool": "none"}]',
    "architecture.hidden": "none",
    "run.batch_size": "full",
}
"""Eight convolutions of 256 channels: with a limit of 3 s its first step ended after 80.8 s."""
SHORT = {"data.train_images": "50", "run.epochs": "1", "architecture.hidden": "4"}
LARGE = {"architecture.hidden": "5000-4900"}
"""24.9 million parameters."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    limits = AppLimits(seconds=2)
    with engines.working(tmp_path_factory.mktemp("stopping"), limits) as engine:
        yield engine


def began(engine, config: RunConfig) -> bool:
    return (run := engine.store.get(config.name)) is not None and run.status != "queued"


def test_the_limit_of_seconds_holds_within_a_step_of_minutes(engine):
    config = pages.made(DEEP)
    engine.train(config)
    wait(lambda: not engine.store.get(config.name).is_active)
    run = engine.store.get(config.name)
    assert (run.status, run.limit) == ("stopped", 2)
    assert run.message.endswith("A run may train for 2 s here.")
    assert run.ended - run.started < 20, "its step takes minutes on a busy core"
    assert {"train", "test"} <= {*run.unmeasured}, "a fast core may have measured the validation"


def test_a_run_begins_at_once_while_a_large_networks_speed_is_asked_for(engine):
    large, run = pages.made(LARGE), pages.made(SHORT)
    engine.speeds.of(large)
    wait(lambda: engine.speeds.measuring or not engine.speeds.awaited(large))
    asked = time.monotonic()
    engine.train(run)
    wait(lambda: began(engine, run))
    assert time.monotonic() - asked < 30, "it took a minute"
    wait(lambda: not engine.speeds.awaited(large))
    assert engine.speeds.is_estimate(large) and engine.speeds.seconds(large) > 0
    wait(lambda: not engine.store.get(run.name).is_active)


def test_large_weights_are_left_on_the_disk_and_nothing_else_stays_there(engine):
    config = pages.made({"architecture.hidden": "600-600"} | {"data.train_images": "50"})
    engine.train(config)
    wait(lambda: not engine.store.get(config.name).is_active)
    assert engine.store.weights(config.name).stat().st_size > 2**20
    wait(
        lambda: list(engine.store.handover_folder().iterdir()) == []
    )  # soon after its row is closed


def leaving(_config, _folder, _stop, _report, weights):
    """Training whose process ends while it writes its weights."""
    weights.write_bytes(bytes(2**20))
    os._exit(9)
    yield


def test_what_a_process_leaves_that_ends_while_it_writes_weights_does_not_stay(engine, monkeypatch):
    monkeypatch.setattr(tasks, "TRAIN", f"{__name__}:leaving")
    config = pages.made(SHORT | {"run.seed": "70"})
    engine.train(config)
    wait(lambda: not engine.store.get(config.name).is_active)
    assert engine.store.get(config.name).status == "failed"
    wait(lambda: list(engine.store.handover_folder().iterdir()) == [])


def stubborn(*_arguments):
    """Training that heeds no stop."""
    time.sleep(60)
    yield


def test_what_heeds_no_stop_is_ended_with_its_process_and_the_next_run_begins(engine, monkeypatch):
    config, run = pages.made({"run.seed": "7"}), pages.made(SHORT | {"run.seed": "7"})
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "TRAIN", f"{__name__}:stubborn")
        engine.train(config)
        wait(lambda: engine.elapsed(engine.store.get(config.name)) > 0)
    monkeypatch.setattr(dispatcher, "PATIENCE", 0.5)
    engine.stop(config.name)
    engine.train(run)
    wait(lambda: not engine.store.get(run.name).is_active)
    stopped = engine.store.get(config.name)
    assert stopped.status == "stopped"
    assert "its process was ended and nothing could be measured" in stopped.message
    assert engine.store.get(run.name).status in ("finished", "stopped")


def test_a_stop_is_heeded_while_another_program_holds_the_store(tmp_path):
    with engines.working(tmp_path) as engine:
        config = pages.made({"run.epochs": "5000", "run.batch_size": "4"})
        engine.train(config)
        wait(lambda: engine.store.epochs(config.name))
        job = engine._jobs.get(config.name)
        other = sqlite3.connect(engine.store.folder / "runs.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        engine.stop(config.name)
        wait(lambda: job.returned, schema.PATIENCE - 2)
        assert engine.has_run(config.name), "it waits to be kept"
        other.close()
        wait(lambda: not engine.has_run(config.name))
        run = engine.store.get(config.name)
        assert run.status == "stopped" and run.scores["test"]

"""A clock that is set while the app runs: order, durations, what is left, and whose a run is."""

import os
import re
import subprocess
import sys
import time

import psutil
import pytest

from playground.config import RunConfig
from playground.store.owners import lives, owner_of
from tests import pages, stored_runs
from tests.test_runs import result
from tests.waiting import wait

HOUR = 3600.0
real_time = time.time


@pytest.fixture
def set_clock(monkeypatch):
    """Sets the clock by so many seconds, for Python and for what psutil tells of processes."""

    def set_by(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real_time() + seconds)
        if sys.platform == "linux":
            from psutil import _pslinux

            booted = _real_boot_time()
            monkeypatch.setattr(_pslinux, "boot_time", lambda: booted + seconds)

    return set_by


def _real_boot_time() -> float:
    with open("/proc/stat") as file:  # noqa: PTH123 - a file of the kernel
        return next(float(line.split()[1]) for line in file if line.startswith("btime"))


@pytest.mark.parametrize("by", [-HOUR, -1.0, HOUR])
def test_runs_of_a_living_app_are_not_interrupted_when_the_clock_is_set(store, set_clock, by):
    store.queue(RunConfig(), "data")
    store.start(RunConfig().name)
    set_clock(by)
    assert store.mark_interrupted() == 0, "its own app's look"
    assert owner_of(os.getpid()) == store._owner, "as another app would see it"
    assert store.get(RunConfig().name).status == "running"


def test_an_ended_process_does_not_live_whatever_the_clock_says(set_clock):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = owner_of(child.pid)
    set_clock(-HOUR)
    assert lives(owner)
    child.kill()
    child.wait()
    assert not lives(owner)
    wait(lambda: not psutil.pid_exists(child.pid))
    assert not lives(owner.replace(str(child.pid), str(os.getpid()), 1)), "another one's number"


def test_no_run_ends_before_it_began_though_the_clock_was_set_back(store, set_clock):
    finished, failed, gone = (RunConfig().with_seed(seed) for seed in range(3))
    for config in (finished, failed, gone):
        store.queue(config, "data")
    set_clock(-HOUR)
    for config in (finished, failed, gone):
        store.start(config.name)
    set_clock(-2 * HOUR)
    store.finish(finished.name, result())
    store.end(failed.name, "failed", "why")
    store.database.write("UPDATE runs SET owner = '999999:1' WHERE name = ?", gone.name)
    assert store.mark_interrupted() == 1
    for run in store.all():
        assert run.submitted <= run.started <= run.ended
    assert {run.status for run in store.all()} == {"finished", "failed", "interrupted"}


def test_runs_are_listed_in_the_order_they_were_asked_for_whatever_the_clock_said(store, set_clock):
    configs = [RunConfig().with_seed(seed) for seed in range(4)]
    for config, by in zip(configs, (0, -HOUR, HOUR, -2 * HOUR), strict=True):
        set_clock(by)
        store.queue(config, "data")
    newest_first = [config.name for config in reversed(configs)]
    assert [run.name for run in store.all()] == newest_first
    assert [run.name for run in store.find()[0]] == newest_first
    assert [run.name for run in store.find(descending=False)[0]] == newest_first[::-1]
    store.queue(configs[0], "data")
    assert store.all()[0].name == configs[0].name, "asked for again, it is the newest"


@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_how_long_a_run_still_takes_is_not_told_by_the_clock(engine, set_clock, by):
    config = pages.made({"run.epochs": "100"})
    engine.train(config)
    (job,) = engine._jobs.submit_next(1)
    engine._result_writer.event({"runs": [{"key": job.key, "began": True, "at": 50.0}]})
    job.began -= 20.0  # it has trained for so long
    set_clock(by)
    at = pages.open_page(config.settings() | stored_runs.link(config))
    (progress,) = [element.proto.text for element in at.main if element.type == "progress"]
    assert re.fullmatch("Epoch 51 of 100 · about [2-6][0-9] s left", progress)


def test_a_run_of_another_program_says_nothing_of_what_is_left_when_the_clock_was_set_back(
    store, set_clock
):
    store.queue(RunConfig(), "data")
    store.start(RunConfig().name)
    set_clock(-HOUR)
    assert store.get(RunConfig().name).since == 0.0
    set_clock(HOUR)
    assert store.get(RunConfig().name).since >= HOUR

"""What the tests of tracking share: the optional libraries, and a sweep of four digits runs."""

import importlib
import os

import pytest

from playground.config import RunConfig
from playground.config.sweeps import sweep_of
from playground.data.datasets import fingerprint
from playground.store import RunStore, Study
from playground.tracking import TrackedRun, tracked_run_of
from tests import small_runs

SWEEP = sweep_of(
    small_runs.small(epochs=3), {"optimizer.learning_rate": ("0.01", "0.1")}, seeds=(0, 1)
)


def require(library: str) -> None:
    """Skip where a library is missing; fail where PLAYGROUND_REQUIRE_TRACKING is set."""
    try:
        importlib.import_module(library)
    except ImportError:
        give_up = pytest.fail if os.environ.get("PLAYGROUND_REQUIRE_TRACKING") else pytest.skip
        give_up(f"{library} is not installed")


def train(store: RunStore, config: RunConfig) -> None:
    """Train a run as the app does."""
    store.queue(config, fingerprint(config.data, small_runs.NOWHERE))
    store.start(config.name)
    store.finish(config.name, small_runs.trained(config))


def of(store: RunStore, config: RunConfig) -> TrackedRun:
    """A stored run as it is sent."""
    run = store.get(config.name)
    assert run is not None
    return tracked_run_of(store, run)


def swept(store: RunStore) -> Study:
    """The sweep, all of it trained."""
    for member in SWEEP.members():
        train(store, member.config)
    return kept(store)


def kept(store: RunStore) -> Study:
    """The sweep as it was asked for."""
    store.studies.keep(SWEEP.name, "sweep", SWEEP.canonical())
    study = store.studies.by_prefix(SWEEP.name)
    assert study is not None
    return study

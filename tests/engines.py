"""An engine with a real worker, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.service import Engine
from playground.service.jobs import Jobs, job_of
from playground.store import RunStore
from playground.worker import own_cluster
from tests.waiting import wait


@contextmanager
def working(folder: Path, limits: AppLimits = AppLimits()) -> Iterator[Engine]:  # noqa: B008
    """An engine whose worker is warm; it is ended with the block.

    Of a busy machine's two cores a worker gets little, as its priority is low: beside four
    processes that computed it took 38 s to start, and the app gives up after 60.
    """
    engine = Engine(RunStore(folder / "runs"), folder / "data", limits=limits)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("playground.service.cluster.STARTING", 300)
            engine.start()
            wait(lambda: engine.ready or engine.problem, 360)
        assert not engine.problem
        yield engine
    finally:
        engine.close()


def worker_processes(app: psutil.Process | None = None) -> list[psutil.Process]:
    """The processes that train, of an app's or of this one's cluster: forked off one that has
    imported torch, or begun anew where there is a GPU."""
    below = (app or psutil.Process()).children(recursive=True)
    return [one for one in below if _is_worker(one)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        line, above = " ".join(process.cmdline()), process.parent()
        return "spawn_main" in line or (
            "forkserver" in line and above is not None and "forkserver" in " ".join(above.cmdline())
        )
    except psutil.Error:  # it ended meanwhile
        return False


def cluster_processes(app: psutil.Process | None = None) -> list[psutil.Process]:
    """The processes of own clusters, an app's or this one's: Dask's scheduler and nanny are
    there."""
    found = []
    for one in (app or psutil.Process()).children(recursive=True):
        with suppress(psutil.Error):  # it ended meanwhile
            found += [one] if own_cluster.__name__ in one.cmdline() else []
    return found


def lives(process: psutil.Process) -> bool:
    """Whether a process has not ended. In a container whose first process reaps nobody, those that
    have stay as zombies."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two
        return False


def stop_all(engine: Engine) -> None:
    """Stop what is on, and wait until it has ended."""
    for run in engine.store.all():
        engine.stop(run.name)
    wait(lambda: not any(run.is_active for run in engine.store.all()))


def add(jobs: Jobs, config: RunConfig, who: str, stack_key: str | None = None) -> None:
    """Let a run wait for its turn, as if the store had taken it."""
    job = job_of(config, who, stack_key)
    with jobs.lock:
        jobs.wait(jobs.reserve([job]))
        jobs.settle([job], {job.name})

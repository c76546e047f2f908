"""An engine with a real worker, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.service import Engine
from playground.service.jobs import Jobs, job_of
from playground.store import RunStore
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


def worker_processes() -> list[psutil.Process]:
    """The processes that train: the children of the nannies."""
    nannies = [
        process
        for process in psutil.Process().children(recursive=True)
        if "distributed.Nanny" in " ".join(process.cmdline())
    ]
    return [
        child
        for nanny in nannies
        for child in nanny.children()
        if "spawn_main" in " ".join(child.cmdline())
    ]


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

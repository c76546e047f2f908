"""An engine with a real worker, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playground.engine import Engine
from playground.runs import RunStore
from tests.waiting import wait


@contextmanager
def working(folder: Path) -> Iterator[Engine]:
    """An engine whose worker is warm; it is ended with the block."""
    engine = Engine(RunStore(folder / "runs"), folder / "data")
    engine.start()
    wait(lambda: engine.ready or engine.problem)
    assert not engine.problem
    yield engine
    engine.close()

"""What several test files share."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from playground.analysis.predictions import Predictions
from playground.service import Engine
from playground.store import RunStore
from playground.ui import rights
from playground.ui.state.identity import _teachers
from tests import compare_page, lesson_page, pages

# Most tests change settings and press Train themselves; those of training as one changes switch it
# on.
os.environ.setdefault("PLAYGROUND_LIVE", "false")

PREPARE = Path(__file__).resolve().parents[2] / "shared" / "cifar10" / "prepare.py"


# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow files first: at the end no process then waits for another's."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


_MAIN = sys.modules["__main__"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Put back what AppTest replaces: processes that a fixture or a test starts would run the page.

    A hook, as a fixture of one test comes after those of its module and session.
    """
    sys.modules["__main__"] = _MAIN


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The pages' engine, with an empty store and no worker: what it is asked to train waits."""
    with pages.idle_engine(tmp_path) as engine:
        yield engine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    """An empty store."""
    store = RunStore(tmp_path / "runs")
    yield store
    store.close()


@pytest.fixture
def three(engine: Engine) -> list[Predictions]:
    """The runs of compare_page, finished; gives A's and B's predictions of the validation
    images."""
    return compare_page.enter(engine)


@pytest.fixture(scope="session")
def cifar10_folder() -> Path:
    """A folder with the real cifar10.npz; skips where there is none."""
    if named := os.environ.get("PLAYGROUND_TEST_CIFAR10"):
        folder = Path(named)
    elif PREPARE.is_file():
        folder = Path(tempfile.gettempdir(), "playground-cifar10")
        if not folder.exists():
            beside = tempfile.mkdtemp(prefix="playground-cifar10-")
            subprocess.run([sys.executable, str(PREPARE), beside], check=True)
            try:
                Path(beside).rename(folder)
            except OSError:  # another process of the tests was first
                shutil.rmtree(beside)
    else:
        pytest.skip("set PLAYGROUND_TEST_CIFAR10 to a folder with cifar10.npz to run this")
    if not (folder / "cifar10.npz").is_file():
        pytest.skip(f"PLAYGROUND_TEST_CIFAR10: there is no cifar10.npz in {folder}")
    return folder


@pytest.fixture
def teacher_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The app has a teacher, whose key is KEY; a wrong one takes no time."""
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", lesson_page.KEY)
    monkeypatch.setattr(rights, "SLOW", 0.0)
    yield
    _teachers.clear()

"""Two apps on one store at once: one trains, and the other one knows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playground.store import RunStore
from tests.browser.server import Server
from tests.pages import made, shown
from tests.soak.session import Session
from tests.soak.stored import digest, integrity, is_complete
from tests.waiting import wait

pytestmark = pytest.mark.slow

LONG = {"run.epochs": "5000", "run.batch_size": "4"}


@dataclass
class Two:
    """Two apps, and what they store."""

    servers: list[Server]
    store: RunStore
    visitors: list[Session] = field(default_factory=list)

    def visit(self, which: int, link: dict[str, str], page: str = "") -> Session:
        """A new visitor of one of them."""
        query = "&".join(f"{key}={value}" for key, value in link.items())
        self.visitors.append(Session(self.servers[which].url, query, page))
        return self.visitors[-1]

    def status(self, link: dict[str, str]) -> str:
        """What the store says of the run of a link."""
        return self.store.get(made(link).name).status


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder: Path = tmp_path_factory.mktemp("two")
    servers = [Server(folder / f"data {which}", folder / "runs") for which in (0, 1)]
    for server in servers:
        server.start()
    store = RunStore(folder / "runs")
    yield Two(servers, store)
    for server in servers:
        server.stop()
    store.close()


@pytest.fixture
def two(both: Two) -> Iterator[Two]:
    yield both
    while both.visitors:
        both.visitors.pop().close()


def begin(two: Two, link: dict[str, str]) -> Session:
    """Have the first app train a long run."""
    visitor = two.visit(0, link)
    visitor.press("Train")
    wait(lambda: two.store.get(made(link).name).epochs, 120)
    return visitor


def until(visitor: Session, text: str) -> None:
    """Watch until the page says so."""

    def said() -> bool:
        visitor.watch(0.6)
        return visitor.says(text)

    wait(said, 120)


def test_a_run_that_is_asked_for_in_both_trains_once_and_is_stopped_where_it_trains(two):
    link = LONG | {"run.seed": "1"}
    here = begin(two, link)
    there = two.visit(1, link)
    began = two.store.get(made(link).name).submitted
    there.press("Train")
    assert there.says("Training]") and not there.errors()
    assert not there.can_press("Stop"), "another program trains it"
    before = two.store.get(made(link).name).epochs
    wait(lambda: two.store.get(made(link).name).epochs > before)
    assert two.store.get(made(link).name).submitted == began
    assert {run.name for run in two.store.all()} == {made(link).name, made({}).name}
    here.rerun()
    here.press("Stop")
    until(there, "Stopped]")
    assert two.status(link) == "stopped"


def test_a_run_that_the_other_one_trains_is_not_deleted(two):
    link = LONG | {"run.seed": "2"}
    here = begin(two, link)
    there = two.visit(1, {"run": made(link).name[:16]}, "Compare")
    there.press("Delete this run")
    (error,) = there.errors()
    assert shown(error) == "A run that is on cannot be deleted: stop it first."
    assert two.status(link) == "running"
    here.rerun()
    here.press("Stop")
    wait(lambda: two.status(link) == "stopped")
    there.press("Delete this run")
    assert two.store.get(made(link).name) is None
    here.rerun()
    assert here.says("The run of this link is not stored here") and not here.errors()


def test_what_one_has_finished_the_other_has_from_the_store(two):
    link = {"run.epochs": "3"}
    here, there = two.visit(0, link), two.visit(1, link)
    here.press("Train")
    until(here, "Finished]")
    there.press("Train")
    assert there.says("Already trained")
    assert there.reported() == here.reported() is not None


def test_when_one_is_killed_the_other_says_so_trains_the_run_anew_and_nothing_is_lost(two):
    finished = made({"run.epochs": "3"})
    kept = digest(two.store, finished.name)
    link = LONG | {"run.seed": "3"}
    begin(two, link)
    there = two.visit(1, link)
    there.press("Train")
    assert there.says("Training]") and not there.can_press("Stop")
    two.servers[0].kill()
    until(there, "Interrupted]")
    assert there.says("The playground was closed before this run ended.")
    there.press("Train")
    wait(lambda: two.store.get(made(link).name).epochs, 120)
    there.rerun()
    there.press("Stop")
    wait(lambda: two.status(link) == "stopped")
    assert digest(two.store, finished.name) == kept and is_complete(two.store, finished.name)
    assert integrity(two.store.folder) == "ok"

"""The app with an empty store, and runs that visitors ask it for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.visitor import Visitor
from playground import environment
from playground.config import with_settings
from playground.store import RunStore
from tests.browser.server import Server
from tests.waiting import wait


@dataclass
class Serving:
    """The app's processes, and what it stores."""

    server: Server
    store: RunStore

    def train(self, run: Mapping[str, str]) -> str:
        """Press Train as a visitor of a link with these settings, and wait until it has finished;
        gives the link's content that shows the run."""
        visitor = Visitor(self.server.url, urlencode(run))
        visitor.press("Train")
        visitor.close()
        self.wait_for(run)
        return shown(run)

    def wait_for(self, run: Mapping[str, str], epochs: int | None = None) -> None:
        """Wait until a run has ended as it should, or has so many epochs."""

        def there() -> bool:
            stored = self.store.get(_name(run))
            if stored and stored.status in ("queued", "running"):
                return epochs is not None and len(self.store.epochs(stored.name)) >= epochs
            if stored is None or stored.status not in ("finished", "stopped"):
                raise RuntimeError(f"A run of the benchmark went wrong: {stored}")
            return True

        wait(there, 300)


@contextmanager
def serving() -> Iterator[Serving]:
    """Yield an app that is not started yet, with the data folder of the environment and an empty
    store; it is ended with the block."""
    with TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        # What a visitor changes trains if Train is pressed, if a benchmark does not ask otherwise.
        server = Server(environment.read().data, runs, {"PLAYGROUND_LIVE": "false"})
        store = RunStore(runs)
        try:
            yield Serving(server, store)
        finally:
            server.stop()
            store.close()


def shown(run: Mapping[str, str]) -> str:
    """Return a link's content with these settings and the run that they make."""
    return urlencode({**run, "run": _name(run)[:16]})


def has_cifar10() -> bool:
    """Return whether the data folder holds CIFAR10's images."""
    return (environment.read().data / "cifar10.npz").exists()


def _name(run: Mapping[str, str]) -> str:
    config, problems = with_settings(run)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return config.name

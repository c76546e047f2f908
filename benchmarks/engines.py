"""An engine with a store of its own, for benchmarks that ask it for runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playground import environment
from playground.config import RunConfig, with_settings
from playground.service import Engine
from playground.store import RunStore


@contextmanager
def working() -> Iterator[Engine]:
    """Yield a started engine with an empty store; it is ended with the block."""
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        engine = Engine(store, environment.read().data)
        engine.start()
        try:
            yield engine
        finally:
            engine.close()
            store.close()


def config_of(changes: Mapping[str, str]) -> RunConfig:
    """Return the config of these settings. Raises ValueError if one is wrong."""
    config, problems = with_settings(changes)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return config

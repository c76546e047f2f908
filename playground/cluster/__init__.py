"""The worker's process, through Dask: an embedded cluster of one worker, or a scheduler's workers.

Importing this takes a quarter of a second, so the engine does it on its own thread, after the first
page was drawn.
"""

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask
import numpy as np
from distributed import Client, Event, Future, KilledWorker
from distributed.deploy.subprocess import SubprocessCluster

from playground import embedded, worker
from playground.records import Result, Speed
from playground.settings import PROJECT

log = logging.getLogger(__name__)

# A network's weights go with each question to it, and may be large.
dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})

KILLED = (
    "The process that did this ended suddenly: it was killed, or the machine ran out of memory. "
    "Try again, perhaps with a smaller network or batch."
)
LOST = "The connection to the process that did this was lost. Try again."


class ClusterError(RuntimeError):
    """No worker can be had; the message says so in a sentence."""


class Cluster:
    """A connection to warm workers. For the engine's thread only."""

    def __init__(self, scheduler: str | None, on_event: Callable[[dict[str, Any]], None]) -> None:
        """Connect to ``scheduler``, or start a worker here. Raises ClusterError.

        ``on_event`` gets what the worker reports, on a thread of Dask's.
        """
        self._scheduler = scheduler
        self._embedded: Any = None
        self._client: Client | None = None
        try:
            if scheduler:
                self._client = Client(scheduler, timeout="10s", set_as_default=False)
            else:
                self._embedded = _embedded_cluster()
                self._client = Client(self._embedded, set_as_default=False)
            self._client.subscribe_topic(worker.TOPIC, lambda event: on_event(event[1]))
            self._client.wait_for_workers(1, timeout=60)
            if scheduler and not self._able():
                raise ClusterError(
                    f"No worker of {scheduler} may train. Start one in this folder with: "
                    f"dask worker {scheduler} --nworkers 1 --nthreads 2 --resources device=1"
                )
            warm = worker.WarmWorker(worker.WARM_UP)
            self._client.register_plugin(warm, name="playground-warm-up")
            kinds = self._client.run(worker.device_kind, worker.DEVICE_KIND)
            self.stacks = set(kinds.values()) == {"cpu"}
            """Whether runs may train together: how that fares elsewhere was not measured."""
        except ClusterError:
            self.close()
            raise
        except Exception as error:
            log.exception("No worker")
            self.close()
            where = f"the scheduler {scheduler}" if scheduler else "a worker process"
            raise ClusterError(
                f"Training is not possible: {where} could not be reached or made ready ({error})."
            ) from None

    @property
    def broken(self) -> bool:
        """Whether the scheduler, or the process that keeps our worker alive, has ended."""
        if self._client is None or self._client.status != "running":
            return True
        nannies = self._embedded.workers.values() if self._embedded else ()
        return any(
            nanny.process is None or nanny.process.returncode is not None for nanny in nannies
        )

    @property
    def devices(self) -> int:
        """How many runs can train at once: one for each worker."""
        return max(1, self._able()) if self._scheduler else 1

    def _able(self) -> int:
        """How many workers of the scheduler may train, by their resources."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return sum("device" in one["resources"] for one in workers)

    def train(
        self,
        runs: list[tuple[str, str]],
        data: Path,
        key: str,
        done: Callable[[Future], None],
    ) -> Future:
        """Train runs, each a config's canonical JSON and the run's key; ``done`` is called once all
        have ended, however they did. ``key`` is theirs in common."""
        future = self._client.submit(
            worker.work,
            *(worker.TRAIN, worker.TRAIN_TOGETHER, runs, str(data), key),
            key=key,
            resources={"device": 1},
            retries=0,
            pure=False,
        )
        future.add_done_callback(done)
        return future

    def measure(self, config: str, data: Path, key: str, done: Callable[[Future], None]) -> Future:
        """How fast a config's canonical JSON trains, on a device that no run has."""
        arguments = (worker.SPEED, config, str(data), key)
        future = self._client.submit(
            worker.measure, *arguments, key=key, resources={"device": 1}, retries=0, pure=False
        )
        future.add_done_callback(done)
        return future

    def fetch(self, data: Path, done: Callable[[Future], None]) -> Future:
        """Download CIFAR10 on the worker's machine, beside a run that is on."""
        future = self._client.submit(worker.fetch, worker.FETCH, str(data), retries=0, pure=False)
        future.add_done_callback(done)
        return future

    def predict(
        self,
        config: str,
        data: Path,
        weights: bytes,
        pixels: np.ndarray,
        fingerprint: str,
        done: Callable[[Future], None],
    ) -> Future:
        """What a trained network makes of pictures, beside a run that is on."""
        arguments = (worker.PREDICT, config, str(data), weights, pixels, fingerprint)
        future = self._client.submit(worker.predict, *arguments, retries=0, pure=False)
        future.add_done_callback(done)
        return future

    def stop(self, key: str) -> None:
        """Ask a run or a measuring to stop."""
        Event(key, client=self._client).set()

    def close(self) -> None:
        """End the connection, and the worker where it is ours."""
        for thing in (self._client, self._embedded):
            if thing is not None:
                try:
                    thing.close(timeout=10)
                except Exception:
                    log.exception("Closing %r failed", thing)


def result_of(future: Future) -> list[Result | str] | Speed | np.ndarray | str | None:
    """What runs, a measuring, a prediction or a download gave; a sentence where its worker ended
    without a word."""
    try:
        return future.result(timeout=60)
    except KilledWorker:
        return KILLED
    except Exception:  # whatever happened, the run must end with a word
        log.exception("%s ended without a result", future.key)
        return LOST
    finally:
        future.release()


_WORKERS_ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": 256 * 2**20,
    "MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": 256,
    "LRU_CACHE_CAPACITY": 128,
}
"""What the worker's process keeps: bytes of free memory, bytes up to which one request is served
from them, and shapes whose kernels oneDNN remembers, and torch's layer over it.

Dask has glibc give back all but 64 KB at once. Then every layer's numbers come in fresh pages, each
at the price of a fault: 354,000 in an epoch of article E's base over 1,600 images, which took twice
as long as with these sizes, where it has none (two CPU cores, batches of 128). A run gives back the
rest when it ends (``worker.work``). Of kernels 1,024 shapes each would be kept, and every run of a
new shape added 3 to 8 MB; one run needs some hundred.
"""


def _embedded_cluster() -> Any:
    # Its processes find this package wherever the app was started from, and know whose they are.
    paths = [str(PROJECT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
    os.environ[embedded.APP] = str(os.getpid())
    # In the environment of this process, as glibc has read it before Dask sets a worker's ``env``.
    for name, size in _WORKERS_ENVIRONMENT.items():
        os.environ.setdefault(name, str(size))
    return SubprocessCluster(
        n_workers=1,
        threads_per_worker=2,  # a run and, beside it, light work
        dashboard_address=None,
        scheduler_kwargs={
            "allowed_failures": 0,
            "dashboard": False,
            "preload": embedded.__name__,
        },
        worker_kwargs={
            "resources": {"device": 1},
            "local_directory": tempfile.gettempdir(),
            "dashboard": False,
            "preload_nanny": embedded.__name__,
            # Threads that wait must not spin while the pages need the processor.
            "env": {"OMP_WAIT_POLICY": "PASSIVE"},
        },
        shutdown_on_close=False,  # it ends itself, however the app ends
    )

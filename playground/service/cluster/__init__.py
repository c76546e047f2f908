"""The workers, through Dask: our own cluster of one, or those of a scheduler.

Importing this takes a quarter of a second, so the engine does it on its own thread, while the
cluster starts.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributed import Client, Event, Future, KilledWorker

from playground.errors import without_folders
from playground.results import StoredNetwork, TrainingRequest
from playground.service.cluster import certificates
from playground.service.own_cluster import OwnCluster
from playground.worker import tasks

log = logging.getLogger(__name__)

KILLED = (
    "The process that did this ended suddenly: it was killed, or the machine ran out of memory. "
    "Try again, perhaps with a smaller network or batch."
)
LOST = "The connection to the process that did this was lost. Try again."
_CHECK_CERTIFICATES = " Check that its certificates and the app's are signed by the same authority."
STARTING = 60.0
"""Seconds in which our own worker has to be there."""
LOOK_INTERVAL = 1.0
"""Seconds between two looks at which workers a scheduler has."""


class ClusterError(RuntimeError):
    """No worker can be had; the message says so in a sentence."""


class Cluster:
    """A connection to warm workers. For the engine's thread only."""

    def __init__(self, place: str | OwnCluster, on_event: Callable[[dict[str, Any]], None]) -> None:
        """Connect to a scheduler by its address, or to a cluster of our own, which is ended with
        this. Raises ClusterError.

        ``on_event`` gets what the worker reports, on a thread of Dask's.
        """
        scheduler = place if isinstance(place, str) else None
        self._scheduler = scheduler
        self._own_cluster = None if isinstance(place, str) else place
        self._client: Client | None = None
        self._kinds: dict[str, str] = {}
        """What computes on each warm worker that may train, by its address."""
        self._asked: dict[str, Future | None] = {}
        """Workers that joined later, by address, and what they will say; None if they could not
        be made ready."""
        self._look_at = 0.0
        try:
            if isinstance(place, str):
                if problem := certificates.problem(place):
                    raise ClusterError(problem)
                self._client = Client(place, timeout="10s", set_as_default=False)
            else:
                self._client = place.client(STARTING)
            self._client.subscribe_topic(tasks.TOPIC, lambda event: on_event(event[1]))
            able = self._able()
            if not able:
                raise ClusterError(
                    f"No worker of {scheduler} may train. Start one in this folder with: python -m "
                    f"dask worker {scheduler} --nworkers 1 --nthreads 2 --resources device=1"
                )
            warm = tasks.WarmWorker(tasks.WARM_UP)
            self._client.register_plugin(warm, name="playground-warm-up")
            self._kinds = self._client.run(
                tasks.device_kind, tasks.DEVICE_KIND, workers=sorted(able)
            )
        except ClusterError:
            self.close()
            raise
        except Exception as error:
            log.exception("No worker")
            self.close()
            # A sentence of Dask's has addresses of our own processes in it.
            lost = scheduler is None and isinstance(error, OSError) and type(error) is not OSError
            why = "the connection was lost" if lost else without_folders(str(error))
            where = f"the scheduler {scheduler}" if scheduler else "a worker process"
            raise ClusterError(
                f"Training is not possible: {where} could not be reached or made ready ({why})."
                + (_CHECK_CERTIFICATES if (scheduler or "").startswith("tls://") else "")
            ) from None

    @property
    def broken(self) -> bool:
        """Whether the scheduler, or the process that keeps our worker alive, has ended."""
        if self._client is None or self._client.status != "running":
            return True
        return self._own_cluster is not None and self._own_cluster.broken

    @property
    def devices(self) -> int:
        """How many runs can train at once: one for each warm worker."""
        if self._scheduler and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_INTERVAL
            self._meet(self._able())
        return len(self._kinds) if self._scheduler else 1

    @property
    def stacks(self) -> bool:
        """Whether runs may train together: they do so on CPUs only."""
        return set(self._kinds.values()) == {"cpu"}

    def _able(self) -> set[str]:
        """List the workers that may train, by their resources: a round trip to the scheduler."""
        # Not ``scheduler_info``: Dask overwrites that every two seconds, without the workers.
        assert self._client and self._client.scheduler
        found = self._client.sync(self._client.scheduler.identity, n_workers=-1)
        return {at for at, one in found["workers"].items() if "device" in one["resources"]}

    def _meet(self, able: set[str]) -> None:
        """Forget workers that left, and ask those that joined what computes there. They answer once
        they are warm, and count from the next look on."""
        for known in (self._kinds, self._asked):
            for address in known.keys() - able:
                del known[address]
        for address, future in list(self._asked.items()):
            if future is None or not future.done():
                continue
            if future.status == "finished":
                self._kinds[address] = future.result()
                del self._asked[address]
            else:
                self._asked[address] = None
                log.error("The worker %s could not be made ready", address)
        for address in able - self._kinds.keys() - self._asked.keys():
            self._asked[address] = self._submit(
                tasks.device_kind, tasks.DEVICE_KIND, workers=[address], retries=0, pure=False
            )

    def train(
        self,
        runs: list[TrainingRequest],
        data: Path,
        key: str,
        seconds: float | None,
        handover: Path | None,
        done: Callable[[Future], None],
    ) -> Future:
        """Train runs; ``done`` is called once all have ended, however they did. ``key`` is what
        they have in common; one that trains alone is stopped after so many ``seconds``. Our own
        worker leaves large weights in the folder ``handover``, if there is one."""
        left = str(handover) if self._own_cluster and handover else None

        def submit(attempt: str, done: Callable[[Future], None]) -> Future:
            future = self._submit(
                tasks.work,
                *(tasks.TRAIN, tasks.TRAIN_TOGETHER, runs, str(data), key, seconds, left),
                key=attempt,
                resources={"device": 1},
                retries=0,
                pure=False,
            )
            future.add_done_callback(done)
            return future

        def once_more(future: Future) -> None:
            if _killed_untried(future):
                try:
                    submit(f"{key}-again", done)
                    return
                except Exception:  # the client has closed
                    log.exception("%s could not be tried again", key)
            done(future)

        return submit(key, once_more if self._scheduler else done)

    def measure(self, config: str, data: Path, key: str, done: Callable[[Future], None]) -> Future:
        """Tell how fast a config's canonical JSON trains, on a device that no run has."""
        arguments = (tasks.SPEED, config, str(data), key)
        future = self._submit(
            tasks.measure, *arguments, key=key, resources={"device": 1}, retries=0, pure=False
        )
        future.add_done_callback(done)
        return future

    def fetch(self, kind: str, data: Path, done: Callable[[Future], None]) -> Future:
        """Download a data set on the worker's machine, beside a run that is on."""
        arguments = (tasks.FETCH, kind, str(data))
        future = self._submit(tasks.fetch, *arguments, retries=0, pure=False)
        future.add_done_callback(done)
        return future

    def ask(
        self,
        function: str,
        stored: StoredNetwork,
        data: Path,
        arguments: dict[str, Any],
        done: Callable[[Future], None],
        worker_at: str | None = None,
    ) -> Future:
        """Ask a stored network by the name of a function, beside a run that is on; on the worker
        ``worker_at`` that address, if one is named."""
        task = (tasks.ask, tasks.ANSWER, function, stored, str(data), arguments)
        return self._submit_light(done, worker_at, *task)

    def lend(
        self,
        stored: StoredNetwork,
        start: int,
        piece: bytes,
        worker_at: str,
        done: Callable[[Future], None],
    ) -> Future:
        """Send a piece of a network's weights to a worker that cannot read the store."""
        return self._submit_light(done, worker_at, tasks.lend, tasks.LEND, stored, start, piece)

    def _submit(self, *task: Any, **how: Any) -> Future:
        assert self._client
        return self._client.submit(*task, **how)

    def _submit_light(
        self, done: Callable[[Future], None], worker_at: str | None, *task: Any
    ) -> Future:
        """Have light work done, on the worker at this address as long as it is there."""
        future = self._submit(
            *task,
            workers=[worker_at] if worker_at else None,
            allow_other_workers=worker_at is not None,
            retries=0,
            pure=False,
        )
        future.add_done_callback(done)
        return future

    def stop(self, key: str) -> None:
        """Ask a run or a measuring to stop."""
        Event(key, client=self._client).set()

    def end_workers(self) -> bool:
        """End our own worker's process, which another takes the place of; False if the workers
        are a scheduler's."""
        if self._own_cluster is not None:
            self._own_cluster.end_workers()
        return self._own_cluster is not None

    def close(self) -> None:
        """End the connection, and the worker if it is ours."""
        broken = self.broken
        try:
            if self._client is not None:
                self._client.close(timeout=1 if broken else 10)  # what has ended answers no goodbye
        except Exception:
            if not broken:
                log.exception("Closing the connection failed")
        finally:
            if self._own_cluster is not None:
                self._own_cluster.close()


def _killed_untried(future: Future) -> bool:
    """Tell whether the worker ended suddenly, and Dask did not try another one by itself: how often
    it does is a setting of the scheduler."""
    if future.status != "error":
        return False
    error = future.exception()
    return isinstance(error, KilledWorker) and error.allowed_failures == 0


def result_of(future: Future) -> Any:
    """Take what runs, a measuring, a question or a download gave; a sentence if its worker ended
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

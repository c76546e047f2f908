"""Our own cluster: a scheduler, a nanny and one worker, as processes that end with the app.

They listen on 127.0.0.1 and speak TLS with a certificate of their own, as whoever is let in can run
code with the user's rights, and other users of the machine reach that address too.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
from distributed import Client, Security
from distributed.deploy.spec import SpecCluster
from distributed.deploy.subprocess import SubprocessCluster

from playground.environment import PROJECT
from playground.service.cluster import certificates
from playground.worker import startup

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
as long as with these sizes, with which it has none (two CPU cores, batches of 128). A run gives
back the rest when it ends (``tasks.work``). Of kernels 1,024 shapes each would be kept, and every
run of a new shape added 3 to 8 MB; one run needs some hundred.
"""

_NO_PAGES = {
    "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": "[]",
    "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": "[]",
}
"""Dask's processes answer HTTP too, without TLS: so they have nothing to say there."""


class OwnCluster:
    """The processes, and the folder of what they share; both go with ``close``."""

    def __init__(self) -> None:
        # Its processes find this package wherever the app was started from, and know whose they
        # are.
        paths = [str(PROJECT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
        os.environ[startup.APP] = str(os.getpid())
        # In the environment of this process, as glibc has read it before Dask sets a worker's
        # ``env``.
        for name, value in (_WORKERS_ENVIRONMENT | _NO_PAGES).items():
            os.environ.setdefault(name, str(value))
        # Only this user may enter it. If the app is killed, ``startup`` removes it.
        self._folder = tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True)
        try:
            security = certificates.temporary(Path(self._folder.name))
            self._cluster = _start(self._folder.name, security)
        except BaseException:
            self._folder.cleanup()
            raise

    def client(self) -> Client:
        """Open a new connection to it."""
        return Client(self._cluster, set_as_default=False)

    @property
    def broken(self) -> bool:
        """Whether the process that keeps the worker alive has ended."""
        nannies = self._cluster.workers.values()
        return any(
            nanny.process is None or nanny.process.returncode is not None for nanny in nannies
        )

    def end_workers(self) -> None:
        """End the workers' processes, whatever they do; their nannies start others."""
        for nanny in self._cluster.workers.values():
            with suppress(psutil.Error):
                for child in psutil.Process(nanny.process.pid).children():
                    child.kill()

    def close(self, timeout: float) -> None:
        """End the processes, and remove their folder."""
        processes = [self._cluster.scheduler, *self._cluster.workers.values()]
        try:
            self._cluster.close(timeout=timeout)
        finally:
            for one in processes:  # those that did not end in that time
                process = getattr(one, "process", None)
                if process is not None and process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
            self._folder.cleanup()


def _start(folder: str, security: dict) -> SpecCluster:
    return SubprocessCluster(
        host="127.0.0.1",
        n_workers=1,
        threads_per_worker=2,  # a run and, beside it, light work
        dashboard_address=None,  # pyrefly: ignore[bad-argument-type]  # Dask's own default elsewhere
        security=Security(**security),  # the app's; the processes get theirs below
        scheduler_kwargs={
            "protocol": "tls://",
            "security": security,
            "scheduler_file": str(Path(folder, "scheduler.json")),
            "allowed_failures": 0,
            "dashboard": False,
            "preload": startup.__name__,
        },
        worker_kwargs={
            "security": security,
            "resources": {"device": 1},
            "local_directory": folder,
            "dashboard": False,
            "preload_nanny": startup.__name__,
            # Threads that wait must not spin while the pages need the processor. The data folder is
            # the one the app names, also if the app's own variable names another.
            "env": {"OMP_WAIT_POLICY": "PASSIVE", "PLAYGROUND_DATA": ""},
        },
        shutdown_on_close=False,  # it ends itself, however the app ends
    )

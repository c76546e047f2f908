"""Our own cluster as the app holds it: a process that ends with the app, and its folder.

Importing this takes no time, and the process needs seconds to start: so it can be begun before Dask
is imported here.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from playground.environment import PROJECT
from playground.worker import certificate, own_cluster

if TYPE_CHECKING:
    from distributed import Client, Security

_ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": 256 * 2**20,
    "MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": 256,
    "LRU_CACHE_CAPACITY": 128,
    # As Dask has them for a worker, which is too late for one that is forked.
    "OMP_WAIT_POLICY": "PASSIVE",
    "OMP_NUM_THREADS": 1,
    "MKL_NUM_THREADS": 1,
    "OPENBLAS_NUM_THREADS": 1,
    # That the app's end leaves some to remove is no news.
    "PYTHONWARNINGS": "ignore:resource_tracker",
}
"""What the worker's process keeps: bytes of free memory, bytes up to which one request is served
from them, and shapes whose kernels oneDNN remembers, and torch's layer over it.

Dask has glibc give back all but 64 KB at once. Then every layer's numbers come in fresh pages, each
at the price of a fault: 354,000 in an epoch of article E's base over 1,600 images, which took twice
as long as with these sizes, with which it has none (two CPU cores, batches of 128). A run gives
back the rest when it ends (``tasks.work``). Of kernels 1,024 shapes each would be kept, and every
run of a new shape added 3 to 8 MB; one run needs some hundred.
"""
_LOOK_INTERVAL = 0.02
_PATIENCE = 2.0
"""Seconds in which the process has to end by itself."""
_TRACKER = "resource_tracker"
"""What removes the semaphores of Python's processes that are gone; it ends after them."""


class OwnCluster:
    """The process, and the folder of what it shares with the app; both go with ``close``."""

    def __init__(self) -> None:
        """Begin it; ``client`` waits for it."""
        # Only this user may enter it. If the app is killed, the process removes it.
        self._folder = tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True)
        # It finds this package wherever the app was started from.
        paths = [str(PROJECT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        usual = {name: str(value) for name, value in _ENVIRONMENT.items()} | os.environ
        try:
            self._process = psutil.Popen(
                [sys.executable, "-m", own_cluster.__name__, self._folder.name],
                stdin=subprocess.PIPE,
                env=usual | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, paths)))},
            )
        except BaseException:
            self._folder.cleanup()
            raise

    def client(self, timeout: float) -> "Client":
        """Open a new connection to it, when it is there. Raises OSError if it is not after so many
        seconds."""
        from distributed import Client

        address = Path(self._folder.name, "scheduler.json")
        late = time.monotonic() + timeout
        while not address.exists():
            if self.broken or time.monotonic() > late:
                raise OSError("its process did not start")
            time.sleep(_LOOK_INTERVAL)
        return Client(scheduler_file=str(address), security=self.security, set_as_default=False)

    @property
    def security(self) -> "Security":
        """What lets one in."""
        from distributed import Security

        return Security(**certificate.of(Path(self._folder.name)))

    @property
    def broken(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    def end_workers(self) -> None:
        """End the worker's process, whatever it does; another takes its place."""
        assert self._process.stdin
        with suppress(BrokenPipeError):
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End the process with all below it, and remove its folder."""
        below: list[psutil.Process] = []
        with suppress(psutil.Error):
            below = self._process.children(recursive=True)
        assert self._process.stdin
        self._process.stdin.close()  # by which it ends
        try:
            self._process.wait(_PATIENCE)
        except psutil.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for one in below:
            with suppress(psutil.Error):
                if _TRACKER not in " ".join(one.cmdline()):
                    one.kill()
        self._folder.cleanup()

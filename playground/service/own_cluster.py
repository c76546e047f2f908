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
    # Threads that wait must not spin while the pages need the processor.
    "OMP_WAIT_POLICY": "PASSIVE",
    # As Dask sets them for a worker, which is too late for one that is forked.
    "OMP_NUM_THREADS": 1,
    "MKL_NUM_THREADS": 1,
    "OPENBLAS_NUM_THREADS": 1,
}
"""What the process begins with, unless the user's environment says otherwise. The first four are
what the worker keeps: bytes of free memory, bytes up to which one request is served from them, and
shapes whose kernels oneDNN remembers, and torch's layer over it.

Dask has glibc give back all but 64 KB at once. Then every layer's numbers come in fresh pages, each
at the price of a fault: 354,000 in an epoch of article E's base over 1,600 images, which took twice
as long as with these sizes, with which it has none (two CPU cores, batches of 128). A run gives
back the rest when it ends (``tasks.work``). Of kernels 1,024 shapes each would be kept, and every
run of a new shape added 3 to 8 MB; one run needs some hundred.
"""
_LOOK_INTERVAL = 0.02
_PATIENCE = 2.0
"""Seconds in which the process has to end by itself, and what was killed."""
_TRACKER = "multiprocessing.resource_tracker import"
"""What removes the semaphores of Python's processes that are gone, and ends after them. How many it
finds is no news to the user."""


class OwnCluster:
    """The process, and the folder of what it shares with the app; both go with ``close``."""

    def __init__(self) -> None:
        """Begin it; ``client`` waits for it. Raises OSError."""
        # Only this user may enter it. If the app is killed, the process removes it.
        self._folder = tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True)
        usual = {name: str(value) for name, value in _ENVIRONMENT.items()} | os.environ
        # It finds this package wherever the app was started from, and no other there (-P); and it
        # leaves nothing elsewhere.
        paths = [str(PROJECT), *usual.get("PYTHONPATH", "").split(os.pathsep)]
        warnings = [usual.get("PYTHONWARNINGS", ""), "ignore:resource_tracker"]
        ours = {
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, paths))),
            "PYTHONWARNINGS": ",".join(filter(None, warnings)),
            "TMPDIR": self._folder.name,
        }
        try:
            self._process = psutil.Popen(
                [sys.executable, "-P", "-m", own_cluster.__name__, self._folder.name],
                stdin=subprocess.PIPE, bufsize=0, env=usual | ours,
            )  # fmt: skip
        except BaseException:
            self._folder.cleanup()
            raise

    def client(self, timeout: float) -> "Client":
        """Open a new connection to it, when a worker is there. Raises OSError if none is after so
        many seconds."""
        from distributed import Client

        address = Path(self._folder.name, own_cluster.ADDRESS)
        late = time.monotonic() + timeout
        while not address.exists():
            if self.broken:
                raise OSError("its process ended, and the log says why")
            if time.monotonic() > late:
                raise OSError(f"it was not there after {timeout:g} s")
            time.sleep(_LOOK_INTERVAL)
        where = address.read_text()
        return Client(where, security=self.security, timeout="10s", set_as_default=False)

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
        with suppress(OSError):
            self._process.stdin.write(b"\n")

    def close(self) -> None:
        """End the process with all below it, and remove its folder."""
        below: list[psutil.Process] = []
        with suppress(psutil.Error):
            below = self._process.children(recursive=True)
        try:
            assert self._process.stdin
            with suppress(OSError):
                self._process.stdin.close()  # by which it ends
            with suppress(psutil.TimeoutExpired):
                self._process.wait(_PATIENCE)
            left = [one for one in (self._process, *below) if _lives(one)]
            for one in left:
                with suppress(psutil.Error):
                    one.kill()
            late = time.monotonic() + _PATIENCE
            while any(map(_lives, left)) and time.monotonic() < late:
                time.sleep(_LOOK_INTERVAL)
        finally:
            self._folder.cleanup()


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process is to be ended and has not."""
    try:  # in a container whose first process reaps nobody, the ended stay as zombies
        ended = not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        return not ended and _TRACKER not in " ".join(process.cmdline())
    except psutil.Error:
        return False

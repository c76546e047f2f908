"""The process of the app's own cluster: Dask's scheduler, and a nanny that keeps one worker alive.

``python -m playground.worker.own_cluster FOLDER``. In the folder, which only this user may enter,
it leaves the cluster's certificate and, once a worker is there, the scheduler's address. It ends
with its standard input, which the app holds open: so it ends whenever and however the app does,
also by ``kill -9``. A line there ends the worker, whatever it does; the nanny starts another.

They listen on 127.0.0.1 and speak TLS with a certificate of their own, as whoever is let in can run
code with the user's rights, and other users of the machine reach that address too.
"""

import asyncio
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from playground.worker import certificate

_LONGEST_WITHOUT = 60.0
"""Seconds without a worker after which the process ends."""
ADDRESS = "address"
"""The file with the scheduler's address."""
_IMPORTED = ["torch._dynamo", "distributed", "playground.training"]
"""What every worker needs. A first optimizer's step would import the first, torch's compiler."""
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""What Linux names a GPU's driver: of NVIDIA, of AMD, and in Windows' own Linux."""


def main(folder: Path) -> None:
    """Serve until standard input ends."""
    enders: list[Callable[[], object]] = []
    threading.Thread(target=_obey, args=(enders, folder), daemon=True).start()
    # What a terminal sends reaches the app too, at whose end this process has to tidy up; nor may
    # what removes its semaphores end sooner.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    # By a handler, which is not passed on as the others are: workers are to end by it.
    signal.signal(signal.SIGTERM, lambda *_: None)
    method = _start_method()
    if method == "forkserver":
        # Imports while Dask starts here; and a worker that has to be replaced is there at once.
        multiprocessing.set_forkserver_preload(_IMPORTED)
        try:
            forkserver.ensure_running()
        except OSError:  # the path of its socket is too long, for one
            method = "spawn"
    asyncio.run(_serve(folder, method, enders))


def _obey(enders: list[Callable[[], object]], folder: Path) -> None:
    """End the worker at each line of standard input, and everything at its end."""
    try:
        while sys.stdin.readline():
            for end_worker in enders:
                end_worker()
    finally:
        for _ in range(20):  # something may just be written there
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.05)
        os._exit(0)  # a worker ends with its nanny by itself


def _start_method() -> str:
    """Choose how workers are made: a GPU's driver does not survive a fork, nor what macOS has."""
    forks = sys.platform == "linux" and not any(map(os.path.exists, _GPU_DEVICES))
    return "forkserver" if forks else "spawn"


async def _serve(folder: Path, method: str, enders: list[Callable[[], object]]) -> None:
    security = certificate.make(folder)
    # Here, as it takes a while, in which the other process imports torch.
    import dask
    from distributed import Nanny, Scheduler, Security, utils

    # Dask (2026.8) would have all that it may work with imported there: pandas, and here too.
    utils._forkserver_preload_set = True
    logging.getLogger("distributed").setLevel(logging.WARNING)
    dask.config.set(
        {
            "distributed.worker.multiprocessing-method": method,
            # Dask answers HTTP too, without TLS: so it has nothing to say there.
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
        }
    )
    common = {"host": "127.0.0.1", "dashboard": False, "security": Security(**security)}
    async with (
        Scheduler(
            protocol="tls://", allowed_failures=0, dashboard_address="127.0.0.1:0", **common
        ) as scheduler,
        Nanny(
            scheduler.address,
            nthreads=2,  # a run and, beside it, light work
            resources={"device": 1},
            memory_limit=1.0,  # all of the machine's
            local_directory=str(folder),
            silence_logs="WARNING",
            preload=[__spec__.name],
            # The data folder is the one the app names, also if its own variable names another.
            env={"PLAYGROUND_DATA": ""},
            **common,
        ) as nanny,
    ):
        loop = asyncio.get_running_loop()

        def end_worker() -> None:
            if pid := nanny.pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        enders.append(lambda: loop.call_soon_threadsafe(end_worker))
        # Whole or not at all: the app looks for it.
        (folder / "unnamed").write_text(scheduler.address)
        (folder / "unnamed").rename(folder / ADDRESS)
        ends = (nanny.finished(), _none_for_long(scheduler))
        await asyncio.wait(map(asyncio.ensure_future, ends), return_when=asyncio.FIRST_COMPLETED)
        os._exit(1)


async def _none_for_long(scheduler: Any) -> None:
    """Return when there was no worker for long, as where each one ends at once: the app then starts
    all anew, and tells if that fails."""
    since = time.monotonic()
    while time.monotonic() - since < _LONGEST_WITHOUT:
        await asyncio.sleep(1)
        if scheduler.workers:
            since = time.monotonic()


def dask_setup(_worker: Any) -> None:
    """Give the worker a lower priority than the pages have: Dask calls this in its process."""
    os.nice(10)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

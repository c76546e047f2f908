"""Ends a process of the embedded cluster when the app is gone, however and whenever it ended.

Preloaded by Dask's scheduler and nanny (a worker ends with its nanny by itself). Without it, an app
ended by ``kill -9``, or in the second in which the cluster starts, leaves its processes behind.
"""

import os
import threading
import time

APP = "PLAYGROUND_APP_PROCESS"
"""The environment variable that names the app's process to the processes it starts."""


def dask_setup(_server: object) -> None:
    """What Dask calls in the process that is to be ended."""
    app = int(os.environ[APP])
    threading.Thread(target=_watch, args=(app,), name="lifeline", daemon=True).start()


def _watch(app: int) -> None:
    while os.getppid() == app:
        time.sleep(0.5)
    os._exit(1)

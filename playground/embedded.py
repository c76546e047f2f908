"""What runs first in the processes of the embedded cluster: Dask's scheduler and nanny.

It ends them when the app is gone, however and whenever the app ended: without this, an app ended by
``kill -9``, or in the second in which the cluster starts, leaves its processes behind. And it gives
the nanny, with the worker below it, a lower priority than the pages have.
"""

import os
import threading
import time

APP = "PLAYGROUND_APP_PROCESS"
"""The environment variable that names the app's process to the processes it starts."""


def dask_setup(server: object) -> None:
    """What Dask calls in a process that preloads this module."""
    app = int(os.environ[APP])
    threading.Thread(target=_end_with, args=(app,), name="end with the app", daemon=True).start()
    if type(server).__name__ == "Nanny":
        os.nice(10)


def _end_with(app: int) -> None:
    while os.getppid() == app:
        time.sleep(0.5)
    os._exit(1)  # a worker ends with its nanny by itself

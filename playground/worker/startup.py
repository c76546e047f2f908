"""What runs first in the processes of the own cluster: Dask's scheduler and nanny.

It ends them when the app is gone, however and whenever the app ended: without this, an app ended by
``kill -9``, or in the second in which the cluster starts, leaves its processes behind, and the
folder of their certificate. And it gives the nanny, with the worker below it, a lower priority than
the pages have.
"""

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

APP = "PLAYGROUND_APP_PROCESS"
"""The environment variable that names the app's process to the processes it starts."""


def dask_setup(server: Any) -> None:
    """Set up a process: Dask calls this when it preloads the module."""
    ends = (int(os.environ[APP]), Path(server.security.tls_ca_file).parent)
    threading.Thread(target=_end_with, args=ends, name="end with the app", daemon=True).start()
    if type(server).__name__ == "Nanny":
        os.nice(10)


def _end_with(app: int, folder: Path) -> None:
    while os.getppid() == app:
        time.sleep(0.5)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)  # a worker ends with its nanny by itself

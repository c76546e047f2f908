"""A command that the app runs in a process of its own, as its pages ask for what it makes."""

import os
import threading
import time

from playground.worker import startup


def follow_app() -> bool:
    """Run behind the app's pages, and no longer than it lives, if the app started this process.

    Gives whether that is so.
    """
    app = os.getppid()
    if os.environ.get(startup.APP) != str(app):  # what the app started may start a command too
        return False
    os.nice(10)
    threading.Thread(target=_end_with, args=(app,), name="end with the app", daemon=True).start()
    return True


def _end_with(app: int) -> None:
    while os.getppid() == app:
        time.sleep(0.5)
    os._exit(1)

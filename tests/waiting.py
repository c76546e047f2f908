"""Waiting for something to become true, with an end."""

import time
from collections.abc import Callable


def wait(what: Callable[[], object], seconds: float = 120) -> None:
    """Look again and again until ``what`` is true; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)

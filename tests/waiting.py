"""Waiting for something to become true, or for a coroutine, with an end."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def wait(what: Callable[[], object], seconds: float = 300) -> None:
    """Look again and again until ``what`` is true; fail after ``seconds``.

    A look that takes long, as at many runs of a store, is taken less often: those who are waited
    for need the processor.
    """
    end = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        if what():
            return
        assert began < end, "waited too long"
        time.sleep(min(max(0.01, time.monotonic() - began), 0.1))


def result_of(coroutine: Coroutine[Any, Any, Any], seconds: float = 60) -> Any:
    """What a coroutine gives, run on a thread of its own: Playwright keeps a loop on the tests'."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, asyncio.wait_for(coroutine, seconds)).result()

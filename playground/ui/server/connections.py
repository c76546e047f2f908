"""Connections: how many there may be, and how long one may be open and ask nothing."""

import asyncio
import contextlib
import resource
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

SECONDS = 30.0
"""After which a connection that asks nothing is closed."""
SHORTEST = 3.0
"""Seconds that each has, however many there are: a browser asks at once."""
MAX_SILENT = 100
"""Later connections, after which it has no more."""
_OF_A_WEBSOCKET = 4
"""Files that Streamlit (1.67) opens for each."""
_OTHERS = 640
"""Files kept for what else the app opens, and for the 128 sessions that Streamlit remembers."""


def raise_limit() -> None:
    """Let this process have as many files and connections open as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS says that there is no limit, and takes no more than this.
    most = 10_240 if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def most_websockets() -> int:
    """Return how many may be open, so that files are left for those who are there."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 10**6 if soft == resource.RLIM_INFINITY else soft
    return max(most - _OTHERS, 128) // _OF_A_WEBSOCKET


class LatestConnections:
    """The latest connections. Where many come, those before them are to have asked by now."""

    def __init__(self) -> None:
        self._latest: deque[tuple[float, Callable[[], None]]] = deque()

    def add(self, hurry: Callable[[], None]) -> None:
        """Enter a connection; ``hurry`` closes it if it has asked nothing."""
        now = time.monotonic()
        self._latest.append((now, hurry))
        while len(self._latest) > MAX_SILENT and self._latest[0][0] < now - SHORTEST:
            self._latest.popleft()[1]()


def close_silent_connections() -> None:
    """Close from now on HTTP connections on which no request comes, or only a part of one.

    uvicorn (0.54) closes what stays open after an answer, not what never asks.
    """
    made = AutoHTTPProtocol.connection_made
    newcomers = LatestConnections()

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)
        newcomers.add(lambda: _close_if_idle(self, transport, None))
        _look_later(self, transport, None)

    AutoHTTPProtocol.connection_made = connection_made  # type: ignore[method-assign]


def _look_later(protocol: Any, transport: asyncio.Transport, known: Any) -> None:
    """Close a connection unless a request comes after the ``known`` one, or that is still on."""

    def look() -> None:
        _close_if_idle(protocol, transport, known)
        if _takes_requests(protocol, transport):
            _look_later(protocol, transport, protocol.cycle)

    asyncio.get_running_loop().call_later(SECONDS, look)


def _close_if_idle(protocol: Any, transport: asyncio.Transport, known: Any) -> None:
    """Close a connection whose last request is the ``known`` one, and answered."""
    now = protocol.cycle
    answered = now is None or now.response_complete
    if answered and now is known and _takes_requests(protocol, transport):
        transport.close()


def _takes_requests(protocol: Any, transport: asyncio.Transport) -> bool:
    return not transport.is_closing() and transport.get_protocol() is protocol  # else a websocket

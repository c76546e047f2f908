"""What a browser may say to the app over its websocket, and how long it may say nothing."""

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg

from playground.ui.server import connections

log = logging.getLogger(__name__)

PASSED = {
    "rerun_script",
    "stop_script",
    "file_urls_request",
    "app_heartbeat",
    "backend_operation_request.deferred_file",
    "backend_operation_request.dataframe_chunk",
}
"""What the pages need. Streamlit (1.67) would also let anyone clear everyone's caches, read what
git says of this folder, and write files into it that instruct coding assistants."""


MAX_BYTES = 2**19
"""Of a message; the largest of ours, a drawing, has some ten thousand. Streamlit (1.67) takes ten
megabytes, keeps them with the session, and if a value is none that a list offers, the fault that
is logged repeats them while nobody else is answered."""


class Messages:
    """Passes on what the pages need, and closes a websocket that never asks for a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = 0
        self._newest: dict[str, _Heard] = {}  # by the session that its browser comes back to
        self._newcomers = connections.LatestConnections()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        heard = _Heard(receive, send)
        self._newcomers.add(heard.hurry)
        if self._open >= connections.most_websockets():
            log.warning("%s websockets are open: another one was refused", self._open)
            await send({"type": "websocket.close", "code": 1013, "reason": "Try again later"})
            return
        if _is_of_another_port(scope):
            await send({"type": "websocket.close", "code": 1008, "reason": "Another origin"})
            return
        named = _named(scope)
        self._newest[named] = heard
        heard.is_back = lambda: self._newest.get(named) is heard and _is_session(named)
        self._open += 1
        try:
            await self._app(scope, heard.receive, send)
        finally:
            self._open -= 1
            if self._newest.get(named) is heard:
                del self._newest[named]


class _Heard:
    """What is heard over one websocket."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self.is_back: Callable[[], bool] = lambda: False
        """Whether a page came back, whose connection was lost: it need not say anything."""
        self._until: float | None = asyncio.get_running_loop().time() + connections.SECONDS
        self._wait: asyncio.Timeout | None = None

    def hurry(self) -> None:
        """Wait no longer for a first word."""
        if self._until is not None:
            self._until = 0.0
            if self._wait:
                self._wait.reschedule(0.0)

    async def receive(self) -> Message:
        """Return the next message that the app is to have."""
        while True:
            try:
                async with asyncio.timeout_at(self._until) as self._wait:
                    message = await self._receive()
            except TimeoutError:
                if not self.is_back():
                    await self._send({"type": "websocket.close", "code": 1008, "reason": "Silent"})
                    return {"type": "websocket.disconnect", "code": 1008}
                self._until = None
                continue
            finally:
                self._wait = None
            if len(message.get("bytes") or "") > MAX_BYTES:
                log.warning("A browser sent %s bytes at once", len(message["bytes"]))
                await self._send({"type": "websocket.close", "code": 1009, "reason": "Too large"})
                return {"type": "websocket.disconnect", "code": 1009}
            kind = _kind(message["bytes"]) if message.get("bytes") else None
            if kind == "rerun_script":
                self._until = None
            if kind is None or kind in PASSED:
                return message
            log.warning("A browser sent %s, which is not answered", kind or "nothing")


_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1")


def _is_of_another_port(scope: Scope) -> bool:
    """Tell whether the page is one of another service on the same host: Streamlit (1.67) compares
    the names of hosts only, and cookies know no port."""
    headers = dict(scope["headers"])
    try:
        page = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
        here = urlsplit("//" + headers.get(b"host", b"").decode("latin-1"))
        ports = page.port or {"http": 80, "https": 443}.get(page.scheme), here.port
    except ValueError:
        return True
    same = page.hostname == here.hostname or {page.hostname, here.hostname} <= set(_LOCAL)
    # A proxy may leave the port out.
    return same and None not in ports and ports[0] != ports[1]


def _named(scope: Scope) -> str:
    """Return the session that a browser wants to come back to; empty if it names none."""
    headers = dict(scope["headers"])
    parts = headers.get(b"sec-websocket-protocol", b"").decode("latin-1").split(",")
    return parts[2].strip() if len(parts) > 2 else ""


def _is_session(name: str) -> bool:
    return bool(name) and runtime.get_instance().is_active_session(name)


def _kind(data: bytes) -> str | None:
    """Return what a message asks for; None if it is no message, at which Streamlit hangs up."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type") or ""
    if kind == "backend_operation_request":
        kind += f".{message.backend_operation_request.WhichOneof('payload')}"
    return kind

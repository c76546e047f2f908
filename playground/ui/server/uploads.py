"""How much of what is uploaded the app holds, of one session and of all."""

import asyncio
import contextlib
import re
from collections import Counter

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

OF_A_SESSION = 20 * 2**20
"""Bytes."""
OF_ALL = 32 * 2**20
WAITS = 20.0
"""Seconds that an upload waits for room, before it is refused: a class may upload all at once."""
COMES = 120.0
"""Seconds in which a file must have come."""
UNCLAIMED = 60.0
"""Seconds after which a file is dropped that no page took up (``state.take_up``)."""
_PATH = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")


class Uploads:
    """Takes a file only if there is room for it, and drops what no page takes up.

    Streamlit (1.67) takes any number of files from a session, whatever is on its page, and holds
    them until two minutes after it has gone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: Counter[str] = Counter()  # session -> bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _PATH.search(scope.get("path", "")) if scope.get("method") == "PUT" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        session, file = found.groups()
        size = _declared(scope)
        clock = asyncio.get_running_loop()
        until = clock.time() + COMES

        async def in_time() -> Message:
            try:
                async with asyncio.timeout_at(until):
                    return await receive()
            except TimeoutError:
                raise HTTPException(408, "This file takes too long to come.") from None

        waits = clock.time() + WAITS
        while True:
            if self._coming[session] + _held(session) + size > OF_A_SESSION:
                await _refuse(429, "These are too many files at once.", scope, in_time, send)
                return
            if self._coming.total() + sum(map(_held, list(_files()))) + size <= OF_ALL:
                break
            if clock.time() > waits:
                sentence = "Too many files are uploaded just now: try again in a minute."
                await _refuse(503, sentence, scope, in_time, send)
                return
            await asyncio.sleep(0.1)
        self._coming[session] += size
        try:
            await self._app(scope, in_time, send)
        finally:
            self._coming[session] -= size
            self._coming += Counter()  # without those at zero
        if held := _files().get(session, {}).get(file):
            clock.call_later(UNCLAIMED, _drop, session, held)


def _files() -> dict[str, dict[str, UploadedFileRec]]:
    """Return what Streamlit holds: session -> file -> its record."""
    return runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]


def _held(session: str) -> int:
    return sum(_weight(len(file.data)) for file in list(_files().get(session, {}).values()))


def _weight(size: int) -> int:
    """Return what a file of so many bytes counts: many small ones take memory too."""
    return max(size, 2**16)


def _declared(scope: Scope) -> int:
    """Return how long a request says that it is; the most that is taken if it does not."""
    headers = dict(scope["headers"])
    most = (config.get_option("server.maxUploadSize") + 1) * 2**20
    length = headers.get(b"content-length", b"")
    return _weight(min(int(length), most) if length.isdigit() else most)


def _drop(session: str, file: UploadedFileRec) -> None:
    """Drop a file that no page took up: of one that it did, there is another record."""
    if _files().get(session, {}).get(file.file_id) is file:
        # pyrefly: ignore[missing-attribute]  # its protocol has it, the class it names does not
        runtime.get_instance().uploaded_file_mgr.remove_file(session, file.file_id)


async def _refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer once the file has come, and is nowhere: a browser that still sends hears nothing."""
    with contextlib.suppress(ClientDisconnect, HTTPException):
        async for _ in Request(scope, receive).stream():
            pass
    await PlainTextResponse(sentence, status)(scope, receive, send)

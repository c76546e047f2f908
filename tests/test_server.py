"""What stands between Streamlit's server and a browser: messages, silence, connections."""

import asyncio
import contextlib
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import uvicorn
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from playground.ui.server import connections, messages
from tests.waiting import result_of, wait


def message(kind: str, payload: str = "") -> bytes:
    """What a browser sends to ask for that."""
    sent = BackMsg()
    if payload:
        getattr(getattr(sent, kind), payload).SetInParent()
    elif kind in ("rerun_script", "file_urls_request"):
        getattr(sent, kind).SetInParent()
    else:
        setattr(sent, kind, True)
    return sent.SerializeToString()


RERUN = message("rerun_script")


class Socket:
    """A browser's websocket, and what Streamlit hears over it."""

    def __init__(self, door: messages.Messages, *said: bytes, session: str = "") -> None:
        self.heard: list[bytes] = []
        self.closed: list[int] = []
        self._said: asyncio.Queue[dict] = asyncio.Queue()
        for data in said:
            self._said.put_nowait({"type": "websocket.receive", "bytes": data})
        protocols = f"streamlit, token, {session}".encode()
        scope = {"type": "websocket", "headers": [(b"sec-websocket-protocol", protocols)]}
        scope["talks"] = self
        self.over = asyncio.ensure_future(door(scope, self._said.get, self._send))

    def leave(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect"})

    async def _send(self, sent: dict) -> None:
        assert sent["type"] == "websocket.close"
        self.closed.append(sent["code"])


def new_door() -> messages.Messages:
    async def streamlit(scope, receive, _send):
        while (one := await receive())["type"] != "websocket.disconnect":
            scope["talks"].heard.append(one["bytes"])

    return messages.Messages(streamlit)


def test_what_two_threads_may_not_import_at_once_is_imported_while_there_is_one():
    """See playground/ui/server."""
    code = "import sys, threading, streamlit_app; print(*sys.modules, threading.active_count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *modules, threads = done.stdout.split()
    assert {"pyarrow", "narwhals.stable.v1"} <= set(modules) and threads == "1"


def test_only_what_the_pages_need_reaches_streamlit():
    needed = [
        RERUN,
        message("stop_script"),
        message("file_urls_request"),
        message("app_heartbeat"),
        message("backend_operation_request", "deferred_file"),
        message("backend_operation_request", "dataframe_chunk"),
        b"\xff no message",  # at which Streamlit hangs up
    ]
    others = [
        message("clear_cache"),
        message("load_git_info"),
        message("set_run_on_save"),
        message("debug_shutdown_runtime"),
        message("debug_disconnect_websocket"),
        message("backend_operation_request", "install_skills"),
        message("backend_operation_request", "dismiss_skills_nudge"),
        RERUN + message("clear_cache"),  # it asks for the last of them
        message("clear_cache") + b"\xba\x3e\x01x",  # with a field that Streamlit does not know
    ]
    kinds = {field.name for field in BackMsg.DESCRIPTOR.fields}
    known = {name.partition(".")[0] for name in messages.PASSED}
    assert known < kinds and len(kinds) == 10, "another Streamlit: what may pass?"

    async def talk() -> list[bytes]:
        browser = Socket(new_door(), *others, *needed, *others)
        browser.leave()
        await browser.over
        return browser.heard

    assert result_of(talk()) == needed


def test_a_message_larger_than_any_page_sends_ends_its_connection():
    long = BackMsg()
    long.rerun_script.query_string = "x" * messages.MAX_BYTES

    async def talk() -> Socket:
        browser = Socket(new_door(), RERUN, long.SerializeToString(), RERUN)
        await browser.over
        return browser

    browser = result_of(talk())
    assert browser.heard == [RERUN] and browser.closed == [1009]


def test_a_websocket_that_never_asks_for_a_page_is_closed(monkeypatch):
    monkeypatch.setattr(connections, "SECONDS", 0.05)
    known = SimpleNamespace(is_active_session=lambda name: name == "mine")
    monkeypatch.setattr(runtime, "get_instance", lambda: known)

    async def talk() -> None:
        door = new_door()
        silent, beating = Socket(door), Socket(door, message("app_heartbeat"))
        lying = Socket(door, session="nobody's")
        asked = Socket(door, RERUN)
        older, back = Socket(door, session="mine"), Socket(door, session="mine")
        closed = [silent, beating, lying, older]
        await asyncio.wait([one.over for one in closed])
        assert [one.closed for one in closed] == [[1008]] * 4
        for one in (asked, back):  # who has spoken, and whose page came back after a pause
            assert not one.over.done() and not one.closed
            one.leave()
            await one.over
        assert door._open == 0 and not door._newest

    result_of(talk(), 5)


def test_where_many_come_those_before_them_that_are_silent_go_at_once(monkeypatch):
    monkeypatch.setattr(connections, "SHORTEST", -1.0)
    monkeypatch.setattr(connections, "MAX_SILENT", 3)

    async def talk() -> None:
        door = new_door()
        asked, *silent = Socket(door, RERUN), *(Socket(door) for _ in range(5))
        await asyncio.wait([one.over for one in silent[:2]])
        await asyncio.sleep(0)
        assert [one.closed for one in [asked, *silent]] == [[], [1008], [1008], [], [], []]
        for one in [asked, *silent[2:]]:
            one.leave()
            await one.over

    result_of(talk(), 5)


def test_more_websockets_than_there_are_files_for_are_refused(monkeypatch):
    monkeypatch.setattr(connections, "most_websockets", lambda: 2)

    async def talk() -> None:
        door = new_door()
        first, second, third = (Socket(door, RERUN) for _ in range(3))
        await third.over
        assert (third.closed, third.heard) == ([1013], [])
        first.leave()
        await first.over
        fourth = Socket(door, RERUN)
        for one in (second, fourth):
            one.leave()
            await one.over
            assert one.heard == [RERUN] and not one.closed

    result_of(talk(), 5)


@contextlib.contextmanager
def listening(app) -> Iterator[int]:
    """A server of the kind that Streamlit uses, in a thread; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait(lambda: server.started, 10)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def test_a_connection_without_a_whole_request_is_closed_and_a_slow_answer_is_not(monkeypatch):
    monkeypatch.setattr(connections, "SECONDS", 0.2)
    monkeypatch.setattr(AutoHTTPProtocol, "connection_made", AutoHTTPProtocol.connection_made)
    connections.close_silent_connections()

    async def slow(_scope, _receive, send):
        await asyncio.sleep(0.7)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})

    said = {"nothing": b"", "a part": b"GET / HTTP/1.1\r\nHost", "all": b"GET / HTTP/1.1\r\n\r\n"}
    said["another part"] = said["all"] + b"GET /"
    with listening(slow) as port:
        answers = {}
        opened = {name: socket.create_connection(("127.0.0.1", port)) for name in said}
        for name, connection in opened.items():
            connection.sendall(said[name])
        for name, connection in opened.items():
            connection.settimeout(5)
            parts = iter(lambda c=connection: c.recv(4096), b"")  # until it is closed
            answers[name] = b"".join(parts)
    assert not answers["nothing"] and not answers["a part"]
    assert b"here" in answers["all"] and b"here" in answers["another part"]


def test_the_app_may_open_as_many_files_as_the_system_lets_it(monkeypatch):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    hard = before[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        connections.raise_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2048, 2048))
    assert connections.most_websockets() == 352, "files are left for those who are there"

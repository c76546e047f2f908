"""How much of what is uploaded the app holds: of one session, of all, and for how long."""

import asyncio
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from playground.data.uploads import SMALL
from playground.errors import UserError
from playground.ui import state
from playground.ui.server import uploads
from tests.waiting import result_of

MB = 2**20


@pytest.fixture
def manager(monkeypatch) -> MemoryUploadedFileManager:
    """Streamlit's store of uploads."""
    manager = MemoryUploadedFileManager("/_stcore/upload_file")
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    monkeypatch.setattr(uploads, "WAITS", 0.3)
    return manager


def puts(manager: MemoryUploadedFileManager) -> uploads.Uploads:
    """The middleware, and behind it what Streamlit does with a file."""

    async def streamlit(scope, receive, send):
        _, _, _, session, file = scope["path"].split("/")
        data = b""
        while (part := await receive())["body"]:
            data += part["body"]
        manager.add_file(session, UploadedFileRec(file, file, "image/png", data))
        await send({"type": "http.response.start", "status": 204})

    return uploads.Uploads(streamlit)


async def put(door: uploads.Uploads, session: str, file: str, size: int, told: bool = True) -> int:
    """Upload so many bytes; the status of the answer. ``told``: with their number."""
    parts = iter([{"type": "http.request", "body": bytes(size), "more_body": True}])
    last = {"type": "http.request", "body": b"", "more_body": False}
    status: list[int] = []

    async def receive() -> dict:
        return next(parts, last)

    async def send(sent: dict) -> None:
        status.append(sent.get("status", 0))

    path = f"/_stcore/upload_file/{session}/{file}"
    headers = [(b"content-length", str(size).encode())] if told else []
    scope = {"type": "http", "method": "PUT", "path": path, "headers": headers}
    await door(scope, receive, send)
    return status[0]


def held(manager: MemoryUploadedFileManager) -> int:
    return sum(len(file.data) for files in manager.file_storage.values() for file in files.values())


def test_a_session_cannot_store_more_than_two_large_files(manager):
    async def many() -> list[int]:
        door = puts(manager)
        return [await put(door, "mine", f"f{number}", 9 * MB) for number in range(6)]

    assert result_of(many()) == [204, 204, 429, 429, 429, 429]
    assert held(manager) == 18 * MB


def test_all_sessions_together_are_bounded_and_wait_for_room(manager, monkeypatch):
    async def many() -> list[int]:
        door = puts(manager)
        asked = [put(door, f"s{number}", "f", 9 * MB) for number in range(20)]
        return await asyncio.gather(*asked)

    assert sorted(result_of(many())) == [204] * 3 + [503] * 17
    assert held(manager) == 27 * MB

    async def one_more() -> int:
        asked = asyncio.ensure_future(put(puts(manager), "late", "f", 9 * MB))
        await asyncio.sleep(0)
        manager.remove_session_files("s0")
        return await asked

    assert result_of(one_more()) == 204, "it waited until there was room"


def test_what_waited_for_room_is_still_bounded_for_its_session(manager):
    async def many() -> list[int]:
        door = puts(manager)
        for number in range(3):
            await put(door, f"s{number}", "f", 10 * MB)
        asked = [asyncio.ensure_future(put(door, "mine", f"f{n}", 9 * MB)) for n in range(3)]
        await asyncio.sleep(0)  # all of them wait
        for number in range(3):
            manager.remove_session_files(f"s{number}")
        return await asyncio.gather(*asked)

    assert sorted(result_of(many())) == [204, 204, 429]
    assert held(manager) == 18 * MB


def test_small_files_and_files_of_unknown_length_count_too(manager):
    async def many() -> list[int]:
        door = puts(manager)
        return [await put(door, "mine", f"f{number}", 1) for number in range(400)]

    assert result_of(many()).count(204) == uploads.OF_A_SESSION // 2**16
    manager.remove_session_files("mine")

    async def unknown() -> list[int]:
        door = puts(manager)
        return [await put(door, "mine", f"f{n}", 9 * MB, told=False) for n in range(3)]

    assert result_of(unknown()) == [204, 204, 429]


def test_a_file_that_no_page_takes_up_is_dropped(manager, monkeypatch):
    monkeypatch.setattr(uploads, "UNCLAIMED", 0.05)

    async def two() -> None:
        door = puts(manager)
        await put(door, "mine", "left", MB)
        await put(door, "mine", "taken", MB)
        # As state.take_up does.
        manager.add_file("mine", UploadedFileRec("taken", "", "", b"small"))
        while len(manager.file_storage["mine"]) > 1:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)  # the other's time has come too

    result_of(two(), 5)
    assert list(manager.file_storage["mine"]) == ["taken"]


def test_a_session_keeps_one_small_file_for_as_long_as_its_page(manager, monkeypatch):
    context = SimpleNamespace(session_id="mine", uploaded_file_mgr=manager)
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st.runtime.scriptrunner, "get_script_run_ctx", lambda: context)

    def uploaded(name: str, data: bytes) -> UploadedFile:
        record = UploadedFileRec(name, name, "image/png", data)
        manager.add_file("mine", record)
        return UploadedFile(record, FileURLs())

    def smaller(data: bytes) -> bytes:
        return data[:10]

    first = uploaded("first", b"1" * 9 * MB)
    assert state.take_upload(first, smaller) == first.getvalue() == b"1" * 10
    assert held(manager) == 10
    second = uploaded("second", b"2" * 100)
    for _ in range(2):
        assert state.take_upload(second, smaller) == b"2" * 100, "a small one stays as it is"
    assert list(manager.file_storage["mine"]) == ["second"]

    def refuses(data: bytes) -> bytes:
        raise UserError("No.")

    third = uploaded("third", b"3" * 9 * MB)
    with pytest.raises(UserError):
        state.take_upload(third, refuses)
    assert held(manager) == SMALL == len(third.getvalue())
    state.upload.forget_upload()
    assert held(manager) == 0

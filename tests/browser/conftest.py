"""Servers and a real browser. The tests skip with a reason where there is no Chromium."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.store import RunStore
from tests.browser.server import PROJECT, Server
from tests.waiting import wait

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A fresh server with an empty store."""
    with Server(tmp_path / "data", tmp_path / "runs") as server:
        yield server


LATER = """
from playground.service import Engine
start = Engine.start
Engine.start = lambda engine, after=0.0: start(engine, 3600.0)
train = Engine.train
Engine.train = lambda engine, config, who="", **more: who and train(engine, config, who, **more)
"""
"""What runs first in a server's process: a worker is started where a visitor asks for a run, no
sooner, and there is no first run. Its process and worker take most of what a server costs."""


@pytest.fixture(scope="session")
def without_a_worker(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a server that starts no worker before a run is asked for."""
    folder = tmp_path_factory.mktemp("later")
    (folder / "sitecustomize.py").write_text(LATER)
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(PROJECT)])}


@pytest.fixture(scope="module")
def file_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests of a file: one takes 7 s of processor time, most of it for its
    worker."""
    folder = tmp_path_factory.mktemp("app")
    with Server(folder / "data", folder / "runs") as server:
        yield server


@pytest.fixture
def app(file_server: Server) -> Iterator[Server]:
    """The server of the file, with what earlier tests stored; a test must leave nothing to train,
    as the next would wait for it."""
    yield file_server
    with contextlib.closing(RunStore(file_server.runs)) as store:
        try:
            wait(lambda: not any(run.is_active for run in store.all()), 60)
        except AssertionError:
            file_server.stop()
            file_server.start()
            raise


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One browser for the session."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        give_up = pytest.fail if os.environ.get("PLAYGROUND_REQUIRE_BROWSER") else pytest.skip
        give_up("there is no Chromium: on Debian, apt-get install chromium")
    playwright.expect.set_options(timeout=120_000)  # a worker of low priority starts in it
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium) -> Iterator[object]:
    """A new visitor; at the end the page must have shown no error of its own."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    assert page.get_by_test_id("stException").count() == 0
    context.close()

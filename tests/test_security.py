"""The claims of docs/security.md that no other file tests."""

import ast
import hmac
import http.client
import os
import re
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psutil
import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from playground import environment
from playground.config import RunConfig, with_settings
from playground.environment import PROJECT, InvalidEnvironment
from playground.store import RunStore
from playground.ui import rights, state
from tests import stored_runs
from tests.browser.server import Server
from tests.soak.session import Session
from tests.waiting import wait

OURS = [
    *PROJECT.glob("playground/**/*.py"),
    *PROJECT.glob("pages/*.py"),
    PROJECT / "streamlit_app.py",
    PROJECT / "entrypoint.py",
]
UNPICKLERS = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("security")
    server = Server(folder / "data", folder / "runs")
    server.start()
    yield server
    server.stop()


def test_no_code_of_ours_unpickles():
    found = []
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name.split(".")[0] for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(node.module or "").split(".")[0]]
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                plain = any(
                    one.arg == "allow_pickle" and ast.unparse(one.value) == "False"
                    for one in node.keywords
                )
                if called in ("torch.load", "pd.read_pickle") or (
                    called in ("np.load", "numpy.load", "np.lib.format.read_array") and not plain
                ):
                    names = ["pickle"]
            found += [f"{path.name}:{node.lineno}" for name in names if name in UNPICKLERS]
    assert len(OURS) > 100 and found == []


@pytest.mark.parametrize(
    "file",
    [
        *("../secret.npz", "/etc/passwd", "a/b.npz", "..\\x.npz", ".npz", "x.npz\0", "~/x.npz"),
        *(
            "..npz",
            "C:x.npz",
            "a\nb.npz",
            "a\u202eb.npz",
            '"""x.npz',
            "<b>.npz",
            "é" * 126 + ".npz",
        ),
    ],
)
def test_a_link_cannot_name_a_file_outside_of_the_data_folder(file):
    config, problems = with_settings({"data.name": "npz", "data.file": file})
    assert len(problems) == 1 and config.data.name == "npz"
    assert config.data.file != file


def request(app: Server, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    parts = urlsplit(app.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    status = connection.getresponse().status
    connection.close()
    return status


UPLOAD = "/_stcore/upload_file/session/file"


def test_an_upload_without_the_pages_token_is_refused(app):
    token = generate_xsrf_token_string()
    assert request(app, "PUT", UPLOAD, b"x") == 403
    other = generate_xsrf_token_string()
    forged = {"X_Xsrftoken": other, "Cookie": f"_streamlit_xsrf={token}"}
    assert request(app, "PUT", UPLOAD, b"x", **forged) == 403
    right = {"X_Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
    assert request(app, "PUT", UPLOAD, b"x", **right) != 403, "the token is what was missing"


def test_an_upload_over_the_limit_is_refused_by_the_server(app):
    token = generate_xsrf_token_string()
    right = {"X_Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
    with connect(app.url.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"]):
        status = request(app, "PUT", UPLOAD, b"x" * (11 * 2**20), **right)
    assert 400 <= status < 500


def settled(value: Callable[[], int], within: int = 2**20) -> int:
    """A value once it has stayed the same for two seconds, or nearly."""
    seen = [value()]
    while len(seen) < 5 or max(seen[-5:]) - min(seen[-5:]) > within:
        time.sleep(0.5)
        seen.append(value())
        assert len(seen) < 200
    return seen[-1]


def test_what_one_session_uploads_stays_small_and_the_rest_is_refused(app):
    token = generate_xsrf_token_string()
    kind = {"Content_Type": "multipart/form-data; boundary=x"}
    right = kind | {"X_Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.png"\r\n\r\n'
    body = head + bytes(9 * 10**6) + b"\r\n--x--\r\n"
    visitor = Session(app.url)
    memory = psutil.Process(app.process.pid).memory_info
    before = settled(lambda: memory().rss)  # the first visitor has it import what charts need
    place = f"/_stcore/upload_file/{visitor.session}"
    statuses = [request(app, "PUT", f"{place}/{n}", body, **right) for n in range(12)]
    visitor.close()
    assert statuses == [204] * 2 + [429] * 10
    assert memory().rss - before < 60e6


def test_nobody_can_throw_the_engine_away_by_clearing_the_caches(app):
    visitor, other = Session(app.url, "run.epochs=5000"), Session(app.url)
    visitor.press("Train")
    message = BackMsg()
    message.clear_cache = True
    for _ in range(2):
        other.send(message)
        other.rerun()
    visitor.rerun()
    assert visitor.can_press("Stop"), "the engine that has the run is still the app's"
    visitor.press("Stop")
    wait(lambda: visitor.rerun() and visitor.says("Stopped"))
    visitor.close()
    other.close()


def test_another_sites_page_cannot_open_a_session(app):
    address = app.url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], origin=app.url):
        pass
    with (
        pytest.raises(InvalidStatus) as caught,
        connect(address, subprotocols=["streamlit"], origin="http://evil.example"),
    ):
        pass
    assert caught.value.response.status_code == 403


def test_a_page_of_another_service_on_the_same_host_cannot_open_a_session(app):
    address = app.url.replace("http", "ws") + "/_stcore/stream"
    for origin in ("http://127.0.0.1:8888", "http://localhost:3000", "https://127.0.0.1"):
        with (
            pytest.raises(InvalidStatus),
            connect(address, subprotocols=["streamlit"], origin=origin),
        ):
            pass
    own = app.url.replace("127.0.0.1", "localhost")
    with connect(address, subprotocols=["streamlit"], origin=own):
        pass


def test_a_kind_that_there_is_not_is_the_first_one_whoever_says_so(app):
    visitor = Session(app.url)
    visitor.set("Data set", "x" * 1000)
    assert not visitor.says("encountered an error") and visitor.says("parameters")
    visitor.close()


def test_the_app_is_configured_to_show_no_traceback():
    options = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    assert options["client"]["showErrorDetails"] == "none"
    assert options["client"]["allowedOrigins"] == [], "no page around the app may steer it"
    assert options["browser"]["gatherUsageStats"] is False
    assert options["server"]["maxUploadSize"] <= 10
    assert options["server"]["showEmailPrompt"] is False
    server = options["server"]
    assert server.get("enableXsrfProtection", True) and server.get("enableCORS", True)


def test_the_teachers_key_is_compared_in_constant_time(monkeypatch):
    compared = []
    real = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr(rights.hmac, "compare_digest", watched)
    monkeypatch.setattr(rights, "SLOW", 0.0)
    rights_of: list[bool] = []
    monkeypatch.setattr(state, "set_teacher", rights_of.append)
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", "correct horse")
    assert not rights.become_teacher("x")
    assert not rights.become_teacher("correct horsf")
    assert rights.become_teacher("correct horse")
    assert compared == [(32, 32)] * 3, "of equal length, whatever was given"
    monkeypatch.delenv("PLAYGROUND_TEACHER_KEY")
    assert not rights.become_teacher(""), "without a key nobody is the teacher"
    assert rights_of == [False, False, True, False]


def test_a_key_that_cannot_be_used_is_told_without_showing_it(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", "secret")
    with pytest.raises(InvalidEnvironment, match="PLAYGROUND_TEACHER_KEY") as caught:
        environment.read()
    assert "'secret'" not in str(caught.value) and "8 characters" in str(caught.value)
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", "a long secret")
    assert "a long secret" not in repr(environment.read())


def test_a_visitor_is_known_by_the_cookies_number_and_not_by_its_mask(monkeypatch):
    def visitor(cookie: str, session: str = "session") -> str:
        monkeypatch.setattr(st, "session_state", {})
        cookies = {"_streamlit_xsrf": cookie} if cookie else {}
        monkeypatch.setattr(st, "context", SimpleNamespace(cookies=cookies))
        monkeypatch.setattr(
            st.runtime.scriptrunner,
            "get_script_run_ctx",
            lambda: SimpleNamespace(session_id=session),
        )
        return state.visitor()

    number, other = bytes(range(16)), bytes(range(1, 17))
    masked = {generate_xsrf_token_string(number, 1) for _ in range(3)}
    assert len(masked) == 3, "Streamlit masks the number anew each time"
    (known,) = {visitor(cookie) for cookie in masked}
    assert known != visitor(generate_xsrf_token_string(other, 1))
    assert number.hex() not in known
    assert re.fullmatch("[0-9a-f]{32}", known)
    # Without a cookie of that kind, or with a broken one, a visitor is their session.
    for broken in ("", "x", "2|zz|00|1", "1|00|00|1", "2||" + "00" * 16 + "|1", "2|00|00|1"):
        assert visitor(broken, "a") == visitor("", "a") != visitor("", "b")


def test_every_test_that_the_page_names_is_there():
    text = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    assert len(rows) >= 12
    file = ""
    for row in rows:
        named = re.findall(r"`([\w/]*test_[\w*]+\.py)?(::\w+)?`", row)
        named = [one for one in named if any(one)]
        assert named, f"no test in: {row[:60]}"
        for path, test in named:
            file = path or file
            files = list(PROJECT.glob(f"tests/{file}"))
            assert files, file
            assert not test or any(f"def {test[2:]}(" in Path(f).read_text() for f in files), test


def others_may(folder: Path) -> list[str]:
    """What of a run folder other users of the machine can open."""
    return [
        path.name
        for path in [folder, *folder.rglob("*")]
        if path.stat().st_mode & 0o077
        # What stands below a folder that they may not enter is out of their reach.
        and not any(up.stat().st_mode & 0o077 == 0 for up in path.parents if up >= folder)
    ]


def kept_in(folder: Path) -> RunStore:
    store = RunStore(folder)
    stored_runs.finished(store, RunConfig(), folder)
    return store


def test_other_users_of_the_machine_cannot_read_the_store(tmp_path):
    before = os.umask(0)  # as open as can be
    try:
        store = kept_in(tmp_path / "deep" / "runs")
    finally:
        os.umask(before)
    files = [path.name for path in store.folder.iterdir()]
    assert {"runs.sqlite", "runs.sqlite-wal", RunConfig().name} <= set(files)
    assert others_may(store.folder) == []
    assert {path.stat().st_mode & 0o777 for path in store.folder.glob("runs.sqlite*")} == {0o600}
    store.close()


def test_a_store_that_was_open_to_others_is_closed_to_them_and_its_folder_left_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    kept_in(tmp_path).close()
    (tmp_path / "runs.sqlite").chmod(0o644)
    (tmp_path / "mine.txt").touch(mode=0o644)
    RunStore(tmp_path).close()
    assert others_may(tmp_path) == [tmp_path.name, "mine.txt"]
    assert tmp_path.stat().st_mode & 0o777 == 0o755

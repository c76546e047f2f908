"""Whom commands ask: nobody, as a network of their own that records shows."""

import json
import sys
from pathlib import Path

import pytest

from tests import network

pytestmark = pytest.mark.slow

ASKS = """
import contextlib, socket, sys
for place in ("example.org", "192.0.2.7", "2001:db8::7", "127.0.0.1", "::1"):
    with contextlib.suppress(OSError):
        socket.create_connection((place, 80), timeout=5)
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.connect(("192.0.2.8", 1))  # as one asks for the own address: nothing is sent
datagram.sendto(b"x", ("192.0.2.9", 99))
sys.exit(3)
"""


def test_what_a_command_asks_for_is_recorded(tmp_path):
    done = network.recorded([sys.executable, "-c", ASKS], tmp_path, seconds=30)
    assert done.code == 3, done.output
    v6 = ["[2001:db8::7]:80"] if Path("/proc/sys/net/ipv6").exists() else []
    assert done.asked == ["192.0.2.7:80", "192.0.2.9:99", *v6, "example.org"]


def test_a_command_that_asks_nobody_leaves_no_note(tmp_path):
    done = network.recorded([sys.executable, "-c", "print('quiet')"], tmp_path, seconds=30)
    assert (done.code, done.output, done.asked) == (0, "quiet\n", [])


VISITORS = """
import json, socket, sys
from pathlib import Path
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from benchmarks.visitor import Visitor
from tests.browser.server import Server

def shake(host, origin):
    raw = socket.create_connection(("127.0.0.1", port))
    try:
        connect(f"ws://{host}:{port}/_stcore/stream", origin=f"http://{origin}", sock=raw).close()
        return 101
    except InvalidStatus as refused:
        return refused.response.status_code

folder = Path(sys.argv[1])
server = Server(folder / "data", folder / "runs", address="")
server.start()
try:
    port = int(server.url.rpartition(":")[2])
    own = ("127.0.0.1", "class.lan", "10.1.2.3")
    told = {
        "foreign": [shake("127.0.0.1", f"{n}.example") for n in range(4)],
        "own": [shake(name, f"{name}:{port}") for name in own],
        "port": port,
    }
    Visitor(server.url).close()
finally:
    server.stop()
print(json.dumps(told))
"""


def test_the_app_asks_nobody_when_it_starts_or_another_site_knocks(tmp_path):
    done = network.recorded([sys.executable, "-c", VISITORS, str(tmp_path)], tmp_path)
    assert done.code == 0, done.output
    assert done.asked == []
    told = json.loads(done.output.splitlines()[-1])
    assert told["foreign"] == [403] * 4
    assert told["own"] == [101] * 3, "by whatever name it was reached"
    assert f"http://localhost:{told['port']}\n" in done.output, "where it is, is told"

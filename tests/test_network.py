"""The network that records: what a command asks for is noted, by name and by address."""

import sys
from pathlib import Path

from tests import network

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

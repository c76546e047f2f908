"""A network of its own for a command, in which nobody answers and all that is sent is recorded.

``python -m tests.network FILE COMMAND...`` is its inner half, which ``unshare`` starts.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.waiting import wait

PROJECT = Path(__file__).parents[1]
_UNSHARE = ["unshare", "--net", "--mount"]
_SETUP = [
    ["ip", "link", "set", "lo", "up"],
    # Every address is this machine: a connection is refused at once, and its packets pass here.
    ["ip", "route", "add", "local", "default", "dev", "lo", "src", "127.0.0.1"],
    ["ip", "-6", "route", "add", "local", "default", "dev", "lo"],
]
_FILES = {"/etc/resolv.conf": "nameserver 127.0.0.1\n", "/etc/nsswitch.conf": "hosts: files dns\n"}
_LAST = ("198.51.100.1", 9)
"""Whom we ask ourselves at the end, to know that all before it is noted."""


@dataclass(frozen=True)
class Recorded:
    """What came of a command, and whom it asked: names that it looked up, and addresses outside of
    this machine that it sent anything to, as ``address:port``, sorted."""

    code: int
    output: str
    asked: list[str]


def recorded(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] = {}, seconds: float = 120
) -> Recorded:
    """Run a command from the project's folder in a network of its own; ``folder`` is for the notes.

    Skips the test where that takes rights or programs that are not here.
    """
    if reason := _missing():
        pytest.skip(reason)
    notes = folder / "asked.json"
    inner = [sys.executable, "-m", "tests.network", str(notes), *command]
    done = subprocess.run(
        [*_UNSHARE, *inner],
        cwd=PROJECT, env=os.environ | environment, timeout=seconds,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert notes.is_file(), done.stdout
    return Recorded(done.returncode, done.stdout, json.loads(notes.read_text()))


@cache
def _missing() -> str:
    """Why there can be no network of one's own here; empty where there can."""
    for program in ("unshare", "ip", "mount"):
        if shutil.which(program) is None:
            return f"a network of its own takes the program {program}"
    if subprocess.run([*_UNSHARE, "true"], capture_output=True).returncode:
        return "a network of its own takes Linux and root's rights"
    return ""


def _main(notes: Path, command: Sequence[str]) -> int:
    for step in _SETUP:
        subprocess.run(step, check=step[1] != "-6")  # there may be no IPv6
    for place, text in _FILES.items():
        if not Path(place).exists():
            continue
        ours = notes.with_name(Path(place).name)
        ours.write_text(text)
        subprocess.run(["mount", "--bind", str(ours), place], check=True)
    asked: set[str] = set()
    last = "{}:{}".format(*_LAST)
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("0.0.0.0", 53))
    threading.Thread(target=_answer, args=(names, asked), daemon=True).start()
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(3))  # all of them
    threading.Thread(target=_watch, args=(packets, asked), daemon=True).start()
    code = subprocess.run(command).returncode
    with contextlib.suppress(OSError):
        socket.gethostbyname("last.invalid")
    names.sendto(b"", _LAST)
    wait(lambda: {"last.invalid", last} <= asked, 10)
    asked -= {"last.invalid", last}
    notes.write_text(json.dumps(sorted(asked)))
    return code


def _answer(names: socket.socket, asked: set[str]) -> None:
    """Note each name that is looked up, and answer that there is no such name."""
    while True:
        question, who = names.recvfrom(4096)
        labels, at = [], 12
        while length := question[at]:
            labels.append(question[at + 1 : at + 1 + length].decode("latin-1"))
            at += 1 + length
        asked.add(".".join(labels))
        # The question alone, marked as answered: no such name.
        header = question[:2] + b"\x81\x83" + b"\0\1" + b"\0" * 6
        names.sendto(header + question[12 : at + 5], who)


def _watch(packets: socket.socket, asked: set[str]) -> None:
    """Note the address of each packet that leaves this machine."""
    while True:
        packet = packets.recv(65536)
        if packet[0] >> 4 == 4:
            length, kind, address = (packet[0] & 15) * 4, packet[9], packet[16:20]
            ours = address[0] == 127
        else:
            length, kind, address = 40, packet[6], packet[24:40]
            ours = address == bytes(15) + b"\1" or address[0] == 255  # this machine, or its cable
        if ours:
            continue
        family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
        port = int.from_bytes(packet[length + 2 : length + 4]) if kind in (6, 17) else 0
        host = socket.inet_ntop(family, address)
        asked.add(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), sys.argv[2:]))

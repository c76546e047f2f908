"""The app as README starts it: a process of its own, on a free port of this machine."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from tests.engines import lives
from tests.waiting import wait

PROJECT = Path(__file__).parents[2]


@dataclass
class Server:
    """The app, started as README says, on a port of its own and with folders of its own."""

    data: Path
    runs: Path
    environment: dict[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"
    """Where it listens; everywhere where it is empty, as README's command has it."""
    _process: subprocess.Popen[bytes] | None = None
    url: str = ""

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The app's process, once it was started."""
        assert self._process
        return self._process

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        options = {"port": port, "headless": "true"}
        if self.address:
            options["address"] = self.address
        command += [f"--server.{name}={value}" for name, value in options.items()]
        folders = {"PLAYGROUND_DATA": str(self.data), "PLAYGROUND_RUNS": str(self.runs)}
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | folders | self.environment
        )
        self.url = f"http://127.0.0.1:{port}"
        wait(lambda: _answers(port))

    def processes(self) -> list[psutil.Process]:
        """The app's process and all below it."""
        app = psutil.Process(self.process.pid)
        return [app, *app.children(recursive=True)]

    def kill(self) -> None:
        """End the app as ``kill -9`` does, and see that nothing is left behind."""
        below = self.processes()[1:]
        self.process.kill()
        self.process.wait(timeout=10)
        wait(lambda: not any(map(lives, below)), 20)

    def stop(self) -> None:
        """End the app as a service manager does, and see that nothing is left behind."""
        if self._process is None or self._process.poll() is not None:
            return
        below = self.processes()[1:]
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
            wait(lambda: not any(map(lives, below)), 20)
        finally:
            for process in [self.process, *filter(lives, below)]:
                process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

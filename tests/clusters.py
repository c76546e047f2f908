"""A Dask scheduler and workers as processes of their own on 127.0.0.1, for tests."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
from distributed import Client

from playground.environment import PROJECT
from tests.waiting import wait

_NOT_THEIRS = ("DASK_", "PLAYGROUND_")
"""Variables that an engine of these tests may have set for its own cluster."""


class Processes:
    """What was started, by name; ``end`` leaves nothing of it."""

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        """``variables`` are Dask's, for all of them."""
        self.folder, self._variables = folder, dict(variables or {})
        self._running: dict[str, psutil.Popen] = {}
        self.address = ""

    def scheduler(self, *options: str) -> str:
        """Start one, and give its address."""
        told = self.folder / "scheduler.json"
        told.unlink(missing_ok=True)
        options = ("--host", "127.0.0.1", "--scheduler-file", str(told), *options)
        self._start("scheduler", "scheduler", "--dashboard-address", "127.0.0.1:0", *options)
        wait(told.exists)
        wait(told.read_text)
        self.address = json.loads(told.read_text())["address"]
        return self.address

    def worker(self, name: str, **variables: str) -> None:
        """Start a worker that may train, with variables of its own."""
        local = self.folder / name
        local.mkdir(exist_ok=True)
        self._start(
            name,
            *("worker", self.address, "--host", "127.0.0.1", "--name", name),
            *("--dashboard-address", "127.0.0.1:0"),
            *("--nworkers", "1", "--nthreads", "2", "--resources", "device=1"),
            *("--local-directory", str(local)),
            **variables,
        )

    def kill(self, name: str) -> None:
        """End a process with all below it at once, as a machine that loses its power."""
        process = self._running.pop(name)
        family = [process, *process.children(recursive=True)]
        for one in family:
            one.kill()
        process.wait()

    def end(self) -> None:
        """Kill what is left."""
        for name in list(self._running):
            self.kill(name)

    def _start(self, name: str, *command: str, **variables: str) -> None:
        usual = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_THEIRS)}
        theirs = {"OMP_WAIT_POLICY": "PASSIVE"} | self._variables | variables
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = psutil.Popen(
                [sys.executable, "-m", "dask", *command],
                cwd=PROJECT,
                env=usual | theirs,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


def trains(client: Client) -> dict[str, str]:
    """Who trains what just now: worker's name -> the key its run was handed over with."""
    assert client.scheduler
    info = client.sync(client.scheduler.identity, n_workers=-1)["workers"]
    return {
        info[address]["name"]: key
        for address, keys in client.processing().items()
        for key in keys
        if address in info
    }


def variables(security: Mapping[str, str | bool]) -> dict[str, str]:
    """What Dask's processes are to find in their environment, to speak TLS with these files."""
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    files = {name.removeprefix("tls_"): value for name, value in security.items() if "tls_" in name}
    named = {
        tls + (name.upper() if name == "ca_file" else name.upper().replace("_", "__")): str(value)
        for name, value in files.items()
    }
    return named | {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}

"""The command line as tests call it: in this process, or in one of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from playground.__main__ import main
from playground.config import with_settings
from playground.environment import PROJECT
from playground.recipes import RECIPES
from playground.store import RunStore

CHEAP = ("digits-mlp", "--set", "run.epochs=3")
CHEAP_CONFIG = with_settings({"run.epochs": 3}, RECIPES["digits-mlp"].config)[0]


@dataclass
class Said:
    """An exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of standard output."""
        return json.loads(self.out.splitlines()[-1])

    @property
    def last_error(self) -> str:
        """The last line of standard error, after the progress bar."""
        return self.err.splitlines()[-1]


class CommandLine:
    """``python -m playground`` with a data and a run folder of the test's own."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.data, self.runs = folder / "data", folder / "runs"
        monkeypatch.setenv("PLAYGROUND_DATA", str(self.data))
        monkeypatch.setenv("PLAYGROUND_RUNS", str(self.runs))
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        code = main(list(arguments))
        return Said(code, *self._capsys.readouterr())

    def refusal(self, *arguments: str) -> str:
        """Expects exit code 2, nothing on stdout and one sentence on stderr, which it returns."""
        said = self(*arguments)
        assert (said.code, said.out) == (2, "")
        (line,) = said.err.splitlines()
        assert line.endswith((".", "?"))
        return line

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command in a process of its own; read what it says with ``communicate``."""
        return subprocess.Popen(
            [sys.executable, "-m", "playground", *arguments],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @cached_property
    def store(self) -> RunStore:
        """The store in the run folder, beside the one that the command opens."""
        return RunStore(self.runs)

"""Wherever the command line's output goes, it is printed or told; never a traceback."""

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from playground.__main__ import _parser, main
from playground.environment import PROJECT

ENCODINGS = ["ascii", "latin-1", "cp1252", "cp932", "euc_jp", "koi8-r", "utf-16"]
COMMANDS = next(
    list(action.choices)
    for action in _parser()._actions
    if isinstance(action, argparse._SubParsersAction)
)


class Terminal(io.TextIOWrapper):
    """What a program finds in its sys.stdout."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    @property
    def shown(self) -> str:
        return self.buffer.getvalue().decode(self.encoding)


def code_of(*arguments: str) -> int:
    try:
        return main(list(arguments))
    except SystemExit as ended:
        return ended.code


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_recipes_are_listed_in_any_encoding(monkeypatch, encoding):
    monkeypatch.setattr(sys, "stdout", out := Terminal(encoding))
    assert main(["recipes"]) == 0
    assert "digits-mlp" in out.shown and "Three 3" in out.shown


@pytest.mark.parametrize("encoding", ["ascii", "cp932"])
@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_is_printed_in_any_encoding(monkeypatch, command, encoding):
    monkeypatch.setattr(sys, "stdout", out := Terminal(encoding))
    assert code_of(*command, "--help") == 0
    assert "usage: python -m playground" in out.shown


def ended(out: IO[str], *arguments: str) -> tuple[int, str]:
    """The exit code and the standard error of a command that prints to ``out``: a process of its
    own, as it gives its streams up."""
    command = [sys.executable, "-m", "playground", *arguments]
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}
    done = subprocess.run(
        command, cwd=PROJECT, env=buffered, stdout=out, stderr=subprocess.PIPE, text=True
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("argument", ["recipes", "--help"])
def test_a_reader_that_has_gone_ends_the_command_without_a_word(argument):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        assert ended(out, argument) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_told():
    with Path("/dev/full").open("w") as out:
        told = "The output cannot be written: there is no room on its disk.\n"
        assert ended(out, "recipes") == (2, told)


def test_streams_that_are_closed_are_done_without(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["recipes"]) == 0
    assert main(["run", "no-such-recipe"]) == 2

"""Wherever the command line's output goes, it is printed or told; never a traceback."""

import argparse
import io
import os
import sys
from pathlib import Path

import pytest

from playground.__main__ import _parser, main

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


@pytest.mark.parametrize("arguments", [["recipes"], ["--help"], ["recipes", "--json"]])
def test_a_reader_that_has_gone_ends_the_command_without_a_word(monkeypatch, capfd, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert code_of(*arguments) == 141
        out.flush()  # as Python does at the end
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_told(monkeypatch, capfd):
    with Path("/dev/full").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["recipes"]) == 2
        out.flush()
    assert capfd.readouterr().err == "The output cannot be written: there is no room on its disk.\n"


def test_streams_that_are_closed_are_done_without(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["recipes"]) == 0
    assert main(["run", "no-such-recipe"]) == 2

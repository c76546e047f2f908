"""Follows the steps of a page in docs/how-to in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from playground.environment import PROJECT

PAGES = PROJECT / "docs" / "how-to"
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)
_LEFT_OUT = shutil.ignore_patterns(".*")


@dataclass(frozen=True)
class Block:
    """A block of code on a page; ``title`` is the file that it belongs to, if it has one."""

    language: str
    title: str
    text: str


def blocks_of(page: str) -> list[Block]:
    """Read the blocks of code of a page in docs/how-to, in their order."""
    text = (PAGES / page).read_text("utf-8")
    return [Block(*found) for found in _BLOCK.findall(text)]


def follow(page: str, folder: Path) -> None:
    """Follow a page in a copy of the project below ``folder``.

    Raises AssertionError if a step cannot be taken, a command fails, or it prints something else
    than the page says.
    """
    copy = folder / "project"
    copy.mkdir()
    for path in PROJECT.iterdir():
        if path.is_dir() and path.name in ("playground", "pages", "tests", "docs", "benchmarks"):
            shutil.copytree(path, copy / path.name, ignore=_LEFT_OUT)
        elif path.is_file() and path.name != ".git":
            shutil.copy(path, copy)
    shutil.copytree(PROJECT / ".streamlit", copy / ".streamlit")
    printed = ""
    for block in blocks_of(page):
        if block.title:
            change(copy / block.title, block)
        elif block.language == "sh":
            printed = "".join(run(line, copy) for line in block.text.splitlines())
        elif block.language == "text":
            for line in block.text.splitlines():
                assert was_printed(line, printed), f"{line!r} is not in:\n{printed}"


def change(path: Path, block: Block) -> None:
    """Write a block to its file: a diff into it, anything else at its end."""
    text = path.read_text("utf-8") if path.exists() else ""
    if block.language == "diff":
        lines = block.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        assert text.count(before) == 1, f"{path.name} has not just once:\n{before}"
        text = text.replace(before, after)
    else:
        text += "\n\n" * bool(text) + block.text
    path.write_text(text, "utf-8")


def run(command: str, copy: Path) -> str:
    """Run a command of a page in the copy, and give what it prints, errors included."""
    program, *arguments = shlex.split(command)
    module = {"python": [], "pytest": ["-m", "pytest"]}[program]
    # The copy's own folders, and nothing of the pytest that runs this.
    surroundings = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
    surroundings |= {
        "PLAYGROUND_DATA": str(copy / "data"),
        "PLAYGROUND_RUNS": str(copy / "runs"),
        "PYTHONPATH": str(copy),
    }
    done = subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=copy,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=900,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, f"{command}\n{printed}"
    return printed


def was_printed(line: str, printed: str) -> bool:
    """Tell whether a line was printed; ``…`` in it stands for anything."""
    pattern = ".*".join(map(re.escape, line.split("…")))
    return any(re.fullmatch(pattern, one) for one in printed.splitlines())

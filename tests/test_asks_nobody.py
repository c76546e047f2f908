"""The commands ask no other site for anything, and leave nothing in the home folder."""

import os
import sys

import pytest

from playground.environment import PROJECT
from playground.export import FILE_FORMATS
from tests.command_line import CHEAP, CHEAP_CONFIG
from tests.network import recorded
from tests.tracking import require

pytestmark = pytest.mark.slow

ALL = """
import sys
from playground.__main__ import main
for line in sys.argv[1:]:
    assert main(line.split("|")) == 0, line
"""
"""Several commands in one process, as most of the time is spent on imports."""


@pytest.fixture
def surroundings(tmp_path) -> list[str]:
    """A command's beginning: nothing from outside, as MLflow tells nothing from a test or in CI."""
    (tmp_path / "home").mkdir()
    set_to = {
        "HOME": tmp_path / "home",
        "PATH": os.environ["PATH"],
        "PLAYGROUND_RUNS": tmp_path / "runs",
        "PLAYGROUND_DATA": tmp_path / "data",
        "PYTHONPATH": PROJECT,
    }
    return ["env", "-i", *(f"{name}={value}" for name, value in set_to.items()), sys.executable]


def test_the_commands_ask_nobody_and_leave_nothing_at_home(surroundings, tmp_path):
    require("mlflow")
    require("tensorboard")
    name, out = CHEAP_CONFIG.name, str(tmp_path)
    lines = [
        ("recipes",),
        ("run", *CHEAP),
        ("reproduce", "digits-epochs-301", "--seeds", "1", "--output", out),
        *(("export", name, "--as", form, "--folder", out) for form in FILE_FORMATS),
        ("track", name, "--tensorboard", f"{out}/logs"),
        ("track", name, "--mlflow", f"sqlite:///{out}/mlflow.db"),
    ]
    found = recorded([*surroundings, "-c", ALL, *map("|".join, lines)], tmp_path, seconds=300)
    assert found.code == 0, found.output
    assert found.asked == []
    assert list((tmp_path / "home").iterdir()) == []

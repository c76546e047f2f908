"""What was exported stands alone: in a process of its own, without the playground."""

import json
import os
import subprocess
import sys

import pytest

from playground.config import CNN, ConvBlock, Digits, Regularization
from tests.command_line import CommandLine
from tests.small_runs import small

pytestmark = pytest.mark.slow

CONFIG = small(
    epochs=4,
    data=Digits(train_images=300, scaling="standard", crop=1),
    architecture=CNN(blocks=(ConvBlock(channels=(6,), batch_norm="each"),), hidden=(12,)),
    regularization=Regularization(weight_decay=0.01),
)
ALONE = """
import json, sys
sys.modules["playground"] = None  # whoever imports it fails
import {module}
from pathlib import Path
figures = {module}.main({arguments})
print(json.dumps(figures))
"""


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    (tmp_path / "settings.json").write_text(CONFIG.canonical())
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, monkeypatch, capsys)


def alone(folder, arguments: str = "") -> dict[str, list[float]]:
    """What the only script in a folder gives, in a process of its own with other environment."""
    (script,) = folder.glob("*.py")
    code = ALONE.format(module=script.stem, arguments=arguments)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=kept,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def figures(run) -> dict[str, list[float]]:
    return {
        name: [run[name]["loss"], run[name]["accuracy"]] for name in ("train", "validation", "test")
    }


def test_a_script_gives_in_its_own_process_what_the_command_line_gave(command, tmp_path):
    run = command("run", "settings.json", "--json").json
    assert command("export", "settings.json").code == 0
    assert alone(tmp_path) == figures(run)
    assert command("export", "settings.json", "--as", "weights").code == 0
    (weights,) = tmp_path.glob("*.safetensors")
    assert alone(tmp_path, f"weights=Path({str(weights)!r})") == figures(run)


def test_a_script_of_what_was_never_trained_gives_what_training_it_gives(command, tmp_path):
    assert command("export", "settings.json").code == 0
    (script,) = tmp_path.glob("*.py")
    assert "not trained in the playground" in " ".join(script.read_text().split())
    assert alone(tmp_path) == figures(command("run", "settings.json", "--json").json)


def test_the_command_of_its_docstring_trains_and_prints_the_figures(command, tmp_path):
    run = command("run", "settings.json", "--json").json
    command("export", "settings.json", "--folder", "there")
    (script,) = (tmp_path / "there").iterdir()
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:4]] == [["epoch", str(n)] for n in range(1, 5)]
    assert f"loss {run['test']['loss']:.4f}" in lines[-1] and "450 images" in lines[-1]
    assert not done.stderr

"""Each group of ``python -m benchmarks`` runs and gives its figures in the form that is quoted; how
large a figure is, is for no test to say."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[1]
NEEDED = {"what", "value", "unit", "n"}
OPTIONAL = {"low", "high", "target", "at_most"}


def benchmarks(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=PROJECT,
        env=os.environ | {"PLAYGROUND_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=1200,
    )


def require_chromium() -> None:
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        give_up = pytest.fail if os.environ.get("PLAYGROUND_REQUIRE_BROWSER") else pytest.skip
        give_up("there is no Chromium: on Debian, apt-get install chromium")


GROUPS = ["loops", "together", "estimates", "stopping", "pages", "inside", "memory"]


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_gives_its_figures(group, tmp_path):
    if group in ("pages", "inside"):
        pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
        require_chromium()
    figures_of(group, tmp_path)


def test_both_precisions_give_their_figures(cifar10_folder):
    figures_of("precision", cifar10_folder)


def figures_of(group: str, data: Path) -> None:
    ended = benchmarks(group, "--smoke", "--json", data=data)
    assert ended.returncode == 0, ended.stderr
    *_, last = ended.stdout.splitlines()
    found = json.loads(last)
    assert found.keys() == {"machine", "versions", "groups"}
    assert found["machine"]["cpu"] and found["machine"]["cpus"] >= 1
    assert found["machine"]["memory_gb"] > 0 and found["machine"]["device"]
    assert found["versions"].keys() >= {"python", "torch", "torchvision", "streamlit"}
    assert list(found["groups"]) == [group]
    rows = found["groups"][group]
    assert rows
    for row in rows:
        assert set(row) >= NEEDED and set(row) <= NEEDED | OPTIONAL
        assert row["what"] and row["unit"] and row["n"] >= 1
        assert math.isfinite(row["value"])
        assert row.get("low", row["value"]) <= row["value"] <= row.get("high", row["value"])
        assert math.isfinite(row.get("target", 0.0))
        assert row["what"] in ended.stdout
    named = [row["what"] for row in rows]
    assert len(set(named)) == len(named)


def test_an_unknown_group_is_refused(tmp_path):
    ended = benchmarks("pagers", data=tmp_path)
    assert ended.returncode == 2
    assert "no such group: pagers" in ended.stderr

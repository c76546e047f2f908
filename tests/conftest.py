"""What several test files share."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PREPARE = Path(__file__).resolve().parents[2] / "shared" / "cifar10" / "prepare.py"


# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def cifar10_folder() -> Path:
    """A folder with the real cifar10.npz; skips where there is none."""
    if named := os.environ.get("PLAYGROUND_TEST_CIFAR10"):
        folder = Path(named)
    elif PREPARE.is_file():
        folder = Path(tempfile.gettempdir(), "playground-cifar10")
        subprocess.run([sys.executable, str(PREPARE), str(folder)], check=True)
    else:
        pytest.skip("set PLAYGROUND_TEST_CIFAR10 to a folder with cifar10.npz to run this")
    if not (folder / "cifar10.npz").is_file():
        pytest.skip(f"PLAYGROUND_TEST_CIFAR10: there is no cifar10.npz in {folder}")
    return folder

"""What hostile own files cost in memory, measured in a process of its own.

See also test_datasets_own.py, and test_uploads.py for pictures.
"""

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.own_images import IMAGES, LABELS

pytestmark = pytest.mark.slow

MB = 2**20
MEASURE = r"""
import pathlib, re, sys
from playground.data import datasets
from playground.config import OwnImages
folder = pathlib.Path(sys.argv[1])
datasets.load(OwnImages(file="good.npz"), folder)
# Not getrusage: its peak begins with that of the process that started this one.
status = pathlib.Path("/proc/self/status")
peak = lambda: int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])
idle = peak()
try:
    datasets.load(OwnImages(file="hostile.npz"), folder)
except datasets.DataError as error:
    print(error)
print(peak() - idle)
"""


def packed(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def with_member(name: str, start: bytes, zeros: int) -> bytes:
    """A good file, one array of which is some bytes and then many zeros."""
    file = io.BytesIO(packed(x_train=IMAGES, y_train=LABELS))
    with zipfile.ZipFile(file) as good:
        members = {member: good.read(member) for member in good.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for member, content in members.items():
            if member != f"{name}.npy":
                made.writestr(member, content)
        with made.open(f"{name}.npy", "w") as member:
            member.write(start)
            for _ in range(zeros // MB):
                member.write(bytes(MB))
    return file.getvalue()


HOSTILE = {
    "a header of 80 MB": lambda: with_member(
        "x_train", b"\x93NUMPY\2\0" + struct.pack("<I", 2**32 - 1), 80 * MB
    ),
    "images of 80 MB": lambda: packed(
        x_train=np.zeros((6_800, 64, 64, 3), np.uint8), y_train=np.arange(6_800) % 3
    ),
    "labels of 80 MB": lambda: packed(x_train=IMAGES, y_train=np.zeros(10_000_000, np.int64)),
    "names of 80 MB": lambda: packed(
        x_train=IMAGES, y_train=LABELS, class_names=np.array(["a" * 6_600_000] * 3)
    ),
    "80 MB behind an array": lambda: with_member("y_train", _npy(LABELS), 80 * MB),
}


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_own_file_takes_more_than_40_mb(kind, tmp_path):
    (tmp_path / "good.npz").write_bytes(packed(x_train=IMAGES, y_train=LABELS))
    (tmp_path / "hostile.npz").write_bytes(HOSTILE[kind]())
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    *said, kilobytes = measured.stdout.splitlines()
    assert len(said) == (kind != "images of 80 MB") and int(kilobytes) < 40 * 1024

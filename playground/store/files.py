"""What is large of a run: its probabilities, matrices and weights, in a folder of its own."""

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from playground.results import Result
from playground.store.owners import lives

ARRAYS, WEIGHTS, SNAPSHOTS = "probabilities.npz", "weights.safetensors", "snapshots.safetensors"
LARGE = {SNAPSHOTS: "", WEIGHTS: "weights", ARRAYS: "predictions"}
"""A run's files in words, in the order in which they go if room is short; without a word if a run
whose file is gone need not be told of."""
RUN_NAME = re.compile("[0-9a-f]{64}")
"""What a run's folder is called."""
_MAX_HEADER = 2**20
"""Bytes of a snapshot file's head that are read."""
_BESIDE, _HANDOVER = ".partial-", ".inbox-"


def save(store: Path, name: str, result: Result, owner: str) -> int:
    """Write a run's files beside their place and put them there in one move; gives their bytes.

    ``owner`` is this process: what it leaves half written when it is killed is known by that.
    Raises OSError.
    """
    beside = Path(tempfile.mkdtemp(dir=store, prefix=f"{_BESIDE}{owner}-"))
    try:
        arrays: dict[str, Any] = {
            f"probabilities_{split}": v for split, v in result.probabilities.items()
        }
        arrays |= {f"labels_{split}": v for split, v in result.labels.items()}
        if result.matrices is not None:
            arrays["matrices"] = result.matrices
        if result.units is not None:
            arrays["units"] = result.units
        np.savez_compressed(beside / ARRAYS, **arrays)
        if result.weights or result.weights_at:
            _put_weights(beside / WEIGHTS, result)
        if result.snapshots:
            (beside / SNAPSHOTS).write_bytes(result.snapshots)
        shutil.rmtree(store / name, ignore_errors=True)
        size = size_of(beside)
        beside.rename(store / name)
        return size
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def handover_folder(store: Path, owner: str) -> Path:
    """Make the folder in which workers of this machine leave large weights for ``owner``."""
    folder = store / f"{_HANDOVER}{owner}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def bytes_of_weights(result: Result) -> int:
    """Count the bytes of a result's weights, wherever they are."""
    return Path(result.weights_at).stat().st_size if result.weights_at else len(result.weights)


def _put_weights(place: Path, result: Result) -> None:
    if not result.weights_at:
        place.write_bytes(result.weights)
        return
    try:  # not moved: if the run cannot be kept yet, it is tried again
        os.link(result.weights_at, place)
    except OSError:  # a file system without links
        shutil.copyfile(result.weights_at, place)


def size_of(folder: Path, file: str = "*") -> int:
    """Count the bytes that a run's files take, or one of them; 0 if there are none."""
    try:
        return sum(path.stat().st_size for path in folder.glob(file))
    except OSError:
        return 0


def remove(folder: Path, file: str) -> None:
    """Remove one of a run's files."""
    (folder / file).unlink(missing_ok=True)


def remove_leftovers(store: Path) -> None:
    """Remove what processes left half written that are gone."""
    owners = {path: path.name.removeprefix(_HANDOVER) for path in store.glob(f"{_HANDOVER}*")}
    for path in store.glob(f"{_BESIDE}*"):
        owners[path] = path.name.removeprefix(_BESIDE).rpartition("-")[0]
    for path, owner in owners.items():
        if not lives(owner):
            shutil.rmtree(path, ignore_errors=True)


def arrays(folder: Path) -> dict[str, np.ndarray]:
    """Read the arrays that a run left; empty if it left none."""
    path = folder / ARRAYS
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def weights(folder: Path) -> Path | None:
    """Find the file of a run's weights, or None."""
    path = folder / WEIGHTS
    return path if path.exists() else None


def snapshot_epochs(folder: Path) -> list[int]:
    """List the epochs of which a run keeps its network; empty if it keeps none, or if the file is
    damaged."""
    try:
        with (folder / SNAPSHOTS).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            head = json.loads(file.read(min(length, _MAX_HEADER)))
            known = head.pop("__metadata__")["epochs"]
            size = 8 + length + max(one["data_offsets"][1] for one in head.values())
            if os.fstat(file.fileno()).st_size != size:  # cut off
                return []
        return sorted({int(one) for one in known.split(",")})
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def version(path: Path | int) -> tuple[int, int]:
    """Return the bytes of a file, and when it was written, in nanoseconds since the epoch. Raises
    OSError."""
    found = os.stat(path)  # noqa: PTH116 (an open file has no path)
    return found.st_size, found.st_mtime_ns


def weights_piece(
    store: Path, name: str, known: tuple[int, int], start: int = 0, most: int = -1
) -> bytes | None:
    """Read a run's weights, or ``most`` bytes of them from ``start`` on; None if they are not of
    the ``known`` version. Raises OSError, ValueError if that is no run's name."""
    if not RUN_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no run's name")
    with (store / name / WEIGHTS).open("rb") as file:
        if version(file.fileno()) != known:
            return None
        file.seek(start)
        return file.read(most)

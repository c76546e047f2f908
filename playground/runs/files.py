"""What is large of a run: its probabilities, matrices and weights, in a folder of its own."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from playground.records import Result
from playground.runs.owners import lives

ARRAYS, WEIGHTS = "probabilities.npz", "weights.safetensors"


_BESIDE = ".partial-"


def save(store: Path, name: str, result: Result, owner: str) -> int:
    """Write a run's files beside their place and put them there in one move; gives their bytes.

    ``owner`` is this process: what it leaves half written when it is killed is known by that.
    Raises OSError.
    """
    beside = Path(tempfile.mkdtemp(dir=store, prefix=f"{_BESIDE}{owner}-"))
    try:
        arrays = {f"probabilities_{split}": v for split, v in result.probabilities.items()}
        arrays |= {f"labels_{split}": v for split, v in result.labels.items()}
        if result.matrices is not None:
            arrays["matrices"] = result.matrices
        np.savez_compressed(beside / ARRAYS, **arrays)
        _put_weights(beside / WEIGHTS, result)
        shutil.rmtree(store / name, ignore_errors=True)
        size = size_of(beside)
        beside.rename(store / name)
        return size
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def inbox(store: Path, owner: str) -> Path:
    """The folder in which workers of this machine leave large weights for ``owner``."""
    folder = store / f"{_BESIDE}{owner}-weights"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _put_weights(place: Path, result: Result) -> None:
    if not result.weights_at:
        place.write_bytes(result.weights)
        return
    try:  # not moved: where the run cannot be kept yet, it is tried again
        os.link(result.weights_at, place)
    except OSError:  # a file system without links
        shutil.copyfile(result.weights_at, place)


def size_of(folder: Path) -> int:
    """The bytes that a run's files take; 0 where there are none."""
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        return 0


def sweep(store: Path) -> None:
    """Remove what processes left half written that are gone."""
    for path in store.glob(f"{_BESIDE}*"):
        if not lives(path.name.removeprefix(_BESIDE).rpartition("-")[0]):
            shutil.rmtree(path, ignore_errors=True)


def arrays(folder: Path) -> dict[str, np.ndarray]:
    """The arrays that a run left; empty where it left none."""
    path = folder / ARRAYS
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def weights(folder: Path) -> Path | None:
    """The file of a run's weights, or None."""
    path = folder / WEIGHTS
    return path if path.exists() else None

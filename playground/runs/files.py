"""What is large of a run: its probabilities, matrices and weights, in a folder of its own."""

import shutil
import tempfile
from pathlib import Path

import numpy as np

from playground.records import Result

ARRAYS, WEIGHTS = "probabilities.npz", "weights.safetensors"


def save(store: Path, name: str, result: Result) -> None:
    """Write a run's files beside their place and put them there in one move. Raises OSError."""
    beside = Path(tempfile.mkdtemp(dir=store, prefix=".partial-"))
    try:
        arrays = {f"probabilities_{split}": v for split, v in result.probabilities.items()}
        arrays |= {f"labels_{split}": v for split, v in result.labels.items()}
        if result.matrices is not None:
            arrays["matrices"] = result.matrices
        np.savez_compressed(beside / ARRAYS, **arrays)
        (beside / WEIGHTS).write_bytes(result.weights)
        shutil.rmtree(store / name, ignore_errors=True)
        beside.rename(store / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


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

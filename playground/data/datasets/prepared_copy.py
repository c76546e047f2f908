"""Prepared copies: a data set as plain .npy files, which app and workers memory-map.

``<data folder>/prepared/<name>/<key>/`` holds images.npy, labels.npy and meta.json. The key comes
from the sources' names, sizes and times, so a changed source gets a new copy and the old one goes.
A copy is written beside and renamed, so nobody sees half of one; if two processes prepare the
same, the second finds the first one's copy and drops its own. Pixels only ever pass through in
pieces of a few MB, because the app's process has to stay small.
"""

import errno
import hashlib
import json
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from playground.data.datasets.dataset import FORMER_MAX_PIXEL, DataError, Dataset, fingerprint_of

FORMAT = 3  # raise it when what is written changes: every copy is then made afresh
PIECE = 4 * 2**20  # bytes read or written at a time
ABANDONED = 3600  # seconds after which an unfinished copy was left by a process that died

_making: "defaultdict[Path, threading.Lock]" = defaultdict(threading.Lock)
"""By a data set's folder: threads wait for its copy instead of making two."""


@dataclass(frozen=True)
class Content:
    """What a copy's writer reports of the files it wrote."""

    shape: tuple[int, int, int, int]
    """(n, height, width, channels)"""
    classes: tuple[str, ...]
    test_start: int | None
    max_pixel: int = 255


Writer = Callable[[Path], Content]
"""Writes images.npy (uint8) and labels.npy (int64) into a folder."""


def prepare(folder: Path, name: str, sources: Sequence[Path], write: Writer) -> Path:
    """Return the folder of the prepared copy of ``sources``, made with ``write`` if there is none.

    Raises DataError if the data folder cannot be written or a source changes meanwhile, and
    whatever ``write`` raises; nothing unfinished is left behind.
    """
    home = folder / "prepared" / name
    target = home / _key(sources)
    if target.is_dir():
        return target
    with _making[home], writing():
        if target.is_dir():
            return target
        home.mkdir(parents=True, exist_ok=True)
        temporary = home / f".{uuid4().hex}"
        temporary.mkdir()
        try:
            _write_meta(temporary, write(temporary), sources)
            if _key(sources) != target.name:
                raise DataError(f"{sources[0].name} changed while it was being read: try again.")
            _rename(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        _remove_others(target)
    return target


def newest(folder: Path, name: str) -> Path | None:
    """Find the newest prepared copy of that name, whatever its source was."""
    copies = [path for path in folder.glob(f"prepared/{name}/*") if not path.name.startswith(".")]
    return max(copies, key=lambda path: path.stat().st_mtime_ns, default=None)


def open_copy(copy: Path) -> Dataset:
    """Open a prepared copy, memory-mapped. Raises DataError if it is damaged."""
    try:
        meta = json.loads((copy / "meta.json").read_text())
        images, labels = (
            np.load(copy / f"{part}.npy", mmap_mode="r", allow_pickle=False)
            for part in ("images", "labels")
        )
        if list(images.shape) != meta["shape"] or labels.shape != images.shape[:1]:
            raise ValueError("shapes differ")
        return Dataset(
            images,
            labels,
            tuple(meta["classes"]),
            meta["top"],
            meta["test_start"],
            meta["fingerprint"],
            meta.get("former"),
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"The prepared copy of {copy.parent.name} is damaged: delete the folder "
            f"prepared/{copy.parent.name} in the data folder, and try again."
        ) from error


@contextmanager
def writing() -> Iterator[None]:
    """Turn an OSError met while writing to the data folder into a DataError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DataError(
                "There is no room left on the disk of the data folder: free some, or name another "
                "folder in PLAYGROUND_DATA."
            ) from error
        raise DataError(
            f"The data folder cannot be written ({error.strerror}): make it writable, or name "
            "another one in PLAYGROUND_DATA."
        ) from error


def write_header(file, shape: tuple[int, ...]) -> None:
    """Begin a .npy file of uint8 in C order; the pixels follow as plain bytes."""
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _stats(sources: Sequence[Path]) -> list[tuple[str, int, int]]:
    """Return name, size in bytes and time of change in ns, of each source."""
    try:
        found = [(path.name, path.stat()) for path in sources]
    except OSError as error:
        raise DataError(
            f"{Path(error.filename).name} in the data folder cannot be read ({error.strerror}): "
            "put it there again, or check its rights."
        ) from error
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]


def _key(sources: Sequence[Path]) -> str:
    text = json.dumps([FORMAT, _stats(sources)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write_meta(copy: Path, content: Content, sources: Sequence[Path]) -> None:
    """Write meta.json, with the fingerprint of the pixels and labels as they stand on disk."""
    labels = np.load(copy / "labels.npy", allow_pickle=False)

    def fingerprint(max_pixel: int) -> str:
        pixels = _pixels(copy / "images.npy")
        classes, test_start = content.classes, content.test_start
        return fingerprint_of(content.shape, classes, max_pixel, test_start, pixels, labels)

    meta = {
        "shape": content.shape,
        "classes": content.classes,
        "top": content.max_pixel,
        "test_start": content.test_start,
        "fingerprint": fingerprint(content.max_pixel),
        "former": None if content.max_pixel == FORMER_MAX_PIXEL else fingerprint(FORMER_MAX_PIXEL),
        "sources": _stats(sources),
    }
    (copy / "meta.json").write_text(json.dumps(meta, indent=1))


def _pixels(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        while piece := file.read(PIECE):
            yield piece


def _rename(temporary: Path, target: Path) -> None:
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():  # else another process was first, and its copy is as good
            raise


def _remove_others(target: Path) -> None:
    """Remove copies of earlier sources, and what a dead process left unfinished."""
    for other in target.parent.iterdir():
        if other == target:
            continue
        unfinished = other.name.startswith(".")
        if not unfinished or _age(other) > ABANDONED:
            shutil.rmtree(other, ignore_errors=True)


def _age(path: Path) -> float:
    """Return the seconds since the path was last written to; 0 if it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0

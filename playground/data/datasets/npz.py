"""Reading .npz files in pieces, trusting nothing they say: no pickle, no zip bomb, no lying header.

``np.load`` would hold whole arrays (CIFAR10: 150 MB); this yields a few MB at a time.
"""

import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Self

import numpy as np

from playground.data.datasets.dataset import DataError
from playground.data.datasets.prepared_copy import PIECE

MAX_BYTES = 2 * 10**9  # uncompressed, all arrays of a file together
_MAX_AT_ONCE = 8 * 2**20  # bytes; a list of ten arrays has 1 KB
_MAX_DIMENSIONS = 64  # NumPy's own limit

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,  # numpy's reading of a spoilt header
    EOFError,
    LookupError,  # a type or a codec that numpy cannot make out
    OSError,
    OverflowError,  # a place beyond any file's end
    MemoryError,
    RuntimeError,  # a password; also NotImplementedError and RecursionError
    SyntaxError,
    TypeError,
    ValueError,
)


class _File(io.FileIO):
    """A file that is read in pieces: zipfile would take in a list of millions of arrays at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_AT_ONCE:
            raise OSError("a list of arrays of many MB")
        return super().read(size)


class Npz:
    """An .npz file opened for reading; use it in a ``with``. Every method raises DataError."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        with self._raises_data_error(), ExitStack() as undo:
            self._file = undo.enter_context(_File(path))
            self._zip = zipfile.ZipFile(self._file)
            size = sum(member.file_size for member in self._zip.infolist())
            if size > MAX_BYTES:
                raise DataError(
                    f"{self.name} unpacks to {size / 1e9:,.1f} GB, and the limit is "
                    f"{MAX_BYTES / 1e9:,.0f} GB: save fewer or smaller images."
                )
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, array: str) -> bool:
        return f"{array}.npy" in self._zip.namelist()

    def header(self, array: str) -> tuple[tuple[int, ...], np.dtype]:
        """Read an array's shape and type, without its content."""
        with self._raises_data_error(), self._zip.open(self._member(array)) as file:
            return self._header(array, file)

    def pieces(self, array: str) -> Iterator[np.ndarray]:
        """Yield the array's rows in order, a few MB at a time: each piece is (rows, *shape[1:])."""
        with self._raises_data_error(), self._zip.open(self._member(array)) as file:
            shape, dtype = self._header(array, file)
            row = dtype.itemsize * math.prod(shape[1:])
            at_once = max(1, PIECE // row)
            for start in range(0, shape[0], at_once):
                rows = min(at_once, shape[0] - start)
                data = file.read(rows * row)
                if len(data) < rows * row:
                    raise EOFError
                yield np.frombuffer(data, dtype).reshape(rows, *shape[1:])
            if file.read(1):  # reading to the end also makes zipfile compare the CRC
                raise EOFError

    def whole(self, array: str) -> np.ndarray:
        """Read the array at once; look at its header first."""
        return np.concatenate(list(self.pieces(array)))

    def _member(self, array: str) -> zipfile.ZipInfo:
        if array not in self:
            if array in ("x_test", "y_test"):
                raise DataError(
                    f"{self.name} has no array {array}: save x_test and y_test both, or neither."
                )
            name = f"{self.name[:-4]}.npz"  # np.savez adds it to any other ending
            raise DataError(
                f"{self.name} has no array {array}: run np.savez({name!r}, x_train=x_train, "
                "y_train=y_train) to save all that is needed."
            )
        member = self._zip.getinfo(f"{array}.npy")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("a compression that NumPy does not write")
        return member

    def _header(self, array: str, file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
        # Later versions are for headers of more than 64 KB, which NumPy takes in whole: up to 4 GB.
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("a version of the format that plain arrays do not need")
        shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.hasobject:
            raise DataError(
                f"{array} in {self.name} holds Python objects, which are never loaded: save it as "
                "an array of numbers (class_names as an array of text)."
            )
        if by_column and len(shape) > 1:
            raise DataError(
                f"{array} in {self.name} is stored column by column: run {array} = "
                f"np.ascontiguousarray({array}) and save the file again."
            )
        if not shape or min(shape) < 1 or dtype.itemsize < 1:
            raise DataError(f"{array} in {self.name} is empty: save at least one value in it.")
        if (
            len(shape) > _MAX_DIMENSIONS
            or dtype.itemsize * math.prod(shape) > self._member(array).file_size
        ):
            raise EOFError
        return shape, dtype

    @contextmanager
    def _raises_data_error(self) -> Iterator[None]:
        try:
            yield
        except DataError:
            raise
        except _BROKEN as error:
            raise DataError(
                f"{self.name} is not a whole .npz file, or cannot be read: write it again with "
                "np.savez."
            ) from error

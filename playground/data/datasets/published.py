"""Data sets whose published files stand in the data folder, as a download leaves them there."""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from playground import formats
from playground.config import DataConfig
from playground.data.datasets.dataset import DataError, Dataset
from playground.data.datasets.prepared_copy import Content, newest, open_copy, prepare


def files_of(data: DataConfig, folder: Path) -> list[Path]:
    """Give the paths of the published files, in their order."""
    download = data.download
    return [folder / download.folder / file.name for file in download.files] if download else []


def are_there(data: DataConfig, folder: Path) -> bool:
    """Tell whether all published files are there."""
    return all(path.is_file() for path in files_of(data, folder))


def ready(data: DataConfig, folder: Path) -> bool:
    """Tell whether the published files or a prepared copy are there."""
    return are_there(data, folder) or newest(folder, data.name) is not None


def load(data: DataConfig, folder: Path, write: Callable[[list[Path], Path], Content]) -> Dataset:
    """Open the prepared copy of the published files; the newest there is if they are gone.

    ``write`` writes a copy of the files, which are checked before, into a folder. Raises DataError.
    """
    if are_there(data, folder):
        assert data.download
        published, paths = data.download.files, files_of(data, folder)

        def checked(temporary: Path) -> Content:
            for path, file in zip(paths, published, strict=True):
                check(path, file.md5)
            try:
                return write(paths, temporary)
            except (EOFError, gzip.BadGzipFile, tarfile.TarError, zlib.error) as error:
                raise not_as_published(data) from error

        return open_copy(prepare(folder, data.name, paths, checked))
    if found := newest(folder, data.name):
        return open_copy(found)
    raise DataError(
        f"{data.short} is not here yet: press Download, run python -m playground fetch "
        f"{data.name}, or put {by_hand(data)}."
    )


def not_as_published(data: DataConfig) -> DataError:
    """Make the error of files that cannot be read, or hold something else, whatever their sums."""
    return DataError(
        f"The published {data.short} files are damaged: delete them from the data folder and "
        "download them again."
    )


def by_hand(data: DataConfig) -> str:
    """Say what can be put where in place of a download."""
    download = data.download
    assert download
    if download.npz:
        return f"{download.npz} into the data folder"
    files = formats.listed([file.name for file in download.files])
    return f"its published files ({files}) into {download.folder} in the data folder"


def check(path: Path, md5: str) -> None:
    """Raise DataError if a published file is not what was published."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    except OSError as error:
        raise DataError(
            f"{path.name} in the data folder cannot be read ({error.strerror}): check its rights."
        ) from error
    if found.hexdigest() != md5:
        raise DataError(
            f"{path.name} is not the published file (its MD5 sum differs): delete it from the data "
            "folder and download it again."
        )

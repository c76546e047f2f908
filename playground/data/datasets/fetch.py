"""Downloading the published files of a data set into the data folder."""

import hashlib
import http.client
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playground.config import DataConfig, Published
from playground.data.datasets.dataset import DataError
from playground.data.datasets.prepared_copy import writing
from playground.data.datasets.published import by_hand, files_of

TIMEOUT = 30  # seconds without a byte
PIECE = 2**16  # bytes between two looks at stop()

Report = Callable[[int, int], None]
"""Is told the bytes done and the bytes in all."""


@dataclass
class Downloader:
    """A download that is on."""

    data: DataConfig
    report: Report
    stop: Callable[[], bool]
    done: int = 0
    """Bytes of the files before this one, and of this one so far."""

    def files(self, folder: Path) -> None:
        """Download the files that are not there. Raises DataError; what is unfinished is removed,
        files that are whole stay."""
        download = self.data.download
        assert download
        with writing():
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
            if free < download.room:
                raise DataError(
                    f"{self.data.short} needs {download.room / 1e6:,.0f} MB and the disk of the "
                    f"data folder has {free / 1e6:,.0f} MB left: free some, or name another folder "
                    "in PLAYGROUND_DATA."
                )
            self.report(0, download.size)
            for file, path in zip(download.files, files_of(self.data, folder), strict=True):
                if path.is_file():
                    self._advance(file.size)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    self._file(file, path)

    def _advance(self, count: int) -> None:
        self.done += count
        assert self.data.download
        self.report(self.done, self.data.download.size)

    def _file(self, file: Published, path: Path) -> None:
        partial = path.with_name(f"{path.name}.{uuid4().hex[:8]}.partial")
        try:
            if self._downloaded(file, partial) != file.md5:
                raise self._is_another(file)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _downloaded(self, file: Published, partial: Path) -> str:
        """Write what is sent to ``partial``; gives its MD5 sum in hex digits."""
        digest = hashlib.md5(usedforsecurity=False)
        count = 0
        with partial.open("xb") as out, self._opened(file.url) as response:
            announced = response.length or 0
            while piece := _read(response, file.url):
                if self.stop():
                    raise DataError(
                        f"The download of {self.data.short} was stopped: start it again when you "
                        "like."
                    )
                out.write(piece)
                digest.update(piece)
                count += len(piece)
                if count > file.size:
                    raise self._is_another(file)
                self._advance(len(piece))
            if count < announced:
                raise _broke_off(file.url)
        return digest.hexdigest()

    def _opened(self, url: str) -> http.client.HTTPResponse:
        try:
            return urllib.request.urlopen(url, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            error.close()
            raise DataError(
                f"{url} answered {error.code} {error.reason}: try again later, or put "
                f"{by_hand(self.data)}."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise DataError(
                f"{url} cannot be reached ({_why(error)}): check that this machine is on the "
                f"internet, or put {by_hand(self.data)}."
            ) from error

    def _is_another(self, file: Published) -> DataError:
        return DataError(
            f"What {file.url} sent is not the published file (its MD5 sum differs): try again, or "
            f"put {by_hand(self.data)}."
        )


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return "its name was not found" if isinstance(reason, socket.gaierror) else str(reason)


def _read(response: http.client.HTTPResponse, url: str) -> bytes:
    try:
        return response.read(PIECE)
    except (OSError, http.client.HTTPException) as error:
        raise _broke_off(url) from error


def _broke_off(url: str) -> DataError:
    return DataError(f"The download from {url} broke off: try again.")

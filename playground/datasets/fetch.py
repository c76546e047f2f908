"""Downloading the published CIFAR10 archive (170 MB) into the data folder."""

import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playground.datasets import cifar10
from playground.datasets.dataset import DataError
from playground.datasets.prepared import writing

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"  # torchvision.datasets.CIFAR10.url
ROOM = 400 * 10**6  # bytes: the archive and the prepared copy, and a little over
TIMEOUT = 30  # seconds without a byte
PIECE = 2**16  # bytes between two looks at stop()


def fetch_cifar10(
    folder: Path,
    report: Callable[[int, int], None] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
    url: str = URL,
    md5: str = cifar10.ARCHIVE_MD5,
) -> None:
    """Download CIFAR10 and prepare it; where it is there already, only prepare it.

    ``report`` is called with the bytes done and the bytes in all (0 where the server does not say).
    Raises DataError, also where ``stop`` became true; the unfinished file is then removed.
    """
    if not cifar10.ready(folder):
        with writing():
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
            if free < ROOM:
                raise DataError(
                    f"CIFAR10 needs {ROOM / 1e6:,.0f} MB and the disk of the data folder has "
                    f"{free / 1e6:,.0f} MB left: free some, or name another folder in "
                    "PLAYGROUND_DATA."
                )
            partial = folder / f"{cifar10.ARCHIVE}.{uuid4().hex[:8]}.partial"
            try:
                if _download(url, partial, report, stop) != md5:
                    raise DataError(
                        f"What {url} sent is not the published archive (its MD5 sum differs): "
                        f"try again, or put {cifar10.NPZ} into the data folder."
                    )
                partial.replace(folder / cifar10.ARCHIVE)
            finally:
                partial.unlink(missing_ok=True)
    cifar10.copy(folder, md5)


def _download(
    url: str, partial: Path, report: Callable[[int, int], None], stop: Callable[[], bool]
) -> str:
    """Write what ``url`` sends to ``partial``; returns its MD5 sum in hex digits."""
    digest = hashlib.md5(usedforsecurity=False)
    with partial.open("xb") as file, _opened(url) as response:
        total = response.length or 0
        done = 0
        report(done, total)
        while piece := _read(response, url):
            if stop():
                raise DataError(
                    "The download of CIFAR10 was stopped: start it again when you like."
                )
            file.write(piece)
            digest.update(piece)
            done += len(piece)
            report(done, total)
        if done < total:
            raise _broke_off(url)
    return digest.hexdigest()


def _opened(url: str) -> http.client.HTTPResponse:
    try:
        return urllib.request.urlopen(url, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        raise DataError(
            f"{url} answered {error.code} {error.reason}: try again later, or put {cifar10.NPZ} "
            "into the data folder."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise DataError(
            f"{url} cannot be reached ({getattr(error, 'reason', error)}): check the network, or "
            f"put {cifar10.NPZ} into the data folder."
        ) from error


def _read(response: http.client.HTTPResponse, url: str) -> bytes:
    try:
        return response.read(PIECE)
    except (OSError, http.client.HTTPException) as error:
        raise _broke_off(url) from error


def _broke_off(url: str) -> DataError:
    return DataError(f"The download from {url} broke off: try again.")

"""Stand-ins for the download, named to the worker in place of the real one."""

import time
from collections.abc import Callable
from pathlib import Path

from playground.datasets import DataError


def works(kind: str, folder: Path, report: Callable[[int, int], None]) -> None:
    """Takes a second, reports, and leaves a file."""
    for done in range(4):
        report(done * 50, 200)
        time.sleep(0.25)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fetched").touch()


def fails(kind: str, folder: Path, report: Callable[[int, int], None]) -> None:
    """Fails as a download without network does."""
    raise DataError("CIFAR10 could not be downloaded: check the network and try again.")

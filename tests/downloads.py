"""Stand-ins for the download, named to the worker in place of the real one."""

import time
from collections.abc import Callable
from pathlib import Path

from playground.data.datasets import DataError


def works(kind: str, folder: Path, report: Callable[[int, int], None]) -> None:
    """Takes a second, reports, and leaves a file with what it began and ended."""
    folder.mkdir(parents=True, exist_ok=True)
    _note(folder, f"began {kind}")
    for done in range(4):
        report(done * 50, 200)
        time.sleep(0.25)
    _note(folder, f"ended {kind}")


def _note(folder: Path, line: str) -> None:
    with (folder / "fetched").open("a") as file:
        print(line, file=file)


def fails(kind: str, folder: Path, report: Callable[[int, int], None]) -> None:
    """Fails as a download without network does."""
    raise DataError("CIFAR10 could not be downloaded: check the network and try again.")

"""Every data set small and in its own published format, for tests that go through all of them.

A data set that is read from files has a module ``tests.small_<kind>``. Its ``save(folder)`` puts
the files into a data folder; one that is downloaded has ``contents()``, its published files by
name, besides. Files that ``save`` writes must be accepted once :func:`publish` made them the
published ones.
"""

import hashlib
import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from playground.config import DATA_KINDS, Data, Published

ALL = tuple(DATA_KINDS)
DOWNLOADED = tuple(name for name, data in DATA_KINDS.items() if data.download)


def module(kind: str) -> ModuleType:
    """Find the module that has a data set's small files."""
    return importlib.import_module(f"tests.small_{kind}")


def save(kind: str, folder: Path, patch: pytest.MonkeyPatch) -> Data:
    """Put a small data set into a folder, and give its config with the fields that it needs."""
    if DATA_KINDS[kind].download:
        publish(kind, patch)
    if DATA_KINDS[kind].shape and not DATA_KINDS[kind].download:
        return DATA_KINDS[kind]()  # it comes with a package
    return DATA_KINDS[kind](**module(kind).save(folder))


def publish(kind: str, patch: pytest.MonkeyPatch, url: str = "", **changed: bytes) -> dict:
    """Make a set's small files the published ones, at an address in place of the real one.

    Gives their contents by name. ``changed`` has other contents that are published in their place.
    """
    data = DATA_KINDS[kind]
    published = data.download
    assert published
    contents = module(kind).contents() | changed
    files = tuple(
        Published(
            f"{url}/{file.name}",
            hashlib.md5(contents[file.name]).hexdigest(),
            len(contents[file.name]),
        )
        for file in published.files
    )
    patch.setattr(data, "download", replace(published, files=files))
    return contents

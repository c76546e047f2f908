"""A data folder with a small copy of every data set, in the form in which it is published."""

from pathlib import Path

from tests import own_images, small_cifar10

SETTINGS = {"npz": {"data.file": "mine.npz"}}
"""What a data set needs beside its name."""


def folder(path: Path) -> Path:
    """Fill a folder."""
    small_cifar10.save_npz(path)
    own_images.save(path)
    return path

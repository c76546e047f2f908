"""The download of CIFAR10, from a small server on this machine."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from playground.config import Cifar10
from playground.data import datasets
from playground.data.datasets import DataError
from tests import small_cifar10, small_sets
from tests.serving import serving
from tests.small_cifar10 import assert_is_the_small_one, save_npz

PAGE = "/cifar-10-python.tar.gz"
NOBODY = "http://127.0.0.1:9"
"""Where no server listens."""


@pytest.fixture(scope="module")
def archive() -> bytes:
    return small_cifar10.archive()


@pytest.fixture
def server():
    """An HTTP server on this machine; ``pages`` holds what it answers: status, length, content."""
    with serving() as running:
        yield running


def fetch_refusal(folder: Path, *arguments) -> str:
    with pytest.raises(DataError) as raised:
        datasets.fetch("cifar10", folder, *arguments)
    assert not folder.exists() or not list(folder.iterdir())
    return str(raised.value)


def test_a_download_is_checked_and_prepared_and_reports_its_progress(
    tmp_path, archive, server, monkeypatch
):
    address, pages = server
    pages[PAGE] = (200, len(archive), archive)
    small_sets.publish("cifar10", monkeypatch, address)
    seen = []
    datasets.fetch("cifar10", tmp_path / "new", lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, len(archive)) and seen[-1] == (len(archive), len(archive))
    assert seen == sorted(seen) and len(seen) > 3
    assert_is_the_small_one(datasets.load(Cifar10(), tmp_path / "new"))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "cifar-10-python.tar.gz",
        "prepared",
    ]


def test_what_is_there_is_not_downloaded_again(tmp_path, monkeypatch):
    small_sets.publish("cifar10", monkeypatch, NOBODY)
    save_npz(tmp_path)
    datasets.fetch("cifar10", tmp_path)
    assert (tmp_path / "prepared" / "cifar10").is_dir()


def test_a_download_can_be_stopped(tmp_path, archive, server, monkeypatch):
    address, pages = server
    pages[PAGE] = (200, len(archive), archive)
    small_sets.publish("cifar10", monkeypatch, address)
    done = []
    sentence = fetch_refusal(tmp_path, lambda now, total: done.append(now), lambda: len(done) > 2)
    assert "was stopped" in sentence and done[-1] < len(archive)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ((200, 3, b"abc"), "MD5 sum differs"),
        ((200, 10**6, b"x" * 10**6), "MD5 sum differs"),
        ((200, 9, b"abc"), "broke off"),
        ((503, 0, b""), "answered 503 Service Unavailable"),
    ],
)
def test_a_download_that_fails_says_why_and_leaves_nothing(
    tmp_path, server, page, words, monkeypatch
):
    address, pages = server
    pages[PAGE] = page
    small_sets.publish("cifar10", monkeypatch, address, **{PAGE[1:]: b"another content"})
    assert words in fetch_refusal(tmp_path)


def test_no_more_is_read_than_was_published(tmp_path, server, monkeypatch):
    address, pages = server
    pages[PAGE] = (200, 10**8, bytes(10**7))
    small_sets.publish("cifar10", monkeypatch, address)
    done = []
    assert "not the published file" in fetch_refusal(tmp_path, lambda now, total: done.append(now))
    assert done[-1] <= Cifar10.download.size


def test_a_server_that_cannot_be_reached_is_named(tmp_path, monkeypatch):
    small_sets.publish("cifar10", monkeypatch, NOBODY)
    sentence = fetch_refusal(tmp_path)
    assert f"{NOBODY}{PAGE} cannot be reached" in sentence
    assert "cifar10.npz" in sentence


def test_a_download_looks_for_room_first(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")(10**9, 10**9, 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "needs 400 MB and the disk" in fetch_refusal(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    sentence = fetch_refusal(tmp_path / "file" / "data")
    assert "cannot be written" in sentence and "PLAYGROUND_DATA" in sentence

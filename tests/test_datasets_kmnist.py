"""KMNIST: what the published files hold; what all data sets promise is in the contract test."""

import gzip
import struct

import numpy as np
import pytest
import torchvision

from playground.config.datasets import KMNIST
from playground.data import datasets
from playground.data.datasets import DataError
from tests import small_sets
from tests.small_kmnist import COUNTS, IMAGES, LABELS, idx


def test_sums_names_address_and_classes_are_those_of_torchvision():
    theirs = torchvision.datasets.KMNIST
    assert [(file.name, file.md5) for file in KMNIST.download.files] == theirs.resources
    assert [file.url for file in KMNIST.download.files] == [
        theirs.mirrors[0] + name for name, _ in theirs.resources
    ]
    assert list(KMNIST.classes) == theirs.classes


def test_the_images_are_those_of_torchvision_in_its_order(tmp_path, monkeypatch):
    data = small_sets.save("kmnist", tmp_path, monkeypatch)
    found = datasets.load(data, tmp_path)
    parts = [torchvision.datasets.KMNIST(tmp_path, train=train) for train in (True, False)]
    assert np.array_equal(found.images[..., 0], np.concatenate([part.data for part in parts]))
    assert np.array_equal(found.labels, np.concatenate([part.targets for part in parts]))
    assert np.array_equal(found.images[..., 0], IMAGES) and np.array_equal(found.labels, LABELS)
    assert (found.test_start, found.max_pixel) == (COUNTS[0], 255)


def refusal(folder, monkeypatch, name: str, content: bytes) -> str:
    """The sentence on a file that was published with this content."""
    contents = small_sets.publish("kmnist", monkeypatch, **{name: gzip.compress(content)})
    home = folder / KMNIST.download.folder
    home.mkdir(parents=True)
    for other, one in contents.items():
        (home / other).write_bytes(one)
    with pytest.raises(DataError) as raised:
        datasets.load(KMNIST(), folder)
    assert not [path for path in folder.glob("prepared/**/*") if path.is_file()]
    return str(raised.value)


TRAIN, LABELLED = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
FIRST = IMAGES[: COUNTS[0]]
BROKEN = {
    "other axes": (TRAIN, idx(FIRST.reshape(COUNTS[0], -1))),
    "another size": (TRAIN, idx(FIRST[:, :27])),
    "fewer images than labels": (TRAIN, idx(FIRST[1:])),
    "fewer pixels than it says": (TRAIN, idx(FIRST)[:-1]),
    "more pixels than it says": (TRAIN, idx(FIRST) + b"x"),
    "numbers of four bytes": (TRAIN, b"\0\0\x0c\x03" + idx(FIRST)[4:]),
    "a label too high": (LABELLED, idx(LABELS[: COUNTS[0]] + 1)),
    "no labels": (LABELLED, idx(LABELS[:0])),
    "more labels than were published": (LABELLED, idx(np.zeros(60_001, np.uint8))),
    "more labels than there can be": (
        LABELLED,
        b"\0\0\x08\x01" + struct.pack(">I", 2**32 - 1),
    ),
    "a pickle": (LABELLED, b"\x80\x04N."),
}


@pytest.mark.parametrize("what", BROKEN)
def test_files_with_another_content_are_refused(what, tmp_path, monkeypatch):
    name, content = BROKEN[what]
    told = refusal(tmp_path, monkeypatch, name, content)
    assert told == (
        "The published KMNIST files are damaged: delete them from the data folder and download "
        "them again."
    )


def test_a_download_goes_on_with_the_files_that_are_missing(tmp_path, monkeypatch):
    data = small_sets.save("kmnist", tmp_path, monkeypatch)
    seen = []
    small_sets.publish("kmnist", monkeypatch, "http://127.0.0.1:9")
    (tmp_path / data.download.folder / TRAIN).unlink()
    with pytest.raises(DataError, match=f"9/{TRAIN} cannot be reached.*KMNIST/raw"):
        datasets.fetch("kmnist", tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == [(0, data.download.size)]

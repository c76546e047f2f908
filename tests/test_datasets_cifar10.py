"""CIFAR10: the published files without unpickling, cifar10.npz, and the real images."""

import io
import pickle
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torchvision

from playground.config import Cifar10
from playground.data import datasets
from playground.data.datasets import DataError, cifar10, own_images
from tests import small_cifar10, small_sets
from tests.small_cifar10 import (
    IMAGES,
    LABELS,
    ROWS,
    assert_is_the_small_one,
    batches,
    md5,
    python_2_pickle,
    rows_of,
    save_npz,
)


@pytest.fixture(scope="module")
def archive() -> bytes:
    return small_cifar10.archive()


def refusal(folder: Path) -> str:
    with pytest.raises(DataError) as raised:
        datasets.load(Cifar10(), folder)
    assert not [path for path in folder.glob("prepared/**/*") if path.is_file()]
    assert str(folder) not in str(raised.value), "visitors need not know where it is"
    return str(raised.value)


# --- the published files -----------------------------------------------------------------------


def test_sums_names_and_address_are_those_of_torchvision():
    theirs = torchvision.datasets.CIFAR10
    (ours,) = Cifar10.download.files
    assert theirs.url == ours.url and theirs.tgz_md5 == ours.md5
    listed = [(name, md5) for name, md5 in [*theirs.train_list, *theirs.test_list]]
    assert listed == list(cifar10.BATCHES.items())
    assert theirs.base_folder == cifar10.FOLDER and theirs.filename == ours.name


@pytest.mark.parametrize("by_column", [False, True])
def test_a_batch_is_read_as_unpickling_it_would(by_column):
    content = python_2_pickle(IMAGES[:ROWS], LABELS[:ROWS], by_column)
    theirs = pickle.loads(content, encoding="bytes")  # noqa: S301 - written by this test
    images, labels = cifar10.read_batch(io.BytesIO(content))
    assert np.array_equal(rows_of(images), theirs[b"data"]) and labels.tolist() == theirs[b"labels"]
    assert np.array_equal(images, IMAGES[:ROWS]) and np.array_equal(labels, LABELS[:ROWS])


def test_a_batch_written_by_python_3_is_read_as_well():
    batch = {b"labels": LABELS[:ROWS].tolist(), b"data": rows_of(IMAGES[:ROWS])}
    content = pickle.dumps({b"batch_label": b"x", **batch, b"filenames": [b"a"]}, protocol=2)
    images, labels = cifar10.read_batch(io.BytesIO(content))
    assert np.array_equal(images, IMAGES[:ROWS]) and np.array_equal(labels, LABELS[:ROWS])


def test_reading_a_batch_runs_nothing(tmp_path):
    harmful = b"cos\nsystem\n(U" + bytes([len(f"touch {tmp_path}/ran")])
    harmful += f"touch {tmp_path}/ran".encode() + b"tR0"
    content = python_2_pickle(IMAGES[:ROWS], LABELS[:ROWS])
    images, _ = cifar10.read_batch(io.BytesIO(b"\x80\x02" + harmful + content[2:]))
    assert len(images) == ROWS and not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps({}), pickle.dumps([1, "a"])])
def test_a_batch_with_another_content_is_an_error(content):
    with pytest.raises(DataError, match="not as published"):
        cifar10.read_batch(io.BytesIO(content))


def test_the_published_archive_is_prepared_in_the_data_sets_order(tmp_path, archive, monkeypatch):
    small_sets.publish("cifar10", monkeypatch)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive)
    assert_is_the_small_one(datasets.load(Cifar10(), tmp_path))


def test_an_archive_with_another_sum_is_refused(tmp_path, archive):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive)
    assert "not the published file (its MD5 sum differs): delete it" in refusal(tmp_path)


def write_folder(folder: Path, monkeypatch) -> None:
    (folder / "cifar-10-batches-py").mkdir()
    for name, content in batches().items():
        (folder / "cifar-10-batches-py" / name).write_bytes(content)
        monkeypatch.setitem(cifar10.BATCHES, name, md5(content))


def test_the_extracted_folder_is_prepared(tmp_path, monkeypatch):
    write_folder(tmp_path, monkeypatch)
    assert_is_the_small_one(datasets.load(Cifar10(), tmp_path))


def test_an_extracted_folder_with_a_changed_or_missing_batch_is_refused(tmp_path, monkeypatch):
    write_folder(tmp_path, monkeypatch)
    batch = tmp_path / "cifar-10-batches-py" / "data_batch_3"
    batch.write_bytes(batch.read_bytes() + b"x")
    assert "data_batch_3 is not the published file" in refusal(tmp_path)
    batch.unlink()
    assert "has no data_batch_3" in refusal(tmp_path)


def test_all_sources_of_the_same_pixels_have_one_fingerprint(tmp_path, archive, monkeypatch):
    small_sets.publish("cifar10", monkeypatch)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "cifar-10-python.tar.gz").write_bytes(archive)
    save_npz(tmp_path / "b")
    found = {datasets.fingerprint(Cifar10(), tmp_path / name) for name in ("a", "b")}
    assert len(found) == 1


# --- cifar10.npz -------------------------------------------------------------------------------


def test_cifar10_npz_is_prepared(tmp_path):
    assert not datasets.ready("cifar10", tmp_path)
    save_npz(tmp_path)
    assert datasets.ready("cifar10", tmp_path)
    assert_is_the_small_one(datasets.load(Cifar10(), tmp_path))


def test_the_published_archive_comes_before_cifar10_npz(tmp_path, archive, monkeypatch):
    small_sets.publish("cifar10", monkeypatch)
    save_npz(tmp_path, x_train=255 - IMAGES[: 5 * ROWS])
    datasets.load(Cifar10(), tmp_path)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archive)
    assert_is_the_small_one(datasets.load(Cifar10(), tmp_path))


def test_a_prepared_copy_is_enough_when_its_source_is_gone(tmp_path):
    save_npz(tmp_path)
    datasets.load(Cifar10(), tmp_path)
    (tmp_path / "cifar10.npz").unlink()
    assert datasets.ready("cifar10", tmp_path)
    assert_is_the_small_one(datasets.load(Cifar10(), tmp_path))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x_train": IMAGES[: 5 * ROWS, :16], "x_test": IMAGES[5 * ROWS :, :16]}, "not CIFAR10"),
        ({"y_train": LABELS[: 5 * ROWS] // 2, "y_test": LABELS[5 * ROWS :] // 2}, "must have 10"),
    ],
)
def test_another_data_set_under_that_name_is_refused(tmp_path, arrays, words):
    save_npz(tmp_path, **arrays)
    assert words in refusal(tmp_path)


def test_without_any_source_the_message_says_all_three_ways(tmp_path):
    sentence = refusal(tmp_path)
    for way in (
        "Download",
        "python -m playground fetch cifar10",
        "cifar10.npz into the data folder",
    ):
        assert way in sentence


# --- the real images ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real(cifar10_folder, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cifar10")
    (folder / "cifar10.npz").symlink_to(cifar10_folder.resolve() / "cifar10.npz")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory from /proc")
def test_preparing_the_real_images_keeps_the_process_small(real):
    program = (
        "import sys; from pathlib import Path;"
        "from playground import config; from playground.data import datasets;"
        "datasets.load(config.Cifar10(), Path(sys.argv[1]));"
        "lines = Path('/proc/self/status').read_text().splitlines();"
        "print(*(line.split()[1] for line in lines if line.startswith('VmHWM:')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(real)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 150 * 1024  # KiB; the arrays alone are 180 MiB


def test_the_real_images_are_what_the_file_holds(real):
    dataset = datasets.load(Cifar10(), real)
    with np.load(real / "cifar10.npz", allow_pickle=False) as theirs:
        assert np.array_equal(dataset.images[:50_000], theirs["x_train"])
        assert np.array_equal(dataset.images[50_000:], theirs["x_test"])
        assert np.array_equal(dataset.labels[:50_000], theirs["y_train"].ravel())
    facts = datasets.facts(Cifar10(), real)
    assert facts == datasets.Facts((3, 32, 32), Cifar10.classes, 50_000, 10_000)


def test_facts_of_a_prepared_data_set_take_less_than_5_ms(real, monkeypatch):
    datasets.facts(Cifar10(), real)
    monkeypatch.setattr(own_images, "write", None)
    times = []
    for _ in range(21):
        start = time.perf_counter()
        datasets.facts(Cifar10(), real)
        times.append(time.perf_counter() - start)
    assert sorted(times)[10] < 0.005

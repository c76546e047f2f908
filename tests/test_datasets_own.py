"""A person's own .npz files: what is read, and what is refused."""

import io
import tracemalloc
import unicodedata
import zipfile

import numpy as np
import pytest

from playground.config import OwnImages, with_settings
from playground.data import datasets
from playground.data.datasets import DataError, npz, own_images
from tests.own_images import IMAGES, LABELS, load, refusal, save

# --- what is read ------------------------------------------------------------------------------


def test_own_images_come_back_as_they_were_saved(tmp_path):
    dataset = load(tmp_path)
    assert np.array_equal(dataset.images, IMAGES) and np.array_equal(dataset.labels, LABELS)
    assert dataset.images.dtype == np.uint8 and dataset.labels.dtype == np.int64
    assert dataset.classes == ("0", "1", "2") and dataset.input_shape == (3, 9, 10)
    assert (dataset.max_pixel, dataset.test_start) == (255, None)
    assert isinstance(dataset.images, np.memmap) and not dataset.images.flags.writeable


def test_compressed_files_and_columns_of_labels_and_grey_images_are_read(tmp_path):
    np.savez_compressed(
        tmp_path / "mine.npz", x_train=IMAGES[..., 0], y_train=LABELS[:, None].astype(">u2")
    )
    dataset = datasets.load(OwnImages(file="mine.npz"), tmp_path)
    assert np.array_equal(dataset.images, IMAGES[..., :1])
    assert np.array_equal(dataset.labels, LABELS)


@pytest.mark.parametrize("dtype", ["int64", ">i2", "uint32"])
def test_whole_numbers_up_to_255_are_taken_as_they_are(tmp_path, dtype):
    assert np.array_equal(load(tmp_path, x_train=IMAGES.astype(dtype)).images, IMAGES)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_decimals_up_to_1_are_scaled_and_rounded(tmp_path, dtype):
    assert np.array_equal(load(tmp_path, x_train=(IMAGES / 255).astype(dtype)).images, IMAGES)


def test_test_images_of_the_file_stand_behind_the_training_images(tmp_path):
    dataset = load(tmp_path, x_test=IMAGES[:7] / 255, y_test=LABELS[:7])
    assert dataset.test_start == 60 and np.array_equal(dataset.images[60:], IMAGES[:7])
    assert np.array_equal(dataset.labels[60:], LABELS[:7])
    facts = datasets.facts(OwnImages(file="mine.npz"), tmp_path)
    assert (facts.n_train_pool, facts.n_test) == (60, 7)


def test_class_names_of_the_file_are_used(tmp_path):
    dataset = load(tmp_path, class_names=np.array(["cat", "dög", "cow"]))
    assert dataset.classes == ("cat", "dög", "cow")


def test_large_arrays_are_read_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "PIECE", 1000)  # three images at a time
    assert np.array_equal(load(tmp_path).images, IMAGES)


COMPOSED, APART = (unicodedata.normalize(form, "Größe.NPZ") for form in ("NFC", "NFD"))


def test_every_file_is_offered_or_it_is_said_why_not(tmp_path):
    offered = [
        "a (1).npz",
        "b.npz",
        COMPOSED,
        "手書き数字.npz",
        "[x] $1 `2`.npz",
        "x" * 251 + ".npz",
    ]
    others = {
        ".hidden.npz": "its name begins with a dot",
        "a\nb.npz": "its name has letters that cannot be seen",
        "a\u202eb.npz": "its name has letters that cannot be seen",
        "a\udcff.npz": "its name has letters that cannot be seen",  # no UTF-8 on the disk
        'a"b.npz': 'its name has one of < > : " / \\ | ? *',
        "folder.npz": "it is not a file",
        "cifar10.npz": "it is the data set CIFAR10",
    }
    for name in [*offered, *others, "notes.txt"]:
        path = tmp_path / name
        path.mkdir() if name == "folder.npz" else path.write_text("")
    assert datasets.available(tmp_path) == (sorted(offered), others)
    assert datasets.available(tmp_path / "none") == ([], {})


@pytest.mark.parametrize("on_disk", [COMPOSED, APART])
@pytest.mark.parametrize("in_link", [COMPOSED, APART])
def test_a_name_is_the_same_whichever_way_its_accents_are_written(tmp_path, on_disk, in_link):
    save(tmp_path)
    (tmp_path / "mine.npz").rename(tmp_path / on_disk)
    assert datasets.available(tmp_path) == ([COMPOSED], {})
    config, problems = with_settings({"data.name": "npz", "data.file": in_link})
    assert not problems and config.data.file == COMPOSED
    assert len(datasets.load(config.data, tmp_path).labels) == 60


def test_two_files_of_one_name_are_one_and_the_other_is_told(tmp_path):
    for name in (COMPOSED, APART):
        (tmp_path / name).write_text("")
    assert datasets.available(tmp_path) == (
        [COMPOSED],
        {COMPOSED: "another file has the same name"},
    )


# --- what is refused ---------------------------------------------------------------------------


def with_value(array: np.ndarray, value: float) -> np.ndarray:
    changed = array.astype(np.asarray(value).dtype)
    changed.flat[-1] = value
    return changed


REFUSED = {
    "too small": ({"x_train": IMAGES[:, :7]}, "7×10 pixels"),
    "too large": ({"x_train": np.zeros((60, 8, 65), np.uint8)}, "8×65 pixels"),
    "two channels": ({"x_train": IMAGES[..., :2]}, "shape (60, 9, 10, 2)"),
    "flat": ({"x_train": IMAGES.reshape(60, -1)}, "shape (60, 270)"),
    "no number": ({"x_train": np.array(5)}, "is empty"),
    "no image": ({"x_train": IMAGES[:0], "y_train": LABELS[:0]}, "is empty"),
    "few images": ({"x_train": IMAGES[:39], "y_train": LABELS[:39]}, "at least 40"),
    "negative": ({"x_train": with_value(IMAGES, -1)}, "from 0 to 255"),
    "above 255": ({"x_train": with_value(IMAGES, 256)}, "from 0 to 255"),
    "decimals above 1": ({"x_train": IMAGES / 2}, "go from 0 to 127.5"),
    "not a number": ({"x_train": with_value(IMAGES * 0, np.nan)}, "from 0 to 1"),
    "text": ({"x_train": IMAGES.astype(str)}, "whole numbers from 0"),
    "by column": ({"x_train": np.asfortranarray(IMAGES)}, "ascontiguousarray"),
    "objects": ({"x_train": IMAGES.astype(object)}, "Python objects"),
    "object labels": ({"y_train": LABELS.astype(object)}, "Python objects"),
    "lengths differ": ({"y_train": LABELS[:-1]}, "one label for each"),
    "one-hot": ({"y_train": np.eye(3, dtype=int)[LABELS]}, "one label for each"),
    "decimal labels": ({"y_train": LABELS / 1}, "must be whole numbers"),
    "negative label": ({"y_train": LABELS - 1}, "from -1 to 1"),
    "label of 100": ({"y_train": with_value(LABELS, 100)}, "from 0 to 100"),
    "gap": ({"y_train": LABELS * 2}, "3 different numbers from 0 to 4"),
    "many classes": (
        {"x_train": np.repeat(IMAGES, 2, 0), "y_train": np.arange(120)},
        "at most 100 classes",
    ),
    "one class": ({"y_train": LABELS * 0}, "at least two classes"),
    "test only": ({"x_test": IMAGES}, "no array y_test"),
    "test labels only": ({"y_test": LABELS}, "no array x_test"),
    "other test shape": ({"x_test": IMAGES[..., :1], "y_test": LABELS}, "differ in shape"),
    "test class": ({"x_test": IMAGES, "y_test": LABELS + 1}, "label 3, which y_train has not"),
    "names too few": ({"class_names": np.array(["a", "b"])}, "3 different names"),
    "names alike": ({"class_names": np.array(["a", "b", "a"])}, "3 different names"),
    "names blank": ({"class_names": np.array(["a", "b", " "])}, "3 different names"),
    "names unprintable": ({"class_names": np.array(["a", "b", "\ud800"])}, "printable"),
    "names no text": ({"class_names": np.arange(3)}, "3 different names"),
    "names no characters": (
        {"class_names": np.array([2**31, 1, 2], np.uint32).view("U1")},
        "3 different names",
    ),
}


@pytest.mark.parametrize(("arrays", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_with_a_sentence(tmp_path, arrays, words):
    data = save(tmp_path, **arrays)
    sentence = refusal(tmp_path, data)
    assert "mine.npz" in sentence
    assert words in sentence


def test_a_missing_file_is_named(tmp_path):
    assert "no mine.npz in the data folder:" in refusal(tmp_path)


def test_a_missing_array_is_named(tmp_path):
    np.savez(tmp_path / "mine.npz", images=IMAGES)
    assert "no array x_train" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "mine.npz").write_bytes(content)
    assert "mine.npz" in refusal(tmp_path)


def test_a_file_cut_short_or_spoilt_anywhere_is_refused_or_read_but_never_fails(tmp_path):
    np.savez_compressed(tmp_path / "whole.npz", x_train=IMAGES[:, :8, :8, 0], y_train=LABELS)
    whole = (tmp_path / "whole.npz").read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for trial in range(300):
        spoilt = bytearray(whole)
        if trial % 3 == 0:
            spoilt = spoilt[: random.integers(len(whole))]
        else:  # two of three trials hit the headers, where one byte matters most
            low, high = ((0, 200), (len(whole) - 300, len(whole)))[trial % 2]
            spoilt[random.integers(low, high)] = random.integers(256)
        (tmp_path / "mine.npz").write_bytes(spoilt)
        try:
            datasets.load(OwnImages(file="mine.npz"), tmp_path)
        except DataError:
            refused += 1
    assert refused > 200


def npy(header: dict, content: bytes) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + content


@pytest.mark.parametrize("images", [61, 59, 10**15])
def test_a_header_that_tells_another_size_than_is_there_is_refused(tmp_path, images):
    header = {"descr": "|u1", "fortran_order": False, "shape": (images, 9, 10, 3)}
    labels = io.BytesIO()
    np.save(labels, np.arange(min(images, 61)) % 3)
    with zipfile.ZipFile(tmp_path / "mine.npz", "w") as file:
        file.writestr("x_train.npy", npy(header, IMAGES.tobytes()))
        file.writestr("y_train.npy", labels.getvalue())
    assert "not a whole .npz" in refusal(tmp_path)


@pytest.mark.parametrize("descr", [(), ("|u1",), [()], "<no type", "|u1" * 999])
def test_a_header_that_tells_no_type_is_refused(tmp_path, descr):
    header = {"descr": descr, "fortran_order": False, "shape": IMAGES.shape}
    assert "not a whole .npz" in refused_header(tmp_path, header)


def test_a_header_of_more_dimensions_than_there_are_is_refused(tmp_path):
    header = {"descr": "|u1", "fortran_order": False, "shape": (60, 9, 10, 3, *(1,) * 900)}
    assert "not a whole .npz" in refused_header(tmp_path, header)


def refused_header(folder, header: dict) -> str:
    with zipfile.ZipFile(folder / "mine.npz", "w") as file:
        file.writestr("x_train.npy", npy(header, IMAGES.tobytes()))
    return refusal(folder)


def test_a_file_that_lists_a_million_arrays_is_refused_before_they_are_taken_in(tmp_path):
    listed = b"PK\x01\x02" + bytes(24) + b"\1" + bytes(17) + b"a"
    size = 10**6 * len(listed)
    with (tmp_path / "mine.npz").open("wb") as file:
        file.write(listed * 10**6)
        file.write(b"PK\5\6" + bytes(8) + size.to_bytes(4, "little") + bytes(6))
    tracemalloc.start()
    assert "not a whole .npz" in refusal(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6  # bytes; zipfile alone takes 350 MB


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(tmp_path, monkeypatch):
    np.savez_compressed(
        tmp_path / "mine.npz", x_train=np.zeros((600, 64, 64), np.uint8), y_train=LABELS
    )
    monkeypatch.setattr(npz, "MAX_BYTES", 10**6)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert "unpacks to 0.0 GB" in refusal(tmp_path)


def test_more_images_than_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(own_images, "IMAGES", (40, 50))
    save(tmp_path)
    assert "at most 50 in all" in refusal(tmp_path)

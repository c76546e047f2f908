"""Code in the sentences that refuse an own file: it runs, and what it saves is taken in the end."""

import re

import numpy as np
import pytest

from playground.config import OwnImages
from playground.data import datasets
from playground.data.datasets import DataError
from tests.own_images import IMAGES, LABELS
from tests.test_datasets_own import REFUSED

CODE = re.compile(r": run (.+?) (?:and save the file again|with names of your own|to save all)")
LOOKS_LIKE_CODE = re.compile(r"np\.|astype|\w\([\w\[(\"']")
MINE = OwnImages(file="mine.npz")


def with_test(**arrays) -> dict[str, np.ndarray]:
    """Arrays with test images of their own."""
    return {"x_test": IMAGES[:9], "y_test": LABELS[:9]} | arrays


SIGNED = IMAGES.astype(float) / 127.5 - 1
TEXT = np.array(["cat", "dog", "owl"])[LABELS]
MORE = {
    "minus one to one": {"x_train": SIGNED},
    "minus one to one, tested": with_test(x_train=SIGNED, x_test=SIGNED[:9]),
    "mean 0": {"x_train": (IMAGES - IMAGES.mean()) / IMAGES.std()},
    "sixteen bits": {"x_train": IMAGES.astype(np.uint16) * 257},
    "sixteen bits, tested": with_test(
        x_train=IMAGES.astype(np.uint16) * 257, x_test=IMAGES[:9].astype(np.uint16)
    ),
    "signed bytes": {"x_train": IMAGES.view(np.int8)},
    "very large": {"x_train": IMAGES * 1e300},
    "infinite": {"x_train": np.where(IMAGES > 200, np.inf, IMAGES / 255)},
    "not a number": {"x_train": np.where(IMAGES > 200, np.nan, IMAGES * 2.5)},
    "test not a number": with_test(x_test=IMAGES[:9] * np.nan),
    "text labels": {"y_train": TEXT},
    "text labels, tested": with_test(y_train=TEXT, y_test=TEXT[:9]),
    "decimal labels, tested": with_test(y_train=LABELS / 2, y_test=LABELS[:9] / 2),
    "test labels of another type": with_test(y_test=LABELS[:9] / 1),
    "labels from 1, tested": with_test(y_train=LABELS + 1, y_test=LABELS[:9] + 1),
    "labels as a column": {"y_train": LABELS[:, None] * 50},
    "labels by column": {"y_train": np.asfortranarray(np.stack([LABELS] * 2, 1))[:, :1] * 9.5},
}
CASES = {name: arrays for name, (arrays, _) in REFUSED.items()} | MORE


def followed(folder, arrays: dict[str, np.ndarray]) -> tuple[list[str], bool]:
    """Save these arrays, and do what each sentence says for as long as there is code in it.

    Gives the sentences, and whether the file was taken.
    """
    names = {"x_train": IMAGES, "y_train": LABELS} | arrays | {"np": np}
    told: list[str] = []
    while len(told) < 5:
        saved = {name: array for name, array in names.items() if isinstance(array, np.ndarray)}
        np.savez(folder / MINE.file, **saved)
        try:
            datasets.load(MINE, folder)
        except DataError as error:
            told.append(str(error))
        else:
            return told, True
        assert "..." not in told[-1]
        code = CODE.search(told[-1])
        assert bool(code) == bool(LOOKS_LIKE_CODE.search(told[-1])), told[-1]
        if not code:
            return told, False
        exec(code[1], names)
    raise AssertionError(told)


@pytest.mark.parametrize("arrays", CASES.values(), ids=CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_code_in_a_sentence_runs_and_leads_to_a_file_that_is_taken(tmp_path, monkeypatch, arrays):
    monkeypatch.chdir(tmp_path)
    if any(array.dtype.hasobject for array in arrays.values()):
        pytest.skip("an array of objects cannot be saved without pickle")
    told, taken = followed(tmp_path, arrays)
    assert told
    if CODE.search(told[0]):
        assert taken, told


def test_every_piece_of_advice_is_tried(tmp_path, monkeypatch):
    """Each sentence in the source that has code is met by one of the cases."""
    monkeypatch.chdir(tmp_path)
    met = set()
    for arrays in CASES.values():
        if not any(array.dtype.hasobject for array in arrays.values()):
            met |= {
                code[1].split("(")[0]
                for one in followed(tmp_path, arrays)[0]
                if (code := CODE.search(one))
            }
    assert met >= {
        "x_train = np.interp", "x_train, x_test = ", "x_train = np.nan_to_num",
        "y_train = np.unique", "y_train, y_test = np.split", "class_names = np.array",
        "x_train = np.ascontiguousarray",
    }  # fmt: skip


def test_what_was_scaled_as_advised_spans_black_to_white(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, taken = followed(tmp_path, MORE["minus one to one"])
    dataset = datasets.load(MINE, tmp_path)
    assert taken and dataset.max_pixel == 255 and np.array_equal(dataset.images, IMAGES)


def test_a_missing_array_is_saved_as_advised_whatever_the_ending(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.npz", "Größe.NPZ", "it's.npz"):
        with (tmp_path / name).open("wb") as file:
            np.savez(file, images=IMAGES)
        with pytest.raises(DataError) as raised:
            datasets.load(OwnImages(file=name), tmp_path)
        code = CODE.search(str(raised.value))[1]
        exec(code, {"np": np, "x_train": IMAGES, "y_train": LABELS})
        data = OwnImages(file=f"{name[:-4]}.npz")
        assert np.array_equal(datasets.load(data, tmp_path).images, IMAGES)

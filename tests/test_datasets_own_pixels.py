"""Which of an own file's pixels is white, and that it is the same on every way a pixel takes."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from playground.charts import pictures
from playground.config import Digits, OwnImages
from playground.data import datasets, drawing, uploads
from playground.data.datasets import own_images
from playground.data.datasets.dataset import fingerprint_of
from playground.data.datasets.pixels import pixels_of
from playground.data.datasets.scaling import scaling_of
from playground.export.card import card_of
from playground.export.subject import subject_of, subject_of_config
from playground.store import RunStore
from playground.training.loaded_network import _check
from playground.training.stored_networks import PredictionError
from playground.ui.run import loaded_run
from tests import exported, picture_files, stored_runs
from tests.own_images import IMAGES, LABELS, load, save
from tests.small_runs import predicted, small, trained

COUNTS = np.arange(60 * 90).reshape(60, 9, 10)
DIGITS = load_digits()
MINE = OwnImages(file="mine.npz")


def up_to(top: int) -> np.ndarray:
    """Whole numbers from 0 to ``top``, both there."""
    return COUNTS % (top + 1)


TOPS = {
    "true and false": (up_to(1) > 0, 1),
    "0 and 1": (up_to(1).astype(np.uint8), 1),
    "0 and 1 as decimals": (up_to(1).astype(float), 255),
    "decimals": (up_to(255) / 255, 255),
    "decimals that do not reach 1": (up_to(255) / 999, 255),
    "digits": (up_to(16).astype(np.uint8), 16),
    "digits as decimals": (up_to(16).astype(float), 16),
    "seven bits": (up_to(127), 127),
    "dark pictures of eight bits": (up_to(128), 255),
    "eight bits": (up_to(255), 255),
    "all black": (COUNTS * 0, 1),
}


@pytest.mark.parametrize(("images", "top"), TOPS.values(), ids=TOPS)
def test_white_is_what_the_data_says(tmp_path, images, top):
    dataset = load(tmp_path, x_train=images)
    assert dataset.max_pixel == top
    shares = images.dtype.kind in "bf" and images.max() <= 1
    expected = np.rint(images * float(top)) if shares else images
    assert np.array_equal(dataset.images[..., 0], expected)


@pytest.mark.parametrize(
    ("train", "test", "top"),
    [
        (up_to(16), up_to(7), 16),
        (up_to(7), up_to(16), 16),
        (up_to(16), up_to(255), 255),
        (up_to(16), up_to(16) / 16, 16),
        (up_to(1) > 0, up_to(1), 1),
        (up_to(1) > 0, up_to(255), 255),
        (up_to(1) > 0, up_to(255) / 255, 255),
    ],
)
def test_training_and_test_images_have_one_white(tmp_path, train, test, top):
    dataset = load(tmp_path, x_train=train, x_test=test, y_test=LABELS)
    assert dataset.max_pixel == top and dataset.images.max() == max(
        top if array.dtype.kind in "bf" and array.max() <= 1 else array.max()
        for array in (train, test)
    )


@pytest.mark.parametrize("most", [0, 1])
@pytest.mark.parametrize("is_training_whole", [False, True])
def test_beside_decimals_whole_numbers_up_to_1_are_shares_too(tmp_path, most, is_training_whole):
    decimals, whole = up_to(255) / 255, (up_to(1) * most).astype(np.uint8)
    train, test = (whole, decimals) if is_training_whole else (decimals, whole)
    dataset = load(tmp_path, x_train=train, x_test=test, y_test=LABELS)
    assert dataset.max_pixel == 255
    expected = np.rint(np.concatenate([train, test]) * 255.0)
    assert np.array_equal(dataset.images[..., 0], expected)


def test_true_and_false_may_be_labels(tmp_path):
    dataset = load(tmp_path, y_train=LABELS > 0)
    assert dataset.classes == ("0", "1") and np.array_equal(dataset.labels, LABELS > 0)


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_the_digits_saved_as_own_images_are_the_digits(tmp_path, dtype):
    mine = load(tmp_path, x_train=DIGITS.images.astype(dtype), y_train=DIGITS.target)
    ours = datasets.load(Digits(), tmp_path)
    assert mine.fingerprint == ours.fingerprint
    for kind in ("raw", "unit", "symmetric", "standard"):
        scalings = [scaling_of(kind, one, np.arange(99)) for one in (mine, ours)]
        assert np.array_equal(*scalings)


def test_a_network_learns_the_same_of_the_digits_and_of_the_digits_as_own_images(tmp_path):
    data = save(tmp_path, x_train=DIGITS.images, y_train=DIGITS.target)
    results = [trained(small(data=one), tmp_path) for one in (Digits(), data)]
    assert results[0].scores == results[1].scores and results[0].weights == results[1].weights


WAYS = {"bool": up_to(1) > 0, "0 to 16 as decimals": up_to(16) * 1.0}


@pytest.mark.parametrize("scaling", ["raw", "unit", "symmetric", "standard"])
@pytest.mark.parametrize("images", WAYS.values(), ids=WAYS)
def test_the_exported_script_scales_such_images_as_the_run_did(tmp_path, images, scaling):
    data = save(tmp_path, x_train=images, x_test=images[:9], y_test=LABELS[:9])
    exported.assert_same(small(data=data.model_copy(update={"scaling": scaling})), tmp_path)


def test_the_card_tells_their_white(tmp_path):
    config = small(data=save(tmp_path, x_train=up_to(1) > 0))
    card = card_of(subject_of_config(config, tmp_path, "cpu", None, {})).decode()
    assert "Pixels are whole numbers from 0 to 1. The network sees them scaled (0 to 1)" in card


def test_pictures_of_true_and_false_are_black_and_white(tmp_path):
    dataset = load(tmp_path, x_train=up_to(1) > 0)
    strip = pictures.strip(dataset.images[:2], dataset.max_pixel)
    assert set(np.unique(strip[..., 0]).tolist()) == {0, 255}


def test_a_drawing_and_an_upload_become_true_and_false(tmp_path):
    dataset = load(tmp_path, x_train=up_to(1) > 0)
    strokes = [[(0.2, 0.1), (0.7, 0.9)]]
    drawn = drawing.pixels_of(strokes, dataset.input_shape, dataset.max_pixel, OwnImages.drawing)
    upload = uploads.read(
        picture_files.saved(picture_files.PHOTO, "PNG"), dataset.input_shape, dataset.max_pixel
    )
    for pixels in (drawn, upload.pixels):
        assert set(np.unique(pixels).tolist()) == {0, 1}
        _check(pixels[None], dataset)
    with pytest.raises(PredictionError, match="values from 0 to 1"):
        _check(drawn[None] * 2, dataset)


# --- runs that were stored when every own image went up to 255 ---------------------------------


def test_images_whose_white_stays_keep_their_fingerprint(tmp_path):
    dataset = load(tmp_path)
    pixels = [IMAGES.tobytes()]
    old = fingerprint_of(IMAGES.shape, ("0", "1", "2"), 255, None, pixels, LABELS)
    assert dataset.fingerprint == old and dataset.former_fingerprint is None


def as_before(monkeypatch, folder) -> str:
    """Have the file prepared as it was when white was 255 for all; gives its fingerprint."""
    with monkeypatch.context() as patch:
        patch.setattr(own_images, "pixels_of", lambda *given: (pixels_of(*given)[0], 255))
        return datasets.fingerprint(MINE, folder)


def test_a_stored_run_is_asked_with_the_white_that_it_was_trained_with(tmp_path, monkeypatch):
    save(tmp_path, x_train=up_to(16))
    config = small(data=MINE)
    old = as_before(monkeypatch, tmp_path)
    before = trained(config, tmp_path)
    assert before.fingerprint == old
    shutil.rmtree(tmp_path / "prepared")  # as a new format has it made anew
    dataset = datasets.load(MINE, tmp_path)
    assert dataset.fingerprint != old and dataset.max_pixel == 16
    seen = dataset.as_seen(old)
    assert (seen.max_pixel, seen.fingerprint) == (255, old)
    test = seen.images[datasets.split(seen, MINE).test]
    asked = predicted(config, tmp_path, before.weights, test, old)
    np.testing.assert_allclose(asked, before.probabilities["test"], atol=1e-6)
    now = predicted(config, tmp_path, before.weights, test, dataset.fingerprint)
    assert np.abs(now - asked).max() > 0.01, "the other white makes another answer"


def test_a_stored_run_keeps_its_images_and_exports_and_asked_for_again_it_is_trained_anew(
    tmp_path, monkeypatch
):
    save(tmp_path, x_train=up_to(16))
    config, store = small(data=MINE), RunStore(tmp_path / "runs")
    old = as_before(monkeypatch, tmp_path)
    stored_runs.finished(store, config, tmp_path)
    shutil.rmtree(tmp_path / "prepared")
    engine = SimpleNamespace(data=tmp_path, store=store)
    assert loaded_run.dataset_of(engine, store.get(config.name)).fingerprint == old
    subject = subject_of(store, config.name, tmp_path)
    assert subject.dataset.fingerprint == old
    assert "whole numbers from 0 to 255" in card_of(subject).decode()
    assert store.answer(config, old) and not store.answer(
        config, datasets.fingerprint(MINE, tmp_path)
    )


def test_other_data_is_not_taken_for_what_a_run_saw(tmp_path):
    dataset = load(tmp_path, x_train=up_to(16))
    assert dataset.as_seen(dataset.fingerprint) is dataset
    assert dataset.as_seen("0" * 64) is dataset

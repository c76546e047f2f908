"""Digits, splits, facts, and what any process may import; see also test_datasets_*.py."""

import dataclasses
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from playground.config import Cifar10, Digits, OwnImages
from playground.data import datasets
from playground.data.datasets import DataError, Dataset, digits


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A data folder that cannot be made, because a file stands in its way."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "data"


def small(n: int, test_start: int | None = None, classes: int = 10) -> Dataset:
    names = tuple(map(str, range(classes)))
    labels = np.arange(n) % classes
    return Dataset(np.zeros((n, 8, 8, 1), np.uint8), labels, names, 255, test_start, "0" * 64)


# --- digits ------------------------------------------------------------------------------------


def test_digits_are_those_of_scikit_learn_in_its_order(tmp_path):
    dataset, theirs = datasets.load(Digits(), tmp_path), load_digits()
    assert dataset.images.dtype == np.uint8 and dataset.labels.dtype == np.int64
    assert np.array_equal(dataset.images[..., 0], theirs.images)
    assert np.array_equal(dataset.labels, theirs.target)
    assert dataset.classes == tuple("0123456789")
    assert (dataset.max_pixel, dataset.test_start, dataset.input_shape) == (16, None, (1, 8, 8))


def test_digits_are_the_same_where_scikit_learn_keeps_its_file_elsewhere(tmp_path, monkeypatch):
    usual = datasets.load(Digits(), tmp_path)
    monkeypatch.setattr(digits.importlib.util, "find_spec", lambda name: None)
    assert digits._loaded.__wrapped__().fingerprint == usual.fingerprint


def test_digits_need_no_data_folder(nowhere):
    assert len(datasets.load(Digits(), nowhere).labels) == 1797
    assert datasets.fingerprint(Digits(), nowhere) == digits.load().fingerprint


def test_digits_cannot_be_changed_by_a_caller(tmp_path):
    with pytest.raises(ValueError, match="read-only"):
        datasets.load(Digits(), tmp_path).images[0] = 0


def test_the_fingerprint_is_a_sha256_that_every_part_of_the_data_changes():
    def of(**changed):
        given = {
            "shape": (2, 1, 1, 1),
            "classes": ("a", "b"),
            "max_pixel": 255,
            "test_start": None,
            "pixels": [b"\x01\x02"],
            "labels": np.array([0, 1]),
        }
        return datasets.dataset.fingerprint_of(**given | changed)

    described = b'[[2, 1, 1, 1], ["a", "b"], 255, null]'
    stored = described + b"\x01\x02" + (0).to_bytes(8, "little") + (1).to_bytes(8, "little")
    assert of() == hashlib.sha256(stored).hexdigest()
    assert of(pixels=[b"\x01", b"\x02"]) == of()
    assert of(labels=np.array([0, 1], np.int32)) == of()
    others = [
        of(shape=(1, 2, 1, 1)),
        of(classes=("a", "c")),
        of(max_pixel=16),
        of(test_start=1),
        of(pixels=[b"\x01\x03"]),
        of(labels=np.array([1, 0])),
    ]
    assert len({of(), *others}) == 7


# --- splits ------------------------------------------------------------------------------------


def test_the_digits_split_is_train_test_split_in_its_order(tmp_path):
    dataset = datasets.load(Digits(), tmp_path)
    theirs = load_digits()
    _, _, y_train, y_test = train_test_split(
        theirs.data, theirs.target, test_size=0.25, random_state=42
    )
    train, test = train_test_split(np.arange(1797), test_size=0.25, random_state=42)
    ours = datasets.split(dataset, Digits(validation="none"))
    assert np.array_equal(ours.train, train) and np.array_equal(ours.test, test)
    assert np.array_equal(ours.train_labels, y_train)
    assert np.array_equal(dataset.labels[ours.test], y_test)
    assert len(ours.validation) == 0


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.3, 0.4])
def test_facts_count_what_the_split_then_has(tmp_path, fraction):
    data = Digits(test_fraction=fraction, validation="none")
    facts = datasets.facts(data, tmp_path)
    split = datasets.split(datasets.load(data, tmp_path), data)
    assert (facts.n_train_pool, facts.n_test) == (len(split.train), len(split.test))
    assert facts.input_shape == (1, 8, 8) and len(facts.classes) == 10


def test_a_data_sets_own_test_images_are_its_test_split():
    split = datasets.split(small(120, test_start=100), Cifar10(train_images="all"))
    assert split.test.tolist() == list(range(100, 120))
    assert sorted([*split.train, *split.validation]) == list(range(100))


@pytest.mark.parametrize("kind", ["random", "end"])
def test_training_validation_and_test_share_no_image_and_lose_none(kind):
    data = OwnImages(validation=kind, validation_fraction=0.3)
    split = datasets.split(small(200), data)
    parts = [split.train, split.validation, split.test]
    assert [len(part) for part in parts] == [105, 45, 50]
    assert sorted(np.concatenate(parts)) == list(range(200))
    assert all(part.dtype == np.int64 for part in parts)


def test_validation_at_the_end_is_the_last_share_as_keras_takes_it():
    data = Cifar10(train_images="all", validation="end", validation_fraction=0.15)
    split = datasets.split(small(110, test_start=101), data)
    assert split.train.tolist() == list(range(85))  # int(101 × 0.85)
    assert split.validation.tolist() == list(range(85, 101))


def test_validation_on_the_test_images_leaves_all_others_to_training():
    split = datasets.split(
        small(120, test_start=100), Cifar10(train_images="all", validation="test")
    )
    assert np.array_equal(split.validation, split.test)
    assert split.train.tolist() == list(range(100))


def test_random_validation_has_at_least_one_image():
    data = Cifar10(train_images=20, validation_fraction=0.01)
    assert len(datasets.split(small(60, test_start=50), data).validation) == 1


def test_fewer_training_images_keep_the_order_and_are_among_those_of_a_larger_number():
    dataset = small(600, test_start=500)
    few, more = (
        datasets.split(dataset, Cifar10(train_images=n, validation="none")).train for n in (50, 200)
    )
    assert len(few) == 50 and len(more) == 200
    assert np.array_equal(few, np.sort(few)) and few.tolist() != list(range(50))
    assert set(few) < set(more)


def test_the_split_seed_decides_and_nothing_else():
    dataset = small(600, test_start=500)
    data = Cifar10(train_images=300, label_noise=0.2)
    first, again = datasets.split(dataset, data), datasets.split(dataset, data)
    for field in dataclasses.fields(first):
        assert np.array_equal(getattr(first, field.name), getattr(again, field.name))
    other = datasets.split(dataset, data.model_copy(update={"split_seed": 1}))
    assert set(other.train) != set(first.train)


def test_changing_one_setting_reshuffles_no_other():
    dataset = small(600, test_start=500)
    plain = datasets.split(dataset, Cifar10(train_images=300))
    noisy = datasets.split(dataset, Cifar10(train_images=300, label_noise=0.5))
    unvalidated = datasets.split(dataset, Cifar10(train_images=300, validation="none"))
    assert np.array_equal(plain.train, noisy.train)
    assert set(unvalidated.train) == {*plain.train, *plain.validation}


def test_label_noise_changes_that_share_of_training_labels_to_other_classes():
    dataset = small(2000, test_start=1500, classes=4)
    data = Cifar10(train_images="all", label_noise=0.3)
    split = datasets.split(dataset, data)
    true = dataset.labels[split.train]
    wrong = split.train_labels != true
    assert wrong.sum() == round(0.3 * len(split.train)) == 360
    assert set(split.train_labels) == {0, 1, 2, 3}
    for klass in range(4):  # each other class is about as likely: 90 changed labels of each, by 3
        counts = np.bincount(split.train_labels[wrong & (true == klass)], minlength=4)
        assert counts[klass] == 0 and np.delete(counts, klass).min() > 10
    assert np.array_equal(dataset.labels, np.arange(2000) % 4)


def test_more_training_images_than_there_are_is_an_error_that_says_how_many():
    with pytest.raises(DataError, match=r"only 50 training images, and 60 .* at most 50"):
        datasets.split(small(60, test_start=50), Cifar10(train_images=60))


@pytest.mark.parametrize(
    ("dataset", "data"),
    [
        (small(1), Digits()),
        (small(2), Digits()),  # one for the test, one for validation, none to train on
        (small(20, test_start=20), Cifar10(train_images="all")),
        (small(20, test_start=0), Cifar10(train_images="all")),
    ],
)
def test_too_few_images_for_every_part_is_an_error(dataset, data):
    with pytest.raises(DataError):
        datasets.split(dataset, data)


# --- what the app's process pays ---------------------------------------------------------------


def test_loading_imports_no_torch_pandas_or_scikit_learn():
    program = (
        "import sys; from pathlib import Path;"
        "from playground import config; from playground.data import datasets;"
        "datasets.facts(config.Digits(), Path('nowhere'));"
        "print(sorted({'torch', 'torchvision', 'pandas', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"

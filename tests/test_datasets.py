"""Digits, splits, facts, and what any process may import; see also test_datasets_*.py."""

import dataclasses
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
    data = Cifar10(train_images=300, validation_from="chosen")
    plain = datasets.split(dataset, data)
    noisy = datasets.split(dataset, data.model_copy(update={"label_noise": 0.5}))
    unvalidated = datasets.split(dataset, Cifar10(train_images=300, validation="none"))
    assert np.array_equal(plain.train, noisy.train)
    assert set(unvalidated.train) == {*plain.train, *plain.validation}


@settings(max_examples=100, deadline=None)
@given(
    st.integers(60, 400), st.lists(st.integers(20, 400), min_size=2, max_size=2),
    st.sampled_from(["random", "end"]), st.floats(0.01, 0.5), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_validation_is_the_same_however_few_are_trained_on(pool, counts, kind, share, seed):
    dataset = small(pool + 10, test_start=pool)
    data = Cifar10(validation=kind, validation_fraction=share, split_seed=seed, train_images="all")
    whole = datasets.split(dataset, data)
    few, more = (
        datasets.split(dataset, data.model_copy(update={"train_images": min(n, len(whole.train))}))
        for n in sorted(counts)
    )
    for one, count in ((few, min(counts)), (more, max(counts))):
        assert np.array_equal(one.validation, whole.validation)
        assert len(one.train) == min(count, len(whole.train))
        assert np.array_equal(one.train, np.sort(one.train)) and set(one.train) <= set(whole.train)
    assert set(few.train) <= set(more.train)


@pytest.mark.parametrize(
    ("test_start", "values", "digest"),
    [
        (None, {}, "81df84e022a78267"),
        (None, {"split_seed": 7}, "d19ffb877cb06662"),
        (None, {"validation": "end"}, "9e31c24478ccdddb"),
        (None, {"validation": "test", "label_noise": 0.3}, "b3444a5cd212933b"),
        (
            None,
            {"validation_fraction": 0.37, "test_fraction": 0.4, "label_noise": 0.1},
            "7007d39231841e6d",
        ),
        (None, {"train_images": 200}, "26f3dd47837a2b1d"),
        (
            None,
            {"train_images": 200, "validation": "end", "validation_fraction": 0.1},
            "2cc2401b4642455b",
        ),
        (None, {"train_images": 200, "validation": "none"}, "f684175c78c96f7a"),
        (None, {"train_images": 1347}, "81df84e022a78267"),
        (500, {"train_images": "all"}, "98ad0af6e90de9e2"),
        (
            500,
            {"train_images": "all", "validation": "end", "validation_fraction": 0.15},
            "fe04358ddec627a5",
        ),
        (
            500,
            {"train_images": "all", "validation": "none", "label_noise": 0.2},
            "2e33587a3f965250",
        ),
        (500, {"train_images": 300, "label_noise": 0.2}, "9eb30af9ffa727f8"),
        (500, {"train_images": 300, "validation": "end", "split_seed": 3}, "42dbeb42fe0f841d"),
        (500, {"train_images": 300, "validation": "test"}, "9dc679aab89d1741"),
    ],
)
def test_images_that_were_split_before_are_split_so_still(test_start, values, digest):
    """Bit for bit as before validation could be from the pool (2026-11-30)."""
    if isinstance(values.get("train_images"), int):
        values = values | {"validation_from": "chosen"}
    if test_start is None:
        data = Digits(**values)
        dataset = datasets.load(data, Path("nowhere"))
    else:
        data, dataset = Cifar10(**values), small(600, test_start)
    found = datasets.split(dataset, data)
    parts = (found.train, found.validation, found.test, found.train_labels)
    text = b"".join(part.tobytes() + b"|" for part in parts)
    assert hashlib.sha256(text).hexdigest()[:16] == digest


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


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "only 40 training images beside 10 for validation, and 45 are .* at most 40, or all."),
        ({"validation": "end", "validation_fraction": 0.5}, "only 25 .* beside 25 for"),
        ({"validation": "none", "train_images": 60}, "only 50 training images, .* at most 50"),
        ({"validation_from": "chosen", "train_images": 60}, "only 50 training images, .* most 50"),
    ],
)
def test_more_training_images_than_there_are_is_an_error_that_says_how_many(values, words):
    with pytest.raises(DataError, match=words) as raised:
        datasets.split(small(60, test_start=50), Cifar10(**{"train_images": 45} | values))
    assert raised.value.path == "data.train_images"


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

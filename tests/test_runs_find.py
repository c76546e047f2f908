"""Finding runs again: search, sort, seeds of one config, stars, names, deletion, older stores."""

import pytest

from playground.config import with_settings
from playground.results import EpochMetrics, Result, Scores
from playground.store import SORTS, StoreError


def made(**settings: str):
    config, problems = with_settings({k.replace("__", "."): v for k, v in settings.items()})
    assert problems == []
    return config


def finished(store, config, accuracy: float = 0.5, status: str = "finished") -> str:
    store.queue(config, "data")
    scores = dict.fromkeys(("train", "validation", "test"), Scores(1.0, accuracy, 10))
    result = Result(
        status, "", 1, None, scores, 10, 1.0, "cpu (1 thread)", {}, "data",
        (EpochMetrics(1, 1.0, 0.5, None, None, 0.01, 1.0, 0.1, 100.0),),
    )  # fmt: skip
    store.finish(config.name, result)
    return config.name


def names(found) -> list[str]:
    runs, total = found
    assert total == len(runs)
    return [run.name for run in runs]


@pytest.fixture
def three(store):
    """Three runs: test accuracy .5, .7 and .6; the last one on the network of convolutions."""
    return [
        finished(store, made(architecture__dropout="0.5"), 0.5),
        finished(store, made(optimizer__name="sgd", run__epochs="7"), 0.7),
        finished(store, made(data__name="cifar10", architecture__kind="cnn"), 0.6),
    ]


def test_a_search_finds_the_runs_that_hold_every_word(store, three):
    assert names(store.find("dropout")) == [three[0]]
    assert names(store.find("DIGITS sgd")) == [three[1]]
    assert names(store.find("cifar10")) == [three[2]]
    assert names(store.find("digits cnn")) == []
    assert names(store.find(three[1][:12])) == [three[1]]
    assert len(names(store.find("finished cpu"))) == 3
    assert names(store.find(three[1][4:])) == [], "a name is found by its beginning"
    assert names(store.find(three[1][:7])) == [], "which is no number of eight digits"
    assert names(store.find("base SGD", titles={three[1]: "The Base"})) == [three[1]]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"architecture__dropout": "0.3"}, "digits mlp dropout 0.3"),
        ({"data__label_noise": "0.2"}, "label noise"),
        ({"data__train_images": "500"}, "500 images"),
        ({"optimizer__learning_rate": "0.01"}, "adam rate 0.01"),
        ({"schedule__kind": "cosine"}, "cosine schedule"),
        ({"architecture__batch_norm": "true"}, "batch norm"),
        ({"architecture__hidden": "64-32", "run__seed": "3"}, "MLP 64-32 seed 3"),
        (
            {"architecture__kind": "cnn", "architecture__blocks": '[{"batch_norm":"each"}]'},
            "CNN batch norm",
        ),
    ],
)
def test_the_words_of_a_runs_name_find_it(store, three, settings, words):
    name = finished(store, made(**settings))
    assert names(store.find(words)) == [name]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", '"', "a" * 10_000, "zz " * 1000])
def test_whatever_is_searched_for_is_taken_as_it_is(store, three, words):
    assert store.find(words) == ([], 0)


def test_runs_are_sorted_and_what_has_no_figure_comes_last(store, three):
    queued = made(run__epochs="9")
    store.queue(queued, "data")
    up = names(store.find(sort="validation_accuracy", descending=False))
    down = names(store.find(sort="validation_accuracy"))
    assert up == [three[0], three[2], three[1], queued.name]
    assert down == [three[1], three[2], three[0], queued.name]
    assert names(store.find(measured=True)) == three[::-1]


@pytest.mark.parametrize("sort", sorted(set(SORTS) - {"submitted"}))
def test_every_sort_is_by_what_it_says(store, three, sort):
    for name, value in zip(three, (2, 3, 1), strict=True):
        store.database.write(f"UPDATE runs SET {sort} = ? WHERE name = ?", value, name)
    assert names(store.find(sort=sort)) == [three[1], three[0], three[2]]


def test_a_list_has_its_first_rows_and_the_number_of_all(store, three):
    runs, total = store.find(limit=2)
    assert [run.name for run in runs] == three[:0:-1] and total == 3
    runs, total = store.find(limit=2, skip=2)
    assert [run.name for run in runs] == three[:1] and total == 3


def test_the_runs_of_a_family_differ_by_the_seed_only_and_saw_the_same_data(store):
    base = made(run__epochs="3")
    for seed in (2, 0, 1):
        finished(store, base.with_seed(seed))
    finished(store, made(run__epochs="4"))
    finished(store, base.with_seed(3), status="stopped")
    other_data = base.with_seed(4)
    store.queue(other_data, "other")
    store.end(other_data.name, "failed", "")
    family = store.family(base.family, store.get(base.name).fingerprint)
    assert [(run.config.run.seed, run.status) for run in family] == [
        (0, "finished"), (1, "finished"), (2, "finished"), (3, "stopped")
    ]  # fmt: skip


def test_a_star_and_a_title_stay_when_the_run_is_trained_again(store, three):
    name = three[0]
    store.star(name, True)
    store.rename(name, "  with \n dropout " + "x" * 200)
    run = store.get(name)
    assert run.starred and run.title.startswith("with dropout xx") and len(run.title) == 80
    assert names(store.find(starred=True)) == [name]
    assert names(store.find("with dropout")) == [name]
    store.queue(run.config, "other data")
    assert (store.get(name).starred, store.get(name).title) == (True, run.title)
    store.star(name, False)
    store.rename(name, " ")
    assert (store.get(name).starred, store.get(name).title) == (False, "")


def test_a_deleted_run_is_gone_with_its_epochs_and_files(store, three):
    name = three[0]
    assert store.delete(name)
    assert store.get(name) is None and store.epochs(name) == [] and store.arrays(name) == {}
    assert not (store.folder / name).exists()
    assert len(store.all()) == 2
    assert not store.delete(name)


def test_a_run_that_is_on_cannot_be_deleted(store):
    config = made()
    store.queue(config, "data")
    assert not store.delete(config.name)
    assert store.get(config.name).status == "queued"


def test_a_run_whose_files_are_broken_says_so(store, three):
    (store.folder / three[0] / "probabilities.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(StoreError, match="train it again"):
        store.arrays(three[0])

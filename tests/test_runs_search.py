"""Finding runs again: search, sort, seeds of one config, stars, names, deletion, older stores."""

import sqlite3

import pytest

from playground.config import with_settings
from playground.records import EpochMetrics, Result, Scores
from playground.runs import SORTS, RunStore, StoreError
from playground.runs.schema import VERSION


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
    assert names(store.search("dropout")) == [three[0]]
    assert names(store.search("DIGITS sgd")) == [three[1]]
    assert names(store.search("cifar10")) == [three[2]]
    assert names(store.search("digits cnn")) == []
    assert names(store.search(three[1][:12])) == [three[1]]
    assert len(names(store.search("finished cpu"))) == 3
    assert names(store.search(three[1][4:])) == [], "a name is found by its beginning"
    assert names(store.search(three[1][:7])) == [], "which is no number of eight digits"
    assert names(store.search("base SGD", titles={three[1]: "The Base"})) == [three[1]]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", '"', "a" * 10_000, "zz " * 1000])
def test_whatever_is_searched_for_is_taken_as_it_is(store, three, words):
    assert store.search(words) == ([], 0)


def test_runs_are_sorted_and_what_has_no_figure_comes_last(store, three):
    queued = made(run__epochs="9")
    store.queue(queued, "data")
    up = names(store.search(sort="validation_accuracy", descending=False))
    down = names(store.search(sort="validation_accuracy"))
    assert up == [three[0], three[2], three[1], queued.name]
    assert down == [three[1], three[2], three[0], queued.name]
    assert names(store.search(measured=True)) == three[::-1]


@pytest.mark.parametrize("sort", sorted(set(SORTS) - {"submitted"}))
def test_every_sort_is_by_what_it_says(store, three, sort):
    for name, value in zip(three, (2, 3, 1), strict=True):
        store.database.write(f"UPDATE runs SET {sort} = ? WHERE name = ?", value, name)
    assert names(store.search(sort=sort)) == [three[1], three[0], three[2]]


def test_a_list_has_its_first_rows_and_the_number_of_all(store, three):
    runs, total = store.search(limit=2)
    assert [run.name for run in runs] == three[:0:-1] and total == 3
    runs, total = store.search(limit=2, skip=2)
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
    assert names(store.search(starred=True)) == [name]
    assert names(store.search("with dropout")) == [name]
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


def test_a_store_of_the_first_version_is_brought_up_to_date_with_all_its_runs(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    db = sqlite3.connect(folder / "runs.sqlite")
    config, foreign = made(architecture__dropout="0.5"), '{"from": "another version"}'
    splits = ("train", "validation", "test")
    scores = ", ".join(f"{s}_loss REAL, {s}_accuracy REAL, {s}_images INTEGER" for s in splits)
    db.executescript(
        "CREATE TABLE runs (name TEXT PRIMARY KEY, config TEXT NOT NULL, status TEXT NOT NULL, "
        "message TEXT NOT NULL, owner TEXT NOT NULL, fingerprint TEXT NOT NULL, submitted REAL NOT "
        "NULL, started REAL, ended REAL, epochs INTEGER NOT NULL DEFAULT 0, best_epoch INTEGER, "
        "parameters INTEGER, seconds REAL, device TEXT, versions TEXT NOT NULL DEFAULT '{}', "
        f"{scores}); CREATE TABLE epochs (run TEXT NOT NULL, epoch, train_loss, train_accuracy, "
        "validation_loss, validation_accuracy, learning_rate, gradient_norm, seconds, "
        "images_per_second, PRIMARY KEY (run, epoch)) WITHOUT ROWID; PRAGMA user_version = 1"
    )
    for name, text in ((config.name, config.canonical()), ("f" * 64, foreign)):
        db.execute(
            "INSERT INTO runs (name, config, status, message, owner, fingerprint, submitted, "
            "test_loss, test_accuracy, test_images) VALUES (?, ?, 'finished', '', '1:1', 'data', "
            "5, 0.25, 0.75, 4)",
            (name, text),
        )
    db.commit()
    db.close()

    store = RunStore(folder)
    run = store.get(config.name)
    assert run.config == config and run.scores["test"] == Scores(0.25, 0.75, 4)
    assert run.family == config.family and run.is_readable
    assert (run.path, run.mirrored) == ("", None)
    assert names(store.search("dropout")) == [config.name]
    assert store.get("f" * 64).family == "" and not store.get("f" * 64).is_readable
    foreign_run = store.get("f" * 64)
    assert store.family(foreign_run.family, foreign_run.fingerprint) == []
    store.close()
    RunStore(folder).close()  # and opens again
    (version,) = sqlite3.connect(folder / "runs.sqlite").execute("PRAGMA user_version").fetchone()
    assert version == VERSION


def test_a_store_of_the_third_version_keeps_its_runs_and_takes_new_ones(tmp_path):
    store = RunStore(tmp_path)
    config = made(architecture__dropout="0.5")
    store.queue(config, "data")
    store.close()
    db = sqlite3.connect(tmp_path / "runs.sqlite")
    later = (
        "path", "mirrored_loss", "mirrored_accuracy", "mirrored_images", "bytes", "time_limit",
        "asker", "removed",
    )  # fmt: skip
    db.execute("DROP INDEX runs_by_size")
    db.executescript(";".join(f"ALTER TABLE runs DROP COLUMN {column}" for column in later))
    for table in ("lessons", "seats", "removed_names", "tries"):
        db.execute(f"DROP TABLE {table}")
    db.execute("PRAGMA user_version = 3")
    db.commit()
    db.close()
    store = RunStore(tmp_path)
    run = store.get(config.name)
    assert run.config == config and (run.path, run.mirrored) == ("", None)
    store.database.write("UPDATE runs SET path = 'float32', mirrored_loss = 1, "
                         "mirrored_accuracy = 0.5, mirrored_images = 4")  # fmt: skip
    assert store.get(config.name).mirrored == Scores(1, 0.5, 4)
    store.close()


def test_a_run_whose_files_are_broken_says_so(store, three):
    (store.folder / three[0] / "probabilities.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(StoreError, match="train it again"):
        store.arrays(three[0])

"""Limits: of a run, in sentences; and of the app's store, whose oldest runs go first."""

import pytest

from playground.config import RunConfig
from playground.limits import AppLimits, Limits
from playground.runs import RunStore, make_room
from tests import stored_runs
from tests.pages import made


def test_each_limit_that_a_run_is_over_is_one_sentence():
    limits = Limits(epochs=10, parameters=1000, images=500)
    assert limits.problems("This lesson", 10, 1000, 500) == []
    assert limits.problems("This lesson", 11, 1001, 501) == [
        "This lesson allows at most 10 epochs a run; these settings have 11: use fewer.",
        "This lesson allows at most 1,000 parameters a run; these settings have 1,001: use fewer.",
        "This lesson allows at most 500 training images a run; these settings have 501: use fewer.",
    ]
    assert AppLimits().problems("It", 10**6, 10**9, 10**6) == []


def test_limits_are_told_in_words():
    assert Limits(epochs=20, seconds=1.5).told() == ["20 epochs", "1.5 s of training"]


def config(seed: int) -> RunConfig:
    return made({"run.epochs": "2", "run.seed": str(seed)})


@pytest.fixture
def store(tmp_path):
    store = RunStore(tmp_path / "runs")
    for seed in range(6):
        stored_runs.finished(store, config(seed), tmp_path)
    yield store
    store.close()


def names(store: RunStore) -> set[int]:
    return {run.config.run.seed for run in store.all()}


def of_files(store: RunStore) -> int:
    return sum(file.stat().st_size for file in store.folder.glob("*/*"))


def test_nothing_is_removed_while_there_is_room(store):
    assert make_room(store, 10**9) == 0
    assert names(store) == set(range(6))


def test_the_oldest_runs_that_nobody_starred_go_until_there_is_room(store):
    store.star(config(0).name, True)
    before = of_files(store)
    each = before // 6
    used = before + _pages(store)
    assert make_room(store, used - 2 * each) == 0
    assert names(store) == {0, 3, 4, 5} and of_files(store) <= before - 2 * each + 10
    assert {folder.name for folder in store.folder.iterdir() if folder.is_dir()} == {
        config(seed).name for seed in (0, 3, 4, 5)
    }


def _pages(store: RunStore) -> int:
    (pages,), (free,), (size,) = (
        store.database.query(f"PRAGMA {name}")[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def test_runs_on_a_board_go_after_all_others_and_the_one_just_kept_never(store):
    store.classes.enter("lesson", "visitor", config(0).name)
    assert make_room(store, 1, keep=[config(3).name]) > 0
    assert names(store) == {3}
    stored_runs.finished(store, config(0), store.folder)
    stored_runs.finished(store, config(7), store.folder)
    used = of_files(store) + _pages(store)
    make_room(store, used - 100)
    assert names(store) == {0, 7}, "3 is older, and on no board"


def test_starred_runs_stay_and_it_is_told_by_how_much_they_are_too_large(store):
    for seed in range(6):
        store.star(config(seed).name, True)
    assert make_room(store, 1000) >= of_files(store) - 1000
    assert names(store) == set(range(6))


def test_runs_that_are_on_are_never_removed(store):
    store.queue(config(9), "f" * 64)
    make_room(store, 1)
    assert names(store) == {9}


def test_the_size_of_runs_of_an_earlier_version_is_measured(store):
    store.database.write("UPDATE runs SET bytes = NULL")
    make_room(store, 10**9)
    (row,) = store.database.query("SELECT SUM(bytes) AS size FROM runs")
    assert row["size"] == of_files(store)

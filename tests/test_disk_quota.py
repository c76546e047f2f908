"""Room in the store: whose weights and predictions go first, that figures stay, and the disk."""

import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from playground.config import RunConfig
from playground.store import Run, RunStore
from playground.store.disk_quota import _pages, _size, asker_of, default_limit, make_room
from tests import disks
from tests.test_runs import result

KB = 1000
EACH = 100 * KB
"""Bytes of a run's weights, beside which its other files are small."""


def config(seed: int) -> RunConfig:
    return RunConfig().with_seed(seed)


def enter(
    store: RunStore, visitor: str, *seeds: int, most: int | None = None, size: int = EACH
) -> None:
    """Runs that a visitor asked for and that have ended."""
    for seed in seeds:
        store.queue(config(seed), "data", visitor)
        found = replace(result(), weights=bytes(size))
        store.finish(config(seed).name, found, most)


def whole(store: RunStore) -> set[int]:
    """The seeds of the runs from which nothing was removed, as files and rows say alike."""
    runs = [run for run in store.all() if not run.removed]
    assert {run.name for run in runs} == {
        run.name for run in store.all() if store.weights(run.name)
    }
    return {run.config.run.seed for run in runs}


def figures(store: RunStore) -> int:
    """How many runs have all their figures."""
    runs = [run for run in store.all() if run.is_measured and len(store.epochs(run.name)) == 2]
    return len(runs)


def room(store: RunStore, runs: float) -> int:
    """The bytes of a store that has its figures and so many runs' weights."""
    return _pages(store) + 20 * KB + int(runs * EACH)


def test_nothing_is_removed_while_there_is_room(store):
    enter(store, "ann", *range(4))
    assert make_room(store, 10**9) == 0
    assert whole(store) == set(range(4))


def test_the_oldest_weights_go_first_then_predictions_and_the_figures_stay(store):
    enter(store, "ann", *range(4))
    before = _size(store)
    assert make_room(store, before - EACH) == 0
    assert whole(store) == {1, 2, 3}
    oldest = store.get(config(0).name)
    assert oldest.removed == "weights" and "probabilities_test" in store.arrays(oldest.name)
    assert make_room(store, before - 4 * EACH - 1) == 0
    assert store.get(oldest.name).removed == "weights and predictions"
    assert store.arrays(oldest.name) == {} and store.weights(oldest.name) is None
    assert store.get(config(1).name).removed == "weights"
    assert figures(store) == 4
    (row,) = store.database.query("SELECT SUM(bytes) AS bytes FROM runs")
    assert row["bytes"] == sum(file.stat().st_size for file in store.folder.glob("*/*"))


@pytest.mark.parametrize("flooder", ["eve", ""])
@pytest.mark.parametrize("in_lesson", [False, True])
def test_a_flood_of_one_visitor_evicts_its_own_runs_and_never_anothers(store, flooder, in_lesson):
    enter(store, "ann", 0, 1)
    enter(store, "bob", 2)
    most = room(store, 6) + 50 * KB  # for the rows of those that come
    for seed in range(10, 30):
        if in_lesson:
            store.lessons.enter("lesson", flooder, config(seed).name)
        enter(store, flooder, seed, most=most)
        assert {0, 1, 2, seed} <= whole(store)
        assert _size(store) <= most
    assert len(whole(store)) >= 5, "no more is removed than need be"
    assert figures(store) == 23


def test_a_newcomer_finds_room_where_one_visitor_has_filled_the_store(store):
    enter(store, "eve", *range(10))
    enter(store, "ann", 10)
    most = _size(store) + 10 * KB
    enter(store, "bob", 20, 21, most=most)
    assert whole(store) == {2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21}


def test_where_nobody_has_more_than_a_share_ones_own_go_first_and_a_newcomer_is_let_in(store):
    visitors = "abcdef"
    for number, visitor in enumerate(visitors):
        enter(store, visitor, 10 * number, 10 * number + 1)
    most = _size(store) + 10 * KB
    enter(store, "a", 2, most=most)
    assert 0 not in whole(store) and len(whole(store)) == 12
    enter(store, "newcomer", 100, most=most)
    assert len(whole(store)) == 12 and 100 in whole(store)


def test_starred_runs_stay_even_a_flooders_and_it_is_told_by_how_much_it_is_too_large(store):
    enter(store, "eve", *range(4))
    for seed in (0, 1):
        store.star(config(seed).name, True)
    assert make_room(store, room(store, 1)) > 0
    assert whole(store) == {0, 1} and figures(store) == 4


def test_what_was_tried_in_a_lesson_goes_last_of_ones_own_and_what_is_kept_never(store):
    enter(store, "ann", *range(4))
    store.lessons.enter("lesson", "ann", config(0).name)
    make_room(store, room(store, 2), keep=[config(1).name])
    assert whole(store) == {0, 1}


def test_runs_that_are_on_are_never_touched(store):
    store.queue(config(9), "f" * 64, "ann")
    make_room(store, 1)
    assert [run.name for run in store.all()] == [config(9).name]


def test_a_run_that_is_too_large_itself_is_kept_without_weights_and_harms_nobody(store):
    enter(store, "ann", 0)
    enter(store, "bob", 1)
    most = room(store, 4)
    enter(store, "eve", 5, most=most, size=3 * EACH)
    assert whole(store) == {0, 1} and _size(store) <= most
    run = store.get(config(5).name)
    assert run.removed == "weights" and run.is_measured and store.arrays(run.name)
    enter(store, "eve", 6, most=1, size=3 * EACH)
    assert store.get(config(6).name).removed == "weights and predictions"
    assert figures(store) == 4


def test_figures_go_only_where_they_alone_take_half_of_the_room(store):
    enter(store, "ann", *range(20), size=1)
    for seed in range(20):  # many epochs
        row = store.epochs(config(seed).name)[0]
        store.add_epochs(config(seed).name, [replace(row, epoch=at) for at in range(500)])
    pages = _pages(store)
    make_room(store, 2 * pages)
    assert len(store.all()) == 20
    assert make_room(store, int(0.7 * pages)) == 0
    left = [run.config.run.seed for run in store.all()]
    assert 2 < len(left) < 20 and left[0] == 19, "the oldest went"


def test_the_size_of_runs_of_an_earlier_version_is_measured(store):
    enter(store, "", 0, 1)
    store.database.write("UPDATE runs SET bytes = NULL")
    make_room(store, 10**9)
    (row,) = store.database.query("SELECT SUM(bytes) AS bytes FROM runs")
    assert row["bytes"] == sum(file.stat().st_size for file in store.folder.glob("*/*"))


def test_who_asked_is_kept_as_a_hash_and_is_in_nothing_that_a_page_is_given(store):
    visitor = "5f3a" * 8
    enter(store, visitor, 0)
    store.close()
    content = b"".join(file.read_bytes() for file in store.folder.glob("runs.sqlite*"))
    assert visitor.encode() not in content and asker_of(visitor).encode() in content
    assert "asker" not in {field.name for field in fields(Run)}


def test_the_usual_room_is_half_of_what_is_free_or_the_stores_and_never_less_than_it_has(
    store, monkeypatch
):
    enter(store, "ann", 0, 1)
    size = _size(store)
    for free, expected in ((10**9, (10**9 + size) // 2), (size // 4, size), (0, size)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert default_limit(store) == expected


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB."""
    with disks.small(tmp_path, "12m") as disk:
        yield disk


def test_runs_alone_never_fill_a_disk_and_every_figure_of_them_stays(disk):
    store = RunStore(disk / "runs")
    sizes = np.random.default_rng(0).integers(100 * KB, 2000 * KB, 40)
    most = default_limit(store)
    for seed, size in enumerate(sizes.tolist()):
        enter(store, f"visitor {seed % 3}", seed, most=most, size=size)
        assert shutil.disk_usage(disk).free > 1000 * KB
    assert figures(store) == 40 and len(whole(store)) >= 3
    store.close()


def test_whether_there_is_room_is_seen_in_an_index_however_many_runs_there_are(store, monkeypatch):
    asked = []
    query = store.database.query

    def noted(sql: str, *values: object) -> list:
        asked.append(sql)
        return query(sql, *values)

    monkeypatch.setattr(store.database, "query", noted)
    make_room(store, 10**9)
    plans = [row["detail"] for sql in asked for row in query(f"EXPLAIN QUERY PLAN {sql}")]
    assert [plan for plan in plans if "runs_by_size" in plan]
    assert not [plan for plan in plans if plan == "SCAN runs"]

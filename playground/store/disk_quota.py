"""Room for new runs: snapshots, weights and predictions go before figures, and first those of who
has most."""

import hashlib
import json
import shutil
from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from playground.results import Result
from playground.store import files

if TYPE_CHECKING:
    from playground.store.run_store import RunStore

SHARE = 0.25
"""A visitor's share of the store: who has more gives way first."""
OF_DISK = 0.5
"""The store's share of the disk space that is free or its own, if nobody says how much."""


def asker_of(visitor: str) -> str:
    """Hash a visitor as the store knows them: others cannot tell whose run is whose."""
    return hashlib.sha256(visitor.encode()).hexdigest()[:32] if visitor else ""


def default_limit(store: "RunStore") -> int:
    """Return the bytes that a store may take if nobody says how many: at least what it has."""
    _measure(store)
    size = _size(store)
    return max(size, int(OF_DISK * (shutil.disk_usage(store.folder).free + size)))


def make_room(
    store: "RunStore",
    most: int,
    asker: str = "",
    keep: Collection[str] = (),
    beside: int = 0,
    kinds: Collection[str] = tuple(files.LARGE),
) -> int:
    """Remove what is large of runs until the store takes at most so many bytes, with so many
    ``beside`` that this asker brings; gives by how many it is still over.

    First goes what belongs to those who have more than their SHARE, the asker before all; then the
    asker's own, then that of who has most. Of each the snapshots go before the weights, these
    before the predictions (or only what is of these ``kinds`` of files), and the oldest first, what
    was tried in a lesson last. What is starred, on, or named by ``keep`` stays.
    Rows and figures go only if they take half of the room.
    """
    _measure(store)
    over = _size(store) + beside - most
    if over <= 0:
        return 0
    over -= _remove_files(store, over, most, asker, keep, beside, kinds)
    pages = _pages(store) - most // 2
    if over > 0 and pages > 0 and not beside:
        over -= _remove_rows(store, min(over, pages), asker, keep)
    return max(over, 0)


def fit_result(
    store: "RunStore", most: int, name: str, result: Result
) -> tuple[Result, tuple[str, ...]]:
    """Reduce a run's result to what there is room for, which is made first; and which of its files
    it has to do without."""
    weights = files.bytes_of_weights(result)
    arrays = sum(array.nbytes for array in result.probabilities.values())
    (row,) = store.database.query("SELECT asker FROM runs WHERE name = ?", name)
    over = make_room(store, most, row["asker"], [name], weights + arrays)
    if over <= 0:
        # For snapshots nothing goes but others' snapshots.
        everything = len(result.snapshots) + weights + arrays
        others = [files.SNAPSHOTS]
        if make_room(store, most, row["asker"], [name], everything, others) > 0:
            result = replace(result, snapshots=b"")
        return result, ()
    result = replace(result, snapshots=b"")
    result = replace(result, weights=b"", weights_at="")
    if over <= weights:
        return result, (files.WEIGHTS,)
    result = replace(result, probabilities={}, labels={}, matrices=None)
    return result, (files.WEIGHTS, files.ARRAYS)


_NOT_KEPT = (
    "NOT starred AND status NOT IN ('queued', 'running') "
    "AND name NOT IN (SELECT value FROM json_each(?))"
)
_IN_LESSON = "EXISTS (SELECT 1 FROM tries WHERE run = name) AS in_lesson"


def _remove_files(
    store: "RunStore",
    over: int,
    most: int,
    asker: str,
    keep: Collection[str],
    beside: int,
    kinds: Collection[str],
) -> int:
    """Remove so many bytes of files, if there are so many to be removed; gives how many it were."""
    found = store.database.query("SELECT asker, SUM(bytes) AS bytes FROM runs GROUP BY asker")
    has = defaultdict(int, {row["asker"]: row["bytes"] or 0 for row in found})
    has[asker] += beside
    waiting: dict[str, deque[tuple[bool, str, str]]] = defaultdict(deque)
    rows = store.database.query(
        f"SELECT name, asker, {_IN_LESSON} FROM runs WHERE {_NOT_KEPT} AND bytes > 0 "
        "ORDER BY in_lesson, rowid",
        json.dumps(list(keep)),
    )
    for in_lesson in (False, True):
        for file in kinds:
            for row in rows:
                if row["in_lesson"] == in_lesson:
                    waiting[row["asker"]].append((in_lesson, row["name"], file))

    def turn(who: str) -> tuple[bool, bool, bool, int]:
        return has[who] <= SHARE * most, who != asker, waiting[who][0][0], -has[who]

    removed = 0
    while removed < over and waiting:
        who = min(waiting, key=turn)
        if beside and asker not in waiting and has[asker] > SHARE * most:
            break  # what is brought is itself the next to go
        _, name, file = waiting[who].popleft()
        if not waiting[who]:
            del waiting[who]
        freed = store.remove_file(name, file)
        has[who] -= freed
        removed += freed
    return removed


def _remove_rows(store: "RunStore", over: int, asker: str, keep: Collection[str]) -> int:
    """Remove whole runs whose files are gone: the asker's first, then the oldest."""
    rows = store.database.query(
        f"SELECT name, {_IN_LESSON} FROM runs WHERE {_NOT_KEPT} "
        "ORDER BY in_lesson, asker != ?, rowid",
        *(json.dumps(list(keep)), asker),
    )
    removed = 0
    for row in rows:
        if removed >= over:
            break
        before = _pages(store)
        if store.delete(row["name"]):
            removed += before - _pages(store)
    return removed


def _size(store: "RunStore") -> int:
    """Count the bytes of all runs' files, and of the database."""
    (row,) = store.database.query("SELECT COALESCE(SUM(bytes), 0) AS bytes FROM runs")
    return row["bytes"] + _pages(store)


def _pages(store: "RunStore") -> int:
    """Count the bytes of the pages that the database uses."""
    (row,) = store.database.query(
        "SELECT (SELECT page_size FROM pragma_page_size) * (SELECT page_count - freelist_count "
        "FROM pragma_page_count, pragma_freelist_count) AS bytes"
    )
    return row["bytes"]


def _measure(store: "RunStore") -> None:
    """Enter the size of runs from a version that did not keep it."""
    for row in store.database.query(
        "SELECT name FROM runs WHERE bytes IS NULL AND status NOT IN ('queued', 'running')"
    ):
        size = files.size_of(store.folder / row["name"])
        store.database.write("UPDATE runs SET bytes = ? WHERE name = ?", size, row["name"])

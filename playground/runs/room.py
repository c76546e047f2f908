"""Room for new runs: the oldest that nobody starred go first."""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from playground.runs import files

if TYPE_CHECKING:
    from playground.runs.store import RunStore


def make_room(store: "RunStore", most: int, keep: Collection[str] = ()) -> int:
    """Delete runs until the store takes at most so many bytes; gives by how many it is still over.

    The oldest go first, those that were asked for in a lesson after all others, and those that are
    starred, on, or named by ``keep`` never.
    """
    _measure(store)
    over = _size(store) - most
    if over <= 0:
        return 0
    rows = store.database.query(
        "SELECT name, bytes FROM runs WHERE NOT starred AND status NOT IN ('queued', 'running') "
        "AND name NOT IN (SELECT value FROM json_each(?)) "
        "ORDER BY EXISTS (SELECT 1 FROM tries WHERE run = name), runs.rowid",
        json.dumps(list(keep)),
    )
    for row in rows:
        if over <= 0:
            break
        before = _size(store)
        if store.delete(row["name"]):
            over -= before - _size(store)
    return max(over, 0)


def _size(store: "RunStore") -> int:
    """The bytes of all runs' files, and of the pages that the database uses."""
    (row,) = store.database.query(
        "SELECT (SELECT COALESCE(SUM(bytes), 0) FROM runs) + (SELECT page_size FROM "
        "pragma_page_size) * (SELECT page_count - freelist_count FROM pragma_page_count, "
        "pragma_freelist_count) AS size"
    )
    return row["size"]


def _measure(store: "RunStore") -> None:
    """Enter the size of runs from a version that did not keep it."""
    for row in store.database.query(
        "SELECT name FROM runs WHERE bytes IS NULL AND status NOT IN ('queued', 'running')"
    ):
        size = files.size_of(store.folder / row["name"])
        store.database.write("UPDATE runs SET bytes = ? WHERE name = ?", size, row["name"])

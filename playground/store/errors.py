"""What is wrong with the store, as a sentence that says what to do."""

import sqlite3

_MOVE = (
    "move runs.sqlite elsewhere (with runs.sqlite-wal and runs.sqlite-shm, where they are), or set "
    "PLAYGROUND_RUNS to another folder"
)
_WHAT_TO_DO = {
    sqlite3.SQLITE_BUSY: "another program has held it for long; end that program or wait for it, "
    "then try again",
    sqlite3.SQLITE_FULL: "make room on its disk, then try again",
    sqlite3.SQLITE_READONLY: "see that the folder and runs.sqlite in it can be written",
    sqlite3.SQLITE_CANTOPEN: "see that the folder is there and can be written",
    sqlite3.SQLITE_CORRUPT: _MOVE,
    sqlite3.SQLITE_NOTADB: _MOVE,
}
_OTHERWISE = "see that there is room on the disk and that the folder can be written"


class StoreError(RuntimeError):
    """The store cannot be used; the message says what to do."""


def store_error(error: sqlite3.Error) -> StoreError:
    """Convert SQLite's error to ours."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # what is above tells the kind of the kind
    spoilt = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    verb = "read" if spoilt else "used just now"
    what_to_do = _WHAT_TO_DO.get(code, _OTHERWISE)
    return StoreError(f"The store in the run folder cannot be {verb} ({error}): {what_to_do}.")


def locked_error() -> StoreError:
    """Make the error for a store that others held for too long, so that SQLite was not even
    asked."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return store_error(error)

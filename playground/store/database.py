"""The store's SQLite connection: shared by threads, with faults told as sentences."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from playground.store import schema
from playground.store.errors import locked_error, store_error
from playground.store.schema import connect, open_store


class Database:
    """The database in one folder. Safe to use from several threads, and from several processes."""

    def __init__(self, folder: Path) -> None:
        """Open it, or make it. Raises StoreError if the folder cannot be used."""
        self._lock = threading.Lock()
        self._writer: int | None = None
        """The thread that is within a transaction."""
        self.connection = open_store(folder)
        self._read_lock = threading.Lock()
        self._reader = connect(folder)

    def close(self) -> None:
        """Close the connections."""
        with self._read_lock:
            self._reader.close()
        with self._lock:
            self.connection.close()

    def query(self, sql: str, *values: object) -> "list[sqlite3.Row]":
        """Read the rows of a SELECT. Raises StoreError."""
        # Within a transaction it sees what that has written. Elsewhere it has a connection of its
        # own: in WAL no read waits for a write, which another program may hold up for seconds.
        within = self._writer == threading.get_ident()
        connection = self.connection if within else self._reader
        try:
            with nullcontext() if within else self._turn(self._read_lock):
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise store_error(error) from None

    def write(self, sql: str, *values: object) -> int:
        """Run one statement that writes; gives how many rows it touched. Raises StoreError."""
        with self.transaction():
            return self.connection.execute(sql, values).rowcount

    def insert(self, table: str, row: dict[str, object]) -> None:
        """Enter a row in place of the one with its key. To be called within a transaction."""
        self.connection.execute(
            f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) "
            f"VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of the block or, if it raises, nothing of it. Raises StoreError."""
        try:
            with self._turn(self._lock) as left:
                try:
                    # Its turn and another program's end are waited for within the same seconds, so
                    # that the last of several threads is told as soon as the first.
                    self.connection.execute(f"PRAGMA busy_timeout = {round(left * 1000)}")
                    self.connection.execute("BEGIN IMMEDIATE")
                    self._writer = threading.get_ident()
                    yield
                    self.connection.execute("COMMIT")
                finally:
                    self._writer = None
                    if self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise store_error(error) from None

    @contextmanager
    def _turn(self, lock: threading.Lock) -> Iterator[float]:
        """Give this thread a connection alone; yields the seconds it may still wait. Raises
        StoreError."""
        until = time.monotonic() + schema.PATIENCE
        if not lock.acquire(timeout=schema.PATIENCE):
            raise locked_error()
        try:
            yield max(until - time.monotonic(), 0.0)
        finally:
            lock.release()

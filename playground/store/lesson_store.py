"""Lessons: what is kept of them, of who takes part in them, and of what they tried.

What a lesson means is another room's to know: here it is a name and a text.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playground.store.database import Database
from playground.store.run import Run, run_of

MAX_LESSONS = 1000
"""Beyond, the oldest in which nobody took part goes."""


@dataclass(frozen=True)
class StoredLesson:
    """A lesson; ``created`` is in seconds since the epoch."""

    name: str
    definition: str
    """What it is, as JSON."""
    created: float
    revealed: bool
    """Whether the test figures are shown."""
    closed: bool
    """Whether nobody new may take a name."""


@dataclass(frozen=True)
class Participant:
    """Someone in a lesson; None if that was not said yet."""

    nickname: str | None = None
    guess: str | None = None


class LessonStore:
    """The lessons in a store. A visitor is a text that stands for a browser."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, name: str, definition: str) -> bool:
        """Keep a lesson; one that is there already stays as it is. False if there are as many
        as may be, and each has somebody who took part."""
        with self._database.transaction():
            (row,) = self._database.query(
                "SELECT COUNT(*) AS others FROM lessons WHERE name != ?", name
            )
            if (
                row["others"] >= MAX_LESSONS
                and not self._database.connection.execute(
                    "DELETE FROM lessons WHERE rowid = (SELECT rowid FROM lessons WHERE name != ? "
                    "AND name NOT IN (SELECT lesson FROM seats) "
                    "AND name NOT IN (SELECT lesson FROM tries) ORDER BY rowid LIMIT 1)",
                    (name,),
                ).rowcount
            ):
                return False
            self._database.connection.execute(
                "INSERT OR IGNORE INTO lessons (name, definition, created) VALUES (?, ?, ?)",
                (name, definition, time.time()),
            )
            return True

    def by_prefix(self, start: str) -> StoredLesson | None:
        """Find the only lesson whose name begins so (8 digits at least), or None."""
        if len(start) < 8 or not set(start) <= set("0123456789abcdef"):
            return None
        rows = self._database.query("SELECT * FROM lessons WHERE name GLOB ? LIMIT 2", start + "*")
        return _lesson(rows[0]) if len(rows) == 1 else None

    def all(self, limit: int = 100) -> list[StoredLesson]:
        """List the lessons, the newest first."""
        rows = self._database.query("SELECT * FROM lessons ORDER BY created DESC LIMIT ?", limit)
        return [_lesson(row) for row in rows]

    def reveal(self, name: str, shown: bool) -> None:
        """Show the test figures of a lesson, or no longer."""
        self._database.write("UPDATE lessons SET revealed = ? WHERE name = ?", int(shown), name)

    def close(self, name: str, closed: bool) -> None:
        """Let nobody new take a name in a lesson, or let them again."""
        self._database.write("UPDATE lessons SET closed = ? WHERE name = ?", int(closed), name)

    def participant(self, lesson: str, visitor: str) -> Participant:
        """Read what a visitor said in a lesson."""
        rows = self._database.query(
            "SELECT nickname, guess FROM seats WHERE lesson = ? AND visitor = ?", lesson, visitor
        )
        return Participant(**dict(rows[0])) if rows else Participant()

    def guess(self, lesson: str, visitor: str, guess: str) -> None:
        """Keep a visitor's guess; the first one stands."""
        self._database.write(
            "INSERT INTO seats (lesson, visitor, guess) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET guess = excluded.guess WHERE guess IS NULL",
            *(lesson, visitor, guess),
        )

    def guesses(self, lesson: str) -> list[str]:
        """List all guesses of a lesson."""
        rows = self._database.query(
            "SELECT guess FROM seats WHERE lesson = ? AND guess IS NOT NULL", lesson
        )
        return [row["guess"] for row in rows]

    def name(self, lesson: str, visitor: str, nickname: str, folded: Sequence[str]) -> bool:
        """Give a visitor a name; False if another has it, or it was removed. Names that share
        one of their ``folded`` forms are one."""
        lines = "char(10) || folded || char(10)"
        alike = " OR ".join(
            f"instr({lines}, char(10) || ?{number} || char(10))"
            for number in range(6, 6 + len(folded))
        )
        return bool(
            self._database.write(
                "INSERT INTO seats (lesson, visitor, nickname, folded, joined) "
                "SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM removed_names WHERE "
                f"lesson = ?1 AND ({alike})) AND NOT EXISTS (SELECT 1 FROM seats WHERE "
                f"lesson = ?1 AND ({alike}) AND visitor != ?2) ON CONFLICT (lesson, visitor) "
                "DO UPDATE SET nickname = excluded.nickname, folded = excluded.folded, "
                "joined = IIF(seats.nickname IS NULL, excluded.joined, seats.joined)",
                *(lesson, visitor, nickname, "\n".join(folded), time.time(), *folded),
            )
        )

    def names(self, lesson: str) -> dict[str, float]:
        """List all names in a lesson, in alphabetical order, and when each was first taken by
        whoever has it, in seconds since the epoch."""
        rows = self._database.query(
            "SELECT nickname, joined FROM seats WHERE lesson = ? AND nickname IS NOT NULL "
            "ORDER BY nickname COLLATE NOCASE",
            lesson,
        )
        return {row["nickname"]: row["joined"] for row in rows}

    def remove_name(self, lesson: str, nickname: str, folded: Sequence[str]) -> None:
        """Take a name off a board; nobody can take it again."""
        with self._database.transaction():
            self._database.connection.execute(
                "INSERT OR IGNORE INTO removed_names VALUES (?, ?)", (lesson, "\n".join(folded))
            )
            self._free(lesson, [nickname])

    def free_names(self, lesson: str, nicknames: Iterable[str]) -> None:
        """Take names off a board, for whoever takes them next."""
        with self._database.transaction():
            self._free(lesson, nicknames)

    def _free(self, lesson: str, nicknames: Iterable[str]) -> None:
        self._database.connection.execute(
            "UPDATE seats SET nickname = NULL, folded = NULL WHERE lesson = ? AND nickname IN "
            "(SELECT value FROM json_each(?))",
            (lesson, json.dumps(list(nicknames))),
        )

    def enter(self, lesson: str, visitor: str, run: str) -> None:
        """Record that a visitor asked for a run in a lesson."""
        self._database.write(
            "INSERT OR IGNORE INTO tries VALUES (?, ?, ?, ?)", lesson, visitor, run, time.time()
        )

    def tries(self, lesson: str) -> list[tuple[str, Run]]:
        """List the runs that those with a name tried and that came to figures, with the name; in
        the order they were asked for."""
        rows = self._database.query(
            "SELECT seats.nickname AS nickname, runs.* FROM tries "
            "JOIN seats USING (lesson, visitor) JOIN runs ON runs.name = tries.run "
            "WHERE lesson = ? AND nickname IS NOT NULL AND runs.validation_accuracy IS NOT NULL "
            "ORDER BY tries.asked, runs.name",
            lesson,
        )
        return [(row["nickname"], run_of(row)) for row in rows]

    def has_ended_run(self, lesson: str, visitor: str) -> bool:
        """Tell whether a visitor tried a run in a lesson that went to its end, or diverged."""
        (row,) = self._database.query(
            "SELECT EXISTS (SELECT 1 FROM tries JOIN runs ON runs.name = tries.run "
            "WHERE lesson = ? AND visitor = ? AND status IN ('finished', 'diverged')) AS ended",
            *(lesson, visitor),
        )
        return bool(row["ended"])

    def count(self, lesson: str) -> tuple[int, int]:
        """Count how many have a name in a lesson, and how many different runs were asked for."""
        (row,) = self._database.query(
            "SELECT (SELECT COUNT(*) FROM seats WHERE lesson = ?1 AND nickname IS NOT NULL) "
            "AS seats, (SELECT COUNT(DISTINCT run) FROM tries WHERE lesson = ?1) AS runs",
            lesson,
        )
        return row["seats"], row["runs"]


def _lesson(row: sqlite3.Row) -> StoredLesson:
    revealed, closed = bool(row["revealed"]), bool(row["closed"])
    return StoredLesson(row["name"], row["definition"], row["created"], revealed, closed)

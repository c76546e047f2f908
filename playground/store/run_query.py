"""How a list of runs is asked for, as SQL."""

import re
from collections.abc import Mapping

SORTS = {
    "submitted": "rowid",  # in the order they were asked for, whatever the clock said
    "title": "NULLIF(title, '') COLLATE NOCASE",
    "validation_accuracy": "validation_accuracy",
    "validation_loss": "validation_loss",
    "parameters": "parameters",
    "seconds": "seconds",
}
"""What a list of runs can be sorted by, and how SQLite says it."""

_SEARCHED = ("title", "keywords", "status", "device")
_MAX_WORDS = 20
_START_OF_A_NAME = re.compile("[0-9a-f]{8,64}")

_MEASURED = "COALESCE(test_loss, validation_loss, train_loss) IS NOT NULL"


def conditions(
    words: str, titles: Mapping[str, str], starred: bool, measured: bool
) -> tuple[str, list[str]]:
    """Write a WHERE clause and its values; each of ``words`` must occur in what is searched.

    ``titles`` are titles of runs that the store does not know, by the run's name.
    """
    clauses, values = ["1"], list[str]()
    for word in words.split()[:_MAX_WORDS]:
        pattern = "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"
        either = [rf"{column} LIKE ? ESCAPE '\'" for column in _SEARCHED]
        values += [pattern] * len(_SEARCHED)
        names = [name for name, title in titles.items() if word.lower() in title.lower()]
        either += ["name = ?"] * len(names)
        values += names
        if _START_OF_A_NAME.fullmatch(word.lower()):
            either.append("name GLOB ?")
            values.append(word.lower() + "*")
        clauses.append(f"({' OR '.join(either)})")
    clauses += ["starred"] * starred + [_MEASURED] * measured
    return " AND ".join(clauses), values


def order(sort: str, descending: bool) -> str:
    """Write an ORDER BY clause; what a run does not have comes last."""
    return f"{SORTS[sort]} {'DESC' if descending else 'ASC'} NULLS LAST, {SORTS['submitted']} DESC"

"""How a list of runs is asked for, as SQL."""

import re

from playground.runs.run import SPLITS

SORTS = {
    "submitted": "submitted",
    "title": "NULLIF(title, '') COLLATE NOCASE",
    **{f"{split}_accuracy": f"{split}_accuracy" for split in SPLITS},
    **{f"{split}_loss": f"{split}_loss" for split in SPLITS},
    "parameters": "parameters",
    "seconds": "seconds",
    "epochs": "NULLIF(epochs, 0)",
}
"""What a list of runs can be sorted by, and how SQLite says it."""

_SEARCHED = ("title", "keywords", "name", "status", "device")
_MOST_WORDS = 20


def conditions(words: str, starred: bool, measured: bool) -> tuple[str, list[str]]:
    """A WHERE clause and its values; every one of ``words`` must occur in what is searched."""
    clauses, values = ["1"], list[str]()
    for word in words.split()[:_MOST_WORDS]:
        pattern = "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"
        clauses.append("(" + " OR ".join(rf"{c} LIKE ? ESCAPE '\'" for c in _SEARCHED) + ")")
        values += [pattern] * len(_SEARCHED)
    clauses += ["starred"] * starred + ["test_loss IS NOT NULL"] * measured
    return " AND ".join(clauses), values


def order(sort: str, descending: bool) -> str:
    """An ORDER BY clause; what a run does not have comes last."""
    return f"{SORTS[sort]} {'DESC' if descending else 'ASC'} NULLS LAST, submitted DESC"

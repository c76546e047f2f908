"""What the report of several runs tells: what differs, what each reached, image by image."""

from collections.abc import Sequence
from itertools import combinations
from string import ascii_uppercase
from typing import Any

from playground import formats, words
from playground.export import telling
from playground.export.report import claims, drawing, matrix, single
from playground.export.report.claims import Chosen
from playground.export.subject import Subject
from playground.export.telling import Told
from playground.formats import NOTHING
from playground.records import EpochMetrics

_LONGEST_NAME = 24
"""Characters of a name that a legend has room for."""


def told(subjects: Sequence[Subject]) -> dict[str, Any]:
    """What the template of a comparison is filled with."""
    runs = dict(zip(ascii_uppercase, subjects, strict=False))
    rows = differing(runs)
    names = _labels(runs, rows)
    found = claims.families(runs)
    several = any(len(family.finished) > 1 for family in found)
    lines = _lines(runs, names)
    comparable = all(claims.same_test(a, b) for a, b in combinations(runs.values(), 2))
    return {
        "title": f"{len(runs)} runs compared",
        "runs": runs,
        "labels": names,
        "verdict": claims.lines_of(runs, found, comparable),
        "differing": _table(rows),
        "comparable": comparable,
        "watching": [
            letter for letter, one in runs.items() if one.config.data.validation == "test"
        ],
        "families": found if several else [],
        "curves": drawing.overlay(lines) if lines else {},
        "curveless": [letter for letter, one in runs.items() if not one.epochs],
        "pairs": claims.pairs(runs),
        "curve_note": single.CURVE_NOTE,
        "tested": not several,
        "matrices": {letter: matrix.of(one) for letter, one in runs.items()},
        "endings": {letter: telling.ending(one.run) for letter, one in runs.items()},
        "facts": {letter: telling.facts(one) for letter, one in runs.items()},
        "again": {letter: single.again(one) for letter, one in runs.items()},
        "below": {letter: _below(one, names[letter]) for letter, one in runs.items()},
        "share": formats.share,
        "nothing": NOTHING,
    }


def differing(runs: Chosen) -> list[list[Told | None]]:
    """The settings that are not the same in all runs: of each run, None where it has no such one.

    What only some kinds have is left out where it has its default: it follows from the kind.
    """
    every = [
        {one.path: one for section in telling.settings(subject.config).values() for one in section}
        for subject in runs.values()
    ]
    found = []
    for path in dict.fromkeys(path for settings in every for path in settings):
        row = [settings.get(path) for settings in every]
        there = [one for one in row if one]
        follows = len(there) < len(row) and not any(one.changed for one in there)
        if len({one and one.value for one in row}) > 1 and not follows:
            found.append(row)
    return found


def _table(rows: list[list[Told | None]]) -> list[tuple[str, list[str]]]:
    """(setting, its value in each run)"""
    return [
        (
            next(one.label for one in row if one),
            [one.value if one else NOTHING for one in row],
        )
        for row in rows
    ]


def _labels(runs: Chosen, rows: list[list[Told | None]]) -> dict[str, str]:
    """A short name of each run: its letter, and what tells it apart."""
    found = {}
    for index, (letter, one) in enumerate(runs.items()):
        parts = [f"{row[index].label} {row[index].value}" for row in rows if row[index]]
        apart = ", ".join(parts) if 0 < len(parts) <= 2 else words.short(one.run)
        found[letter] = f"{letter} · {one.run.title or apart}"
    return found


def _below(subject: Subject, name: str) -> str:
    """What stands below a run's name: its settings in one line, where the name is another."""
    short = words.short(subject.run)
    seed = f"seed {subject.config.run.seed}"
    return seed if short in name else f"{short} · {seed}"


def _lines(runs: Chosen, names: dict[str, str]) -> dict[str, Sequence[EpochMetrics]]:
    """The epochs by what the legend calls a run: its letter alone where names are long."""
    named = max(map(len, names.values())) <= _LONGEST_NAME
    return {
        names[letter] if named else letter: one.epochs for letter, one in runs.items() if one.epochs
    }

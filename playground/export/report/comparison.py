"""What the report of several runs tells: what differs, what each reached, image by image."""

from collections.abc import Sequence
from itertools import combinations
from string import ascii_uppercase
from typing import Any

from playground import formats
from playground.analysis import comparison, labels
from playground.analysis.conclusions import TEXT
from playground.export import telling
from playground.export.report import drawing, matrix, pairs, single
from playground.export.report.pairs import Chosen
from playground.export.subject import Subject
from playground.formats import NOTHING
from playground.results import EpochMetrics

_LONGEST_NAME = 24
"""Characters of a name that a legend has room for."""


def told(subjects: Sequence[Subject]) -> dict[str, Any]:
    """What the template of a comparison is filled with."""
    runs = dict(zip(ascii_uppercase, subjects, strict=False))
    chosen = {letter: one.run for letter, one in runs.items()}
    names = comparison.legend(chosen)
    found = comparison.families(chosen)
    several = any(len(family.finished) > 1 for family in found)
    lines = _lines(runs, names)
    comparable = all(pairs.same_test(a, b) for a, b in combinations(runs.values(), 2))
    return {
        "title": f"{len(runs)} runs compared",
        "runs": runs,
        "labels": names,
        "verdict": comparison.lines_of(chosen, found, comparable, TEXT),
        "differing": [(label, values) for _, label, values in comparison.table(chosen)],
        "comparable": comparable,
        "watching": [
            letter for letter, one in runs.items() if one.config.data.validation == "test"
        ],
        "families": found if several else [],
        "curves": drawing.overlay(lines) if lines else {},
        "curveless": [letter for letter, one in runs.items() if not one.epochs],
        "pairs": pairs.pairs(runs),
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


def _below(subject: Subject, name: str) -> str:
    """What stands below a run's name: its settings in one line, where the name is another."""
    short = labels.short(subject.run)
    seed = f"seed {subject.config.run.seed}"
    return seed if short in name else f"{short} · {seed}"


def _lines(runs: Chosen, names: dict[str, str]) -> dict[str, Sequence[EpochMetrics]]:
    """The epochs by what the legend calls a run: its letter alone where names are long."""
    named = max(map(len, names.values())) <= _LONGEST_NAME
    return {
        names[letter] if named else letter: one.epochs for letter, one in runs.items() if one.epochs
    }

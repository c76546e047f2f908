"""What the report of several runs tells: what differs, what each reached, image by image."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from string import ascii_uppercase
from typing import Any

from playground import formats
from playground.analysis import comparison, evaluation, names
from playground.analysis.conclusions import TEXT
from playground.export import run_summary
from playground.export.report import matrix, single, svg_charts
from playground.export.subject import Subject
from playground.results import EpochMetrics

SubjectsByLetter = dict[str, Subject]
"""The runs by letter, A first."""
_LONGEST_NAME = 24
"""Characters of a name that a legend has room for."""


def template_values(subjects: Sequence[Subject]) -> dict[str, Any]:
    """Return what the template of a comparison is filled with."""
    runs = dict(zip(ascii_uppercase, subjects, strict=False))
    chosen = {letter: one.run for letter, one in runs.items()}
    called = comparison.legend(chosen)
    found = comparison.seed_groups(chosen)
    several = any(len(group.finished) > 1 for group in found)
    lines = _lines(runs, called)
    basis = basis_of(*runs.values())
    verdict = comparison.verdict(chosen, found, basis, TEXT)
    return {
        "title": f"{len(runs)} runs compared",
        "runs": runs,
        "labels": called,
        "verdict": verdict,
        "differing": [(label, values) for _, label, values in comparison.settings_table(chosen)],
        "comparable": basis.split is not None,
        "watching": [
            letter for letter, one in runs.items() if one.config.data.validation == "test"
        ],
        "groups": found if several else [],
        "curves": svg_charts.overlay(lines) if lines else {},
        "curveless": [letter for letter, one in runs.items() if not one.epochs],
        "pairs": comparable_pairs(runs),
        "curve_note": single.CURVE_NOTE,
        "tested": not several,
        "matrices": {letter: matrix.of(one) for letter, one in runs.items()},
        "endings": {letter: run_summary.describe_ending(one.run) for letter, one in runs.items()},
        "facts": {letter: run_summary.facts(one) for letter, one in runs.items()},
        "again": {letter: single.how_to_repeat(one) for letter, one in runs.items()},
        "below": {letter: _below(one) for letter, one in runs.items()},
    }


def _below(subject: Subject) -> str:
    """Return what stands below a run's name: what it is called alone, and its seed."""
    config = subject.config
    seed = "" if config.run.seed else " · seed 0"  # another is told
    return names.of_config(config) + seed


def _lines(runs: SubjectsByLetter, called: dict[str, str]) -> dict[str, Sequence[EpochMetrics]]:
    """Return the epochs by what the legend calls a run: its letter alone if names are long."""
    named = max(map(len, called.values())) <= _LONGEST_NAME
    return {
        called[letter] if named else letter: one.epochs
        for letter, one in runs.items()
        if one.epochs
    }


@dataclass(frozen=True)
class Pair:
    """What became of the images that two runs are compared by, from one to the other."""

    before: str
    after: str
    split: str
    images: int
    change: evaluation.Change

    @property
    def p(self) -> str:
        """McNemar's p-value."""
        return formats.p_value(self.change.p_value).removeprefix("= ")

    @property
    def points(self) -> str:
        """The change of accuracy in percentage points."""
        return formats.points(
            (len(self.change.fixed) - len(self.change.broken)) / self.images * 100
        )


def basis_of(*subjects: Subject) -> comparison.Basis:
    """Find the images by which runs are compared."""
    return comparison.basis_of([one.run for one in subjects], subjects[0].dataset)


def comparable_pairs(runs: SubjectsByLetter) -> list[Pair]:
    """Return every two runs that can be compared image by image."""
    found = []
    for (before, a), (after, b) in combinations(runs.items(), 2):
        split = basis_of(a, b).split
        was, now = (one.predictions(split) if split else None for one in (a, b))
        if split and was and now:
            change = evaluation.change(was.labels, was.predicted, now.predicted)
            found.append(Pair(before, after, split, len(was.labels), change))
    return found

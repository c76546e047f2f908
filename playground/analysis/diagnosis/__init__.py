"""What a run's figures show of how it went, and what to try: a file a finding.

A finding is a function of a ``Record`` that gives a ``Diagnosis``, or None. Silence is the usual
answer, since a false alarm is worse than none. How often each is right, by runs that were labelled
before this was written, stands in docs/diagnosis.md.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from playground.analysis.diagnosis.dead_units import dead_units
from playground.analysis.diagnosis.diverged import diverged
from playground.analysis.diagnosis.few_validation import few_validation
from playground.analysis.diagnosis.guessing import guessing
from playground.analysis.diagnosis.learning_rate import rate_too_high, rate_too_low
from playground.analysis.diagnosis.lesson import lesson_about
from playground.analysis.diagnosis.memorising import memorising
from playground.analysis.diagnosis.never_predicted import never_predicted
from playground.analysis.diagnosis.noise_learnt import noise_learnt
from playground.analysis.diagnosis.overfitting import overfitting
from playground.analysis.diagnosis.penalty_too_strong import penalty_too_strong
from playground.analysis.diagnosis.record import Change, Diagnosis, Record, UnitCount
from playground.analysis.diagnosis.still_improving import still_improving
from playground.analysis.diagnosis.stored import record_of
from playground.config import RunConfig
from playground.store import Run, RunStore

FINDINGS: Mapping[str, Callable[[Record], Diagnosis | None]] = {
    found.__name__: found
    for found in (
        diverged,
        rate_too_high,
        penalty_too_strong,
        guessing,
        never_predicted,
        dead_units,
        rate_too_low,
        noise_learnt,
        memorising,
        overfitting,
        still_improving,
        few_validation,
    )
}
"""By name; the one that matters most first, as it is told first."""
_KNOWS_BY_HEART = {memorising.__name__, overfitting.__name__}
UNSURE_ENDINGS = ("stopped", "failed", "interrupted")
"""A run that ended so did not come to what its settings do."""


def diagnose(record: Record) -> list[Diagnosis]:
    """Return what a run's figures show, what matters most first; nothing of one that did not come
    to its end."""
    if record.status in UNSURE_ENDINGS:
        return []
    found, offered = [], set[RunConfig]()
    for kind, of in FINDINGS.items():
        if one := of(record):
            if kind == still_improving.__name__ and _KNOWS_BY_HEART & {each.kind for each in found}:
                # More epochs are no cure of that.
                one = replace(one, sentence="It still improved a little when it ended.", changes=())
            changes = tuple(change for change in one.changes if change.config not in offered)
            offered |= {change.config for change in changes}
            found.append(replace(one, kind=kind, changes=changes))
    return found


def marks(best_epoch: int | None, found: Iterable[Diagnosis]) -> dict[int, str]:
    """Return what is marked on a run's curves, by epoch: its best one, and where a finding
    begins."""
    said: dict[int, list[str]] = {}
    if best_epoch is not None:
        said[best_epoch] = [f"best epoch: {best_epoch:,}"]
    for one in found:
        if one.epoch is not None:
            said.setdefault(one.epoch, []).append(one.mark)
    return {epoch: " · ".join(texts) for epoch, texts in said.items()}


def of_run(store: RunStore, run: Run, hidden: Collection[str] = ()) -> list[Diagnosis]:
    """Diagnose a stored run, without what the splits that are ``hidden`` would tell; nothing of one
    that is on, or whose config cannot be read. Raises StoreError."""
    if run.is_active or not run.is_readable:
        return []
    return diagnose(record_of(run, store.epochs(run.name), store.arrays(run.name), hidden))


__all__ = [
    "FINDINGS",
    "Change",
    "Diagnosis",
    "Record",
    "UnitCount",
    "diagnose",
    "few_validation",
    "lesson_about",
    "marks",
    "of_run",
    "record_of",
]

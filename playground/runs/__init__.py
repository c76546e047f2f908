"""Runs and the store that keeps them: SQLite for what is listed, plain files for what is large.

Only the app (or the command line) writes. A run's files are in place before its row says so, and
nothing is unpickled.
"""

from playground.runs.classes import Seat, StoredLesson
from playground.runs.faults import StoreError
from playground.runs.run import SPLITS, Run
from playground.runs.search import SORTS
from playground.runs.store import RunStore
from playground.runs.studies import Study, StudyKind, Trial, TrialState

__all__ = [
    "SORTS",
    "SPLITS",
    "Run",
    "RunStore",
    "Seat",
    "StoreError",
    "StoredLesson",
    "Study",
    "StudyKind",
    "Trial",
    "TrialState",
]

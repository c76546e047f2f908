"""Runs and the store that keeps them: SQLite for what is listed, plain files for what is large.

Only the app (or the command line) writes. A run's files are in place before its row says so, and
nothing is unpickled.
"""

from playground.store.errors import StoreError
from playground.store.lesson_store import Participant, StoredLesson
from playground.store.run import SPLITS, Run
from playground.store.run_query import SORTS
from playground.store.run_store import RunStore
from playground.store.studies import Study, StudyKind, Trial, TrialState

__all__ = [
    "SORTS",
    "SPLITS",
    "Participant",
    "Run",
    "RunStore",
    "StoreError",
    "StoredLesson",
    "Study",
    "StudyKind",
    "Trial",
    "TrialState",
]

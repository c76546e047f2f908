"""Runs and sweeps sent to where others keep theirs: TensorBoard's files, MLflow.

Both libraries are optional (the extra ``tracking`` of pyproject.toml); the first run that is sent
imports them.
"""

from playground.tracking.event_files import to_tensorboard
from playground.tracking.mlflow_store import EXPERIMENT, SentCounts, to_mlflow
from playground.tracking.sources import (
    Report,
    TrackedRun,
    TrackedStudy,
    TrackingError,
    study_of,
    tracked_run_of,
)

__all__ = [
    "EXPERIMENT",
    "Report",
    "SentCounts",
    "TrackedRun",
    "TrackedStudy",
    "TrackingError",
    "study_of",
    "to_mlflow",
    "to_tensorboard",
    "tracked_run_of",
]

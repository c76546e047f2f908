"""A stored run, as its row tells it."""

import json
import sqlite3
import time
from dataclasses import asdict, dataclass, fields
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from playground.config import ConfigError, RunConfig, from_json
from playground.results import Execution, Scores, Status
from playground.visible import visible

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Run:
    """A row of the store. Times are seconds since the epoch, ``seconds`` is training time."""

    name: str
    family: str
    """The name of its config whatever the seed; empty if the config can no longer be read."""
    config_json: str
    title: str
    """What a person called it; empty if nobody did."""
    starred: bool
    status: Status
    message: str
    fingerprint: str
    submitted: float
    started: float | None
    ended: float | None
    epochs: int
    best_epoch: int | None
    parameters: int | None
    seconds: float | None
    device: str | None
    versions: dict[str, str]
    scores: dict[str, Scores | None]
    mirrored: Scores | None
    """Of the test images with their mirror images: the mean of both answers; None if that was
    not asked for."""
    limit: float | None
    """Seconds of training after which it was stopped, as no more was allowed; else None."""
    execution: Execution | None
    """How it was computed; None if that was not kept, or cannot be read."""
    removed: str = ""
    """What it left and was removed to make room, such as ``weights and predictions``."""

    @property
    def config(self) -> RunConfig:
        """Raises ConfigError if another version's settings are not ours."""
        return _config(self.config_json)

    @property
    def is_readable(self) -> bool:
        """Whether its config is one of this version."""
        try:
            return self.config is not None
        except ConfigError:
            return False

    @property
    def execution_text(self) -> str:
        """Tell how it was computed, such as ``1 thread, float32``; empty if that was not
        kept."""
        return self.execution.describe() if self.execution else ""

    @property
    def is_active(self) -> bool:
        """Whether it waits or trains."""
        return self.status in ("queued", "running")

    @property
    def since(self) -> float:
        """Seconds since it started, by the clock; 0 if that was set back, or it has not."""
        return 0.0 if self.started is None else max(time.time() - self.started, 0.0)

    @property
    def is_complete(self) -> bool:
        """Whether it came to its own end, or as far as a run was allowed to train."""
        return self.status in ("finished", "diverged") or self.limit is not None

    @property
    def is_stacked(self) -> bool:
        """Whether it was trained in one stack with others, as a sweep's runs are: its figures may
        differ in the last digits from those of the same run alone."""
        return self.execution is not None and self.execution.stacked > 1

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """The splits that a run had no time to be measured on, as it was stopped."""
        if self.status != "stopped" or self.parameters is None:
            return ()
        there = ("train", "test") if self.config.data.validation == "none" else SPLITS
        return tuple(split for split in there if self.scores[split] is None)

    @property
    def is_measured(self) -> bool:
        """Whether it came to figures at its end: a run that diverged or failed did not, and one
        that was stopped may have had time for some splits only."""
        return any(self.scores.values())


# Lists draw the same runs again and again, and reading a config takes a tenth of a millisecond.
_config = lru_cache(maxsize=1024)(from_json)


_EXECUTION = TypeAdapter(Execution)


@lru_cache(maxsize=256)
def _execution(text: str | bytes) -> Execution | None:
    try:
        return _EXECUTION.validate_json(text) if text else None
    except ValidationError:  # from another version, or damaged: one row must not hide all others
        return None


def execution_json(execution: Execution | None) -> str:
    """Write an execution as a row keeps it: JSON, or nothing if it is not known."""
    return json.dumps(asdict(execution)) if execution else ""


def run_of(row: sqlite3.Row) -> Run:
    """Make the run of a row of the store."""
    return Run(
        config_json=row["config"],
        title=visible(row["title"]),
        starred=bool(row["starred"]),
        versions=json.loads(row["versions"]),
        scores={split: _scores(row, split) for split in SPLITS},
        mirrored=_scores(row, "mirrored"),
        limit=row["time_limit"],
        execution=_execution(row["execution"]),
        **{field.name: row[field.name] for field in fields(Run) if field.name not in _CONVERTED},
    )


def _scores(row: sqlite3.Row, of: str) -> Scores | None:
    if row[f"{of}_loss"] is None:
        return None
    return Scores(row[f"{of}_loss"], row[f"{of}_accuracy"], row[f"{of}_images"])


_CONVERTED = (
    "config_json",
    "title",
    "starred",
    "versions",
    "scores",
    "mirrored",
    "limit",
    "execution",
)

"""MLflow: a run of its own for each run, those of a sweep or search under one parent."""

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playground.errors import not_installed
from playground.tracking.sources import Report, TrackedRun, TrackedStudy, TrackingError

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

EXPERIMENT = "network-playground"
"""The experiment in MLflow that all runs are put into."""

_SURROUNDINGS = {
    # Its own 120 seconds, seven times over, keep a command waiting for minutes.
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""Set if the surroundings do not say otherwise."""
_MAX_SETTINGS, _MAX_FIGURES = 100, 1000
"""What MLflow takes at once."""
_PREFIX = "playground."
_PARENT = "mlflow.parentRunId"
_STATUSES = {"finished": "FINISHED", "stopped": "KILLED", "interrupted": "KILLED"}
"""MLflow's word for a run's status; the others failed."""


@dataclass
class SentCounts:
    """What became of the runs: how many were written, and how many were there already."""

    written: int = 0
    left: int = 0


def to_mlflow(
    sent: TrackedRun | TrackedStudy, uri: str, report: Report = lambda done, of: None
) -> SentCounts:
    """Send a run, or those of a sweep or search under one parent, to a server or an SQLite file.

    A run that MLflow has already is left as it is, with its notes: a run is a function of its
    config. One that was trained anew since, or that was half sent, is deleted there (MLflow keeps
    it among the deleted) and sent again. By itself a run is sent once, be it under a sweep; each
    sweep has its runs under itself.

    Raises TrackingError.
    """
    client = _client(uri)
    with _raises_tracking_error(uri):
        place = TrackingServer(client, _experiment(client, uri))
        if isinstance(sent, TrackedRun):
            place.send(sent)
            report(1, 1)
            return place.sent
        parent = place.parent(sent)
        for done, one in enumerate(sent.runs, 1):
            place.send(one, sent.study.name, parent)
            report(done, len(sent.runs))
        return place.sent


class TrackingServer:
    """The experiment, and what was sent to it."""

    def __init__(self, client: "MlflowClient", experiment: str) -> None:
        self.sent = SentCounts()
        self._client, self._experiment = client, experiment

    def parent(self, sent: TrackedStudy) -> str:
        """Return the id of a sweep's own run, which is made if there is none."""
        client, study = self._client, sent.study
        tags = _prefixed({"study": study.name, "kind": study.kind})
        found = self._with({"study": study.name})
        last = max(one.ended for one in sent.runs)
        if found:
            parent = found[0].info.run_id
        else:
            began = _milliseconds(min(study.created, *(one.began for one in sent.runs)))
            parent = client.create_run(
                self._experiment, began, tags, f"{sent.label} ({study.name[:8]})"
            ).info.run_id
        client.log_text(parent, sent.definition(), f"{study.kind}.json")
        for name, value in {"runs": len(sent.runs), "asked": sent.asked}.items():
            client.set_tag(parent, f"{_PREFIX}{name}", str(value))
        client.set_terminated(parent, "FINISHED", _milliseconds(last))
        return parent

    def send(self, one: TrackedRun, study: str = "", parent: str = "") -> None:
        """Send a run, under a parent if one is given, unless it is there."""
        under = {**_prefixed({"of": study}), _PARENT: parent} if parent else {}
        tags = _prefixed(one.tags())
        submitted = f"{_PREFIX}submitted"
        for earlier in self._with({"run": one.run.name}):
            of = earlier.data.tags.get(f"{_PREFIX}of")
            if parent and of and of != study:
                continue
            whole = earlier.info.status != "RUNNING"
            if whole and earlier.data.tags.get(submitted) == tags[submitted]:
                for name, value in under.items():
                    self._client.set_tag(earlier.info.run_id, name, value)
                self.sent.left += 1
                return
            self._client.delete_run(earlier.info.run_id)
            if of and not parent:  # by itself it takes the place of the one under a sweep
                under = {n: earlier.data.tags[n] for n in (f"{_PREFIX}of", _PARENT)}
        self._write(one, tags | under)
        self.sent.written += 1

    def _write(self, one: TrackedRun, tags: dict[str, str]) -> None:
        from mlflow.entities import Metric, Param

        client = self._client
        name = f"{one.label} ({one.run.name[:8]})"
        began, ended = _milliseconds(one.began), _milliseconds(one.ended)
        run = client.create_run(self._experiment, began, tags, name).info.run_id
        params = [Param(path, text) for path, text in one.settings().items()]
        for start in range(0, len(params), _MAX_SETTINGS):
            client.log_batch(run, params=params[start : start + _MAX_SETTINGS])
        figures = [
            Metric(name, value, _milliseconds(time), epoch)
            for epoch, time, found in one.epochs()
            for name, value in found.items()
        ]
        figures += [Metric(n, value, ended, one.run.epochs) for n, value in one.figures().items()]
        for start in range(0, len(figures), _MAX_FIGURES):
            client.log_batch(run, metrics=figures[start : start + _MAX_FIGURES])
        client.log_text(run, one.config(), "config.json")
        # Last, as a run that is found RUNNING was half sent.
        client.set_terminated(run, _STATUSES.get(one.run.status, "FAILED"), ended)

    def _with(self, tags: dict[str, str]) -> "list[MlflowRun]":
        """Return the runs with these tags of ours, all of them hexadecimal; the newest first."""
        terms = [f"tags.`{name}` = '{value}'" for name, value in _prefixed(tags).items()]
        return list(self._client.search_runs([self._experiment], " and ".join(terms)))


def _client(uri: str) -> "MlflowClient":
    _see_that_it_can_be(uri)
    for name, value in _SURROUNDINGS.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient
    except ImportError:
        raise TrackingError(not_installed("Sending runs to MLflow", "mlflow", "tracking")) from None
    with _raises_tracking_error(uri):
        return MlflowClient(uri)


def _experiment(client: "MlflowClient", uri: str) -> str:
    """Return the id of our experiment, which is made if there is none."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        # MLflow would put files into the folder that the command happened to be started in.
        beside = Path(_file(uri)).resolve().parent / "mlruns" if _file(uri) else None
        return client.create_experiment(EXPERIMENT, beside.as_uri() if beside else None)
    if found.lifecycle_stage != "active":
        raise TrackingError(
            f"The experiment {EXPERIMENT} was deleted in MLflow: bring it back with "
            f"mlflow experiments restore -x {found.experiment_id}."
        )
    return found.experiment_id


def _see_that_it_can_be(uri: str) -> None:
    """Raise TrackingError for an address that is none of a server, and for a file that cannot be
    used: MLflow tries to open that for a hundred seconds."""
    try:
        parts = urlsplit(uri)
        server = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        server = False
    if server:
        return
    file = _file(uri)
    if not file:
        raise TrackingError(
            f"{_shown(uri)} is no address of MLflow: give that of a server, such as "
            "http://localhost:5000, or a file, such as sqlite:///mlflow.db."
        )
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as database:
            database.execute("BEGIN IMMEDIATE")
            names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise TrackingError(
            f"{file} cannot be used for MLflow ({why}): see that it can be written, or name "
            "another file."
        ) from None
    if names and "experiments" not in names:  # such as our own runs.sqlite, which it would spoil
        raise TrackingError(f"{file} is a database, but none of MLflow's: name another file.")


def _file(uri: str) -> str:
    """Return the path of an SQLite file; empty if the address is another."""
    start = "sqlite:///"
    return uri.removeprefix(start).partition("?")[0] if uri.startswith(start) else ""


@contextmanager
def _raises_tracking_error(uri: str) -> Iterator[None]:
    """Raise MLflow's errors, and those of what it stands on, as a TrackingError."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    where = _shown(uri)
    try:
        yield
    except ImportError as error:  # a database driver, or a version that does not fit the others
        raise TrackingError(
            f"MLflow cannot be used here ({error}): in the playground's folder, run pip install "
            '--upgrade -e ".[tracking]", or install what is missing.'
        ) from None
    except (MlflowException, SQLAlchemyError, OSError) as error:
        if "failed with exception" in str(error):
            raise TrackingError(
                f"MLflow cannot be reached at {where}: start it with mlflow server, or see that "
                "the address is right."
            ) from None
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise TrackingError(
            f"MLflow at {where} did not take this: see that the address is right, and what MLflow "
            f"says of it ({_shown(first)[:300].rstrip('.: ')})."
        ) from None


def _shown(text: str) -> str:
    """Return an address without its name and password."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def _prefixed(tags: Mapping[str, str]) -> dict[str, str]:
    return {_PREFIX + name: text for name, text in tags.items()}


def _milliseconds(time: float) -> int:
    return round(time * 1000)

"""Runs and sweeps in a real MLflow store, an SQLite file, read back with MLflow's own client."""

import json
import shutil
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from playground import tracking
from playground.tracking import EXPERIMENT, SentCounts, TrackingError, mlflow_store
from tests import stored_runs
from tests.mlflow_runs import artifact, assert_holds, client, runs_in
from tests.small_runs import NOWHERE, small
from tests.tracking import SWEEP, kept, of, require, swept, train

pytestmark = pytest.mark.slow

MEMBERS = SWEEP.members()
CHILD = f"tags.`playground.of` = '{SWEEP.name}'"
PARENT = f"tags.`playground.study` = '{SWEEP.name}'"


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """An MLflow database without anything in it: to make one takes MLflow two seconds."""
    require("mlflow")
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    mlflow_store._client(f"sqlite:///{file}")
    return file


@pytest.fixture
def uri(empty, tmp_path, monkeypatch) -> str:
    """The address of a store of the test's own."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty, tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def test_every_number_of_a_run_comes_back(uri, store, tmp_path):
    train(store, small())
    assert tracking.to_mlflow(of(store, small()), uri) == SentCounts(written=1)
    (run,) = runs_in(uri)
    assert run.info.status == "FINISHED" and small().name[:8] in run.info.run_name
    assert_holds(uri, run, of(store, small()))
    assert Path(run.info.artifact_uri.removeprefix("file://")).is_relative_to(tmp_path / "mlruns")


def test_more_epochs_than_fit_into_a_message_come_back(uri, store):
    long = small(epochs=400)
    stored_runs.finished(store, long, NOWHERE)
    tracking.to_mlflow(of(store, long), uri)
    assert_holds(uri, runs_in(uri)[0], of(store, long))


@pytest.mark.parametrize(("status", "expected"), [("diverged", "FAILED"), ("stopped", "KILLED")])
def test_a_run_that_did_not_finish_says_so(uri, store, status, expected):
    stored_runs.finished(store, small(), NOWHERE, status=status)
    tracking.to_mlflow(of(store, small()), uri)
    (run,) = runs_in(uri)
    assert run.info.status == expected and run.data.tags["playground.status"] == status


def test_a_run_sent_again_is_left_with_its_notes(uri, store):
    train(store, small())
    tracking.to_mlflow(of(store, small()), uri)
    (first,) = runs_in(uri)
    client(uri).set_tag(first.info.run_id, "mlflow.note.content", "mine")
    assert tracking.to_mlflow(of(store, small()), uri) == SentCounts(left=1)
    (again,) = runs_in(uri)
    assert again.info.run_id == first.info.run_id
    assert again.data.tags["mlflow.note.content"] == "mine"


def test_a_run_that_was_trained_anew_replaces_the_earlier_one(uri, store):
    train(store, small())
    tracking.to_mlflow(of(store, small()), uri)
    (first,) = runs_in(uri)
    train(store, small())
    assert tracking.to_mlflow(of(store, small()), uri) == SentCounts(written=1)
    (again,) = runs_in(uri)
    assert again.info.run_id != first.info.run_id
    assert_holds(uri, again, of(store, small()))


def test_a_run_that_was_half_sent_is_sent_again(uri, store, monkeypatch):
    from mlflow import MlflowClient

    def ends(*_):
        raise KeyboardInterrupt

    train(store, small())
    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "log_text", ends)
        with pytest.raises(KeyboardInterrupt):
            tracking.to_mlflow(of(store, small()), uri)
    assert [run.info.status for run in runs_in(uri)] == ["RUNNING"]
    assert tracking.to_mlflow(of(store, small()), uri) == SentCounts(written=1)
    (run,) = runs_in(uri)
    assert_holds(uri, run, of(store, small()))


def test_a_sweep_has_its_runs_under_one_parent_once(uri, store):
    seen = []
    study = swept(store)
    sent = tracking.study_of(store, study)
    assert tracking.to_mlflow(sent, uri, lambda *at: seen.append(at)) == SentCounts(written=4)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert tracking.to_mlflow(sent, uri) == SentCounts(left=4)
    (parent,), children = runs_in(uri, PARENT), runs_in(uri, CHILD)
    assert len(runs_in(uri)) == 5 and len(children) == 4
    by_name = {run.data.tags["playground.run"]: run for run in children}
    for one in sent.runs:
        child = by_name[one.run.name]
        assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert child.info.run_name.startswith(one.label)
        assert_holds(uri, child, one)
    assert parent.info.run_name == f"Sweep of Learning rate ({SWEEP.name[:8]})"
    assert parent.info.status == "FINISHED" and parent.data.tags["playground.runs"] == "4"
    assert artifact(parent, "sweep.json") == json.loads(SWEEP.canonical())


def test_a_sweep_that_went_on_is_added_to(uri, store):
    stored_runs.finished(store, MEMBERS[0].config, NOWHERE)
    tracking.to_mlflow(tracking.study_of(store, kept(store)), uri)
    stored_runs.finished(store, MEMBERS[1].config, NOWHERE)
    found = tracking.to_mlflow(tracking.study_of(store, kept(store)), uri)
    assert found == SentCounts(written=1, left=1)
    (parent,) = runs_in(uri, PARENT)
    assert parent.data.tags["playground.runs"] == "2" and len(runs_in(uri, CHILD)) == 2


def test_a_run_sent_by_itself_before_its_sweep_or_after_it_is_there_once(uri, store):
    first, second = (member.config for member in MEMBERS[:2])
    for config in (first, second):
        stored_runs.finished(store, config, NOWHERE)
    tracking.to_mlflow(of(store, first), uri)
    sent = tracking.study_of(store, kept(store))
    assert tracking.to_mlflow(sent, uri) == SentCounts(written=1, left=1)
    assert tracking.to_mlflow(of(store, second), uri) == SentCounts(left=1)
    assert len(runs_in(uri, CHILD)) == 2 and len(runs_in(uri)) == 3


def test_a_run_that_was_trained_anew_stays_under_its_sweep(uri, store):
    config = MEMBERS[0].config
    stored_runs.finished(store, config, NOWHERE)
    tracking.to_mlflow(tracking.study_of(store, kept(store)), uri)
    stored_runs.finished(store, config, NOWHERE)
    assert tracking.to_mlflow(of(store, config), uri) == SentCounts(written=1)
    (parent,), (child,) = runs_in(uri, PARENT), runs_in(uri, CHILD)
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert_holds(uri, child, of(store, config))


def test_children_move_under_a_new_parent_where_theirs_was_deleted(uri, store):
    stored_runs.finished(store, MEMBERS[0].config, NOWHERE)
    sent = tracking.study_of(store, kept(store))
    tracking.to_mlflow(sent, uri)
    client(uri).delete_run(runs_in(uri, PARENT)[0].info.run_id)
    found = tracking.to_mlflow(sent, uri)
    (parent,), children = runs_in(uri, PARENT), runs_in(uri, CHILD)
    assert found.written + found.left == len(children) == 1
    assert children[0].data.tags["mlflow.parentRunId"] == parent.info.run_id


def test_a_run_of_two_sweeps_is_under_both(uri, store):
    stored_runs.finished(store, MEMBERS[0].config, NOWHERE)
    tracking.to_mlflow(tracking.study_of(store, kept(store)), uri)
    other = SWEEP.model_copy(update={"seeds": (0,)})
    store.studies.keep(other.name, "sweep", other.canonical())
    sent = tracking.study_of(store, store.studies.by_prefix(other.name))
    assert tracking.to_mlflow(sent, uri) == SentCounts(written=1)
    assert tracking.to_mlflow(sent, uri) == SentCounts(left=1)
    assert len(runs_in(uri, CHILD)) == 1 and len(runs_in(uri)) == 4


# --- what cannot be done ---


@pytest.mark.parametrize(
    "address", ["nonsense://x", "foo", "", "http://", "http://[x", "sqlite://", "s3://b", "file:x"]
)
def test_an_address_that_is_none_is_told(store, address):
    train(store, small())
    with pytest.raises(TrackingError, match=r"is no address of MLflow: give that of a server"):
        tracking.to_mlflow(of(store, small()), address)


def test_a_server_that_is_not_there_is_told_soon_and_without_a_password(empty, store):
    train(store, small())
    began = time.perf_counter()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with pytest.raises(TrackingError) as told:
        tracking.to_mlflow(of(store, small()), f"http://me:secret@127.0.0.1:{port}")
    assert str(told.value) == (
        f"MLflow cannot be reached at http://127.0.0.1:{port}: start it with mlflow server, or see "
        "that the address is right."
    )
    assert time.perf_counter() - began < 20


def test_a_server_that_never_answers_is_given_up(empty, store, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    train(store, small())
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TrackingError, match="cannot be reached"):
            tracking.to_mlflow(of(store, small()), address)


def test_a_file_that_cannot_be_used_is_told_at_once(empty, store, tmp_path):
    train(store, small())
    (tmp_path / "text").write_text("no database, but longer than SQLite's header of 100 bytes" * 9)
    for file in (tmp_path / "text", tmp_path / "text" / "mlflow.db", tmp_path):
        began = time.perf_counter()
        with pytest.raises(TrackingError, match="cannot be used for MLflow"):
            tracking.to_mlflow(of(store, small()), f"sqlite:///{file}")
        assert time.perf_counter() - began < 20


def test_the_store_of_our_own_runs_is_not_taken_for_mlflow_s(empty, store):
    train(store, small())
    with pytest.raises(TrackingError, match="none of MLflow's"):
        tracking.to_mlflow(of(store, small()), f"sqlite:///{store.folder / 'runs.sqlite'}")


def test_a_database_of_another_version_of_mlflow_is_told(uri, store, tmp_path):
    train(store, small())
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'x'")
    with pytest.raises(TrackingError, match=r"did not take this: .*database schema"):
        tracking.to_mlflow(of(store, small()), uri)


def test_an_experiment_that_was_deleted_is_told(uri, store):
    train(store, small())
    tracking.to_mlflow(of(store, small()), uri)
    client(uri).delete_experiment(client(uri).get_experiment_by_name(EXPERIMENT).experiment_id)
    with pytest.raises(TrackingError, match="mlflow experiments restore -x 1"):
        tracking.to_mlflow(of(store, small()), uri)


def test_a_version_that_does_not_fit_is_told(uri, store, monkeypatch):
    from mlflow import MlflowClient

    def create_run(*_):
        raise ImportError("cannot import name 'x' from 'y'")

    train(store, small())
    monkeypatch.setattr(MlflowClient, "create_run", create_run)
    told = r"\(cannot import name 'x' from 'y'\): .* pip install --upgrade"
    with pytest.raises(TrackingError, match=told):
        tracking.to_mlflow(of(store, small()), uri)


def test_without_mlflow_it_is_said_how_to_install_it(store, monkeypatch):
    train(store, small())
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(TrackingError, match=r"mlflow.*pip install -e .*tracking"):
        tracking.to_mlflow(of(store, small()), "http://localhost:5000")

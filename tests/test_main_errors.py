"""What ``python -m playground run`` cannot do is told in a sentence, with exit code 2."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
import torch

from playground import training
from playground.cli import process
from playground.config import MAX_FILE_BYTES
from playground.data import datasets
from playground.store.owners import owner_of
from tests.command_line import CHEAP, CHEAP_CONFIG, CommandLine


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


def test_an_unknown_name_is_told_with_the_names_there_are(command):
    line = command.refusal("run", "digits-mpl")
    assert "did you mean digits-mlp?" in line and "cifar10-cnn" in line and "file" in line
    assert "did you mean" not in command.refusal("run", "xyz.json")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xfe\x00", "not a text file in UTF-8"),
        (b'{"run": {"epochs": 3}', "not valid JSON (line 1)"),
        (b"[1, 2]", "must be an object"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"run": {"epochs": 0}}', "run.epochs must be a whole number from 1"),
        (b'{"run": {"epoch": 3}}', "no setting 'run.epoch'"),
        (b" " * (MAX_FILE_BYTES + 1), "too large"),
        (b"", "not valid JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(command, tmp_path, content, expected):
    file = tmp_path / "mine.json"
    file.write_bytes(content)
    line = command.refusal("run", str(file))
    assert line.startswith(str(file)) and expected in line


def test_a_folder_is_no_file_of_settings(command, tmp_path):
    assert command.refusal("run", str(tmp_path)) == f"{tmp_path} cannot be read (Is a directory)."


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("run.epochs", "'run.epochs' has no ="),
        ("two\nlines" * 99, "--set 'two\\nlines"),
        ("run.epochs=many", "run.epochs must be a whole number"),
        ("optimizer.learning_rate=-1", "optimizer.learning_rate must be a number above 0"),
        ("optimizer.lerning_rate=1", "Did you mean optimizer.learning_rate?"),
        ("optimizer.name=madam", "optimizer.name must be one of"),
        ("regularization.early_stopping.pacience=3", "Did you mean regularization.early_stopping"),
        ("=3", "no setting"),
        ("run=3", "run must be"),
        ("a.b.c=3", "no setting 'a.b.c'"),
    ],
)
def test_a_change_that_cannot_be_made_is_told(command, change, expected):
    assert expected in command.refusal("run", "digits-mlp", "--set", change)


def test_all_changes_that_cannot_be_made_are_told_at_once(command):
    said = command(
        "run", "digits-mlp", "--set", "run.epochs=0", "--set", "x=1", "--set", "run.seed"
    )
    assert said.code == 2 and len(said.err.splitlines()) == 3


def test_missing_data_is_told_with_what_to_do(command):
    assert "python -m playground fetch cifar10" in command.refusal("run", "cifar10-cnn")


@pytest.mark.parametrize(
    ("variable", "arguments"),
    [("PLAYGROUND_RUNS", ("run", *CHEAP)), ("PLAYGROUND_DATA", ("fetch", "cifar10"))],
)
def test_a_folder_that_cannot_be_written_is_told(
    command, tmp_path, monkeypatch, variable, arguments
):
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file" / "folder"))
    line = command.refusal(*arguments)
    assert "cannot be written" in line and variable in line
    assert line.endswith(f" folder is {tmp_path / 'file' / 'folder'}.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCHEDULER", "nowhere"),
        ("MOST_SECONDS", "inf"),
        ("MOST_DISK", "nan"),
        ("DATA", "~teacher/data"),
        ("RUNS", "~teacher/runs"),
        ("RUNS", "\udcff"),
    ],
)
def test_surroundings_that_cannot_be_used_are_told(command, monkeypatch, name, value):
    monkeypatch.setenv(f"PLAYGROUND_{name}", value)
    assert f"PLAYGROUND_{name} cannot be {value!r}: " in command.refusal("run", *CHEAP)


def test_what_the_pages_ask_for_is_refused_without_a_folder(command, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "file" / "folder"))
    monkeypatch.setattr(process, "follow_app", lambda: True)
    assert str(tmp_path) not in command.refusal("export", "digits-mlp")


def test_an_impossible_network_fails_with_its_sentence(command):
    changes = {"architecture.kind": "cnn", "architecture.blocks": json.dumps([{}] * 4)}
    said = command("run", "digits-mlp", *(f"--set={path}={v}" for path, v in changes.items()))
    last = said.last_error
    assert (said.code, said.out) == (2, "") and "block 4" in last and "Traceback" not in said.err
    (kept,) = command.store.all()
    assert (kept.status, kept.message) == ("failed", last)


def test_a_device_that_is_not_there_fails_with_its_sentence(command, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    said = command("run", *CHEAP, "--set", "run.device=cuda")
    assert said.code == 2 and said.last_error.startswith("There is no cuda device here")


def test_an_error_nobody_expected_is_kept_and_raised(command, monkeypatch):
    def train(*_):
        raise RuntimeError("the roof fell in")

    monkeypatch.setattr(training, "train", train)
    with pytest.raises(RuntimeError):
        command("run", *CHEAP)
    (kept,) = command.store.all()
    assert kept.status == "failed" and "the roof fell in" in kept.message


def queue_cheap(command: CommandLine) -> None:
    """Queue the cheap run as this process would."""
    command.store._owner = owner_of(os.getppid())
    command.store.queue(CHEAP_CONFIG, datasets.fingerprint(CHEAP_CONFIG.data, command.data))


def test_a_run_that_is_on_elsewhere_is_not_trained_twice(command):
    queue_cheap(command)
    assert command.refusal("run", *CHEAP).startswith("Another process is training this run")


def test_a_run_whose_process_is_gone_is_trained_again(command):
    queue_cheap(command)
    with closing(sqlite3.connect(command.runs / "runs.sqlite")) as database, database:
        database.execute("UPDATE runs SET owner = '1:0.0'")
    assert command("run", *CHEAP, "--json").json["status"] == "finished"

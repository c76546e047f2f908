"""Ctrl-C and SIGTERM on ``python -m playground``."""

import json
import signal
import time

import pytest

from playground import training
from playground.data import datasets
from playground.data.datasets import DataError
from playground.training import stopping
from tests.command_line import CHEAP, CHEAP_CONFIG, CommandLine

pytestmark = pytest.mark.slow

LONG = ("digits-mlp", "--set", "run.epochs=5000", "--set", "run.batch_size=8")
real_train = training.train


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


def wait_for(condition, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.02)


def test_ctrl_c_ends_a_run_with_what_was_reached(command):
    process = command.start("run", *LONG, "--json")
    with process:
        wait_for(lambda: any(run.epochs for run in command.store.all()))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    told = json.loads(out.splitlines()[-1])
    assert process.returncode == 130 and "Traceback" not in err
    assert told["status"] == "stopped" and 0 < told["epochs"] < 5000
    assert told["test"]["accuracy"] > 0
    kept = command.store.get(told["run"])
    assert kept.status == "stopped" and kept.epochs == told["epochs"]
    assert command.store.weights(told["run"])
    assert err.splitlines()[-1] == kept.message


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run_and_the_old_handlers_come_back(command, monkeypatch, number):
    def train(*arguments):
        for epoch, item in enumerate(real_train(*arguments), 1):
            yield item
            if epoch == 2:
                signal.raise_signal(number)

    before = signal.getsignal(number)
    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0)
    said = command("run", *CHEAP, "--json")
    assert (said.code, said.json["status"], said.json["epochs"]) == (130, "stopped", 2)
    assert signal.getsignal(number) is before
    monkeypatch.setattr(training, "train", real_train)
    again = command("run", *CHEAP, "--json")
    assert again.json["epochs"] == 3 and not again.json["cached"]


def test_a_second_ctrl_c_ends_at_once(command, monkeypatch):
    def train(*arguments):
        yield next(real_train(*arguments))
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)  # a second SIGTERM asks for no more than the first
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("should have ended")

    monkeypatch.setattr(training, "train", train)
    said = command("run", *CHEAP, "--json")
    assert (said.code, said.out, said.last_error) == (130, "", "Interrupted.")
    assert command.store.get(CHEAP_CONFIG.name).status == "interrupted"
    assert not [path.name for path in command.runs.iterdir() if path.is_dir()]


@pytest.fixture
def listening():
    """Ctrl-C is heard: what a shell starts in the background ignores it from the start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_before_training_leaves_nothing(command, monkeypatch):
    def fingerprint(*_):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(datasets, "fingerprint", fingerprint)
    assert command("run", *CHEAP).code == 130
    assert command.store.all() == []


def test_ctrl_c_stops_a_download(command, monkeypatch):
    def fetch(kind, folder, report, stop):
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        raise DataError("The download was stopped.")

    monkeypatch.setattr(datasets, "fetch", fetch)
    said = command("fetch", "cifar10")
    assert (said.code, said.out, said.last_error) == (130, "", "The download was stopped.")

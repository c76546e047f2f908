"""The command ``reproduce``: what it runs, in which order, and what it writes down."""

import os
from datetime import UTC, datetime

import pytest

from playground import formats
from playground.cli import train as cli_train
from playground.data.datasets import Facts
from playground.data.datasets.cifar10 import CLASSES
from playground.recipes import RECIPES
from playground.recipes.reproduction import (
    read,
)
from playground.store import Run
from tests.command_line import CommandLine

pytestmark = pytest.mark.slow

FAST = "digits-epochs-301"


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


def test_reproduce_runs_the_seeds_and_writes_both_files(command, tmp_path):
    said = command("reproduce", FAST, "--seeds", "2", "--output", str(tmp_path / "out"))
    assert said.code == 0
    (measured,) = read(tmp_path / "out" / "measured.json").values()
    runs = [command.store.get(RECIPES[FAST].config.with_seed(s).name) for s in (0, 1)]
    assert measured.cells[0].figures["test accuracy"] == {
        seed: round(run.scores["test"].accuracy, 5) for seed, run in enumerate(runs)
    }
    assert measured.devices == (runs[0].device,) and measured.versions == runs[0].versions
    assert measured.data == runs[0].fingerprint
    ended = datetime.fromtimestamp(max(run.ended for run in runs), UTC)
    assert measured.day == ended.strftime("%Y-%m-%d")
    for seed, run in enumerate(runs):
        assert (
            f"{FAST}, full, seed {seed}: test accuracy {formats.share(run.scores['test'].accuracy)}"
            in said.out
        )
    assert measured.cells[0].seeds == (0, 1)
    assert f"`{FAST}`" in (tmp_path / "out" / "reproduction.md").read_text("utf-8")
    before = [run.submitted for run in runs]
    assert command("reproduce", FAST, "--seeds", "2", "--output", str(tmp_path / "out")).code == 0
    again = [command.store.get(run.name).submitted for run in runs]
    assert again == before, "what is stored is not trained again"
    for run in runs:
        command.store.delete(run.name)
    assert command("reproduce", FAST, "--seeds", "2", "--output", str(tmp_path / "out")).code == 0
    assert not command.store.all(), "nor what measured.json has"


def stands_for_a_run(config, store, status: str, **scores: float) -> Run:
    store.queue(config, "data")
    values = {"status": status, "seconds": 1, "ended": 1, "device": "cpu", **scores}
    columns = ", ".join(f"{name} = ?" for name in values)
    store.database.write(f"UPDATE runs SET {columns} WHERE name = ?", *values.values(), config.name)
    return store.get(config.name)


@pytest.fixture
def no_data(monkeypatch):
    facts = Facts((3, 32, 32), CLASSES, 50_000, 10_000)
    monkeypatch.setattr("playground.data.datasets.facts", lambda *_: facts)
    monkeypatch.setattr("playground.data.datasets.fingerprint", lambda *_: "data")


def test_a_run_that_diverged_is_told_and_the_next_recipe_begins(
    command, tmp_path, monkeypatch, no_data
):
    monkeypatch.setattr(
        cli_train, "answer",
        lambda config, data, store: (stands_for_a_run(config, store, "diverged"), False),
    )  # fmt: skip
    out = ("--output", str(tmp_path / "out"), "--seeds", "1")
    said = command("reproduce", "size-model-2", "size-model-3", *out)
    assert said.code == 0
    assert said.out.splitlines() == [f"size-model-{n}, full, seed 0: diverged" for n in (2, 3)]


def test_a_stored_run_without_all_figures_is_trained_anew(command, tmp_path, monkeypatch, no_data):
    asked = []

    def answer(config, data, store):
        asked.append(store.get(config.name) is not None)
        if len(asked) == 1:  # as it was stored before its epochs had all that is told today
            scores = {"test_loss": 1.0, "test_accuracy": 0.5, "test_images": 4}
            return stands_for_a_run(config, store, "finished", **scores), True
        return stands_for_a_run(config, store, "diverged"), False

    monkeypatch.setattr(cli_train, "answer", answer)
    out = ("--output", str(tmp_path / "out"), "--seeds", "1")
    assert command("reproduce", "cures-base", *out).code == 0
    assert asked == [False, False], "the second time it was gone from the store"


def test_quick_leaves_out_what_has_no_quick_form(command, tmp_path, monkeypatch, no_data):
    asked = []
    monkeypatch.setattr(cli_train, "answer", lambda *given: asked.append(given))
    out = ("--output", str(tmp_path / "out"), "--seeds", "1", "--quick")
    said = command("reproduce", "size-grid", *out)
    assert said.code == 0 and not asked
    assert "size-grid has no quick form: run it without --quick." in said.err


def test_one_seed_of_everything_comes_first_and_each_figure_is_written_as_it_is_there(
    command, tmp_path, monkeypatch
):
    other = "digits-epochs-501"
    out, at_each = tmp_path / "out", []
    train = cli_train.answer

    def answer(config, data, store):
        known = read(out / "measured.json").values()
        at_each.append(sum(len(cell.seeds) for one in known for cell in one.cells))
        return train(config, data, store)

    monkeypatch.setattr(cli_train, "answer", answer)
    said = command("reproduce", other, FAST, "--seeds", "2", "--output", str(out))
    ended = [line.partition(":")[0] for line in said.out.splitlines()]
    assert ended == [f"{name}, full, seed {seed}" for seed in (0, 1) for name in (FAST, other)]
    assert at_each == [0, 1, 2, 3]


def test_idle_takes_only_what_others_leave(command, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(os, "sched_setscheduler", lambda *policy: asked.append(policy))
    out = ("--seeds", "1", "--output", str(tmp_path / "out"))
    assert command("reproduce", FAST, *out).code == 0 and not asked
    assert command("reproduce", FAST, "--idle", *out).code == 0
    ((process, policy, _),) = asked
    assert (process, policy) == (0, os.SCHED_IDLE)


def test_quick_takes_the_quick_form_where_there_is_one(command, tmp_path, monkeypatch):
    asked = []

    def answer(config, data, store):
        asked.append(config)
        store.queue(config, "data")
        store.database.write(
            "UPDATE runs SET status = 'finished', test_loss = 1, test_accuracy = 0.5, "
            "test_images = 4, seconds = 1, ended = 1, device = 'cpu' WHERE name = ?",
            config.name,
        )
        return store.get(config.name), False

    monkeypatch.setattr("playground.cli.train.answer", answer)
    facts = Facts((3, 32, 32), CLASSES, 50_000, 10_000)
    monkeypatch.setattr("playground.data.datasets.facts", lambda *_: facts)
    monkeypatch.setattr("playground.data.datasets.fingerprint", lambda *_: "data")
    out = ("--output", str(tmp_path / "out"), "--seeds", "1", "--quick")
    assert command("reproduce", "tutorial-deeper", "digits-adam", *out).code == 0
    assert asked == [RECIPES["tutorial-deeper"].quick, RECIPES["digits-adam"].config]
    measured = read(tmp_path / "out" / "measured.json")
    assert list(measured) == [("tutorial-deeper", "quick"), ("digits-adam", "full")]
    assert measured["tutorial-deeper", "quick"].cells[0].known("test accuracy") == [0.5]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), "There is no article or recipe nonsense: the articles are tutorial, size"),
        (("cifar10-cnn",), "cifar10-cnn is no article's recipe"),
        (("tutorial",), "CIFAR10 is not here yet"),
    ],
)
def test_what_cannot_be_reproduced_is_a_sentence(command, tmp_path, arguments, words):
    assert words in command("reproduce", *arguments, "--output", str(tmp_path / "out")).err


@pytest.mark.parametrize("seeds", ["0", "-1", "x", "101"])
def test_seeds_that_cannot_be_are_refused(command, capsys, seeds):
    with pytest.raises(SystemExit, match="2"):
        command("reproduce", "digits", "--seeds", seeds)
    assert "is not a whole number from 1 to 100" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_trained(command, tmp_path):
    (tmp_path / "a file").write_text("")
    said = command("reproduce", FAST, "--seeds", "1", "--output", str(tmp_path / "a file"))
    assert said.code == 2 and "name another folder with --output" in said.err
    assert not command.store.all()


@pytest.mark.parametrize("text", ["{", "null"])
def test_the_advice_on_a_file_that_cannot_be_read_works(command, tmp_path, text):
    path = tmp_path / "measured.json"
    path.write_text(text)
    said = command("reproduce", FAST, "--seeds", "1", "--output", str(tmp_path))
    assert said.code == 2 and "move it away" in said.err and not command.store.all()
    path.unlink()
    assert command("reproduce", FAST, "--seeds", "1", "--output", str(tmp_path)).code == 0

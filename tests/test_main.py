"""``python -m playground``: running, answering from the store, listing and fetching."""

import json
import subprocess
import sys
import time

import pytest

from playground import __version__, formats, training
from playground.analysis import names
from playground.config import Cifar10, RunConfig
from playground.data import datasets
from playground.data.datasets import DataError
from playground.recipes import RECIPES
from tests import small_cifar10
from tests.command_line import CHEAP, CHEAP_CONFIG, CommandLine

IMPORTS_TORCH = """
import sys
from playground.__main__ import main
code = main(sys.argv[1:])
sys.exit(99 if "torch" in sys.modules else code)
"""


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


def without_training(monkeypatch) -> None:
    def train(*_):
        raise AssertionError("nothing should be trained here")

    monkeypatch.setattr(training, "train", train)


def without_torch(*arguments: str) -> int:
    """The exit code in a process of its own, which must not have imported torch."""
    ended = subprocess.run([sys.executable, "-c", IMPORTS_TORCH, *arguments], capture_output=True)
    return ended.returncode


# --- run ---


def test_the_last_line_of_json_tells_what_the_run_became(command):
    said = command("run", *CHEAP, "--json")
    told, name = said.json, CHEAP_CONFIG.name
    assert said.code == 0 and "3/3" in said.err
    assert (told["run"], told["status"], told["cached"]) == (name, "finished", False)
    assert (told["parameters"], told["epochs"], told["best_epoch"]) == (2778, 3, None)
    assert [told[split]["images"] for split in ("train", "validation", "test")] == [1347, 450, 450]
    assert set(told["test"]) == {"loss", "accuracy", "images"}
    assert told["seconds"] > 0 and told["device"] and told["message"] == ""
    assert told["versions"]["torch"] and len(told["fingerprint"]) == 64
    assert RunConfig.model_validate(told["config"]) == CHEAP_CONFIG
    assert command.store.get(name).epochs == len(command.store.epochs(name)) == 3


def test_a_split_without_images_has_no_scores(command):
    changes = ("--set", "data.validation=none")
    assert command("run", *CHEAP, *changes, "--json").json["validation"] is None
    assert "Validation  -\n" in command("run", *CHEAP, *changes).out


def test_the_table_shows_the_same(command):
    told = command("run", *CHEAP, "--json").json
    said = command("run", *CHEAP)
    called, *lines = said.out.splitlines()
    rows = dict(line.split(maxsplit=1) for line in lines)
    assert said.code == 0
    assert called == told["name"] == names.of_config(CHEAP_CONFIG)
    assert (rows["Run"], rows["Status"], rows["Epochs"]) == (told["run"], "finished", "3 of 3")
    assert rows["Parameters"] == "2,778"
    assert formats.share(told["test"]["accuracy"]) in rows["Test"]


def test_mirrored_test_images_and_how_it_was_computed_are_told_in_both_forms(command):
    flip = ("--set", "run.test_time_flip=true")
    assert command("run", *CHEAP, "--json").json["mirrored"] is None
    assert "Mirrored" not in command("run", *CHEAP).out
    told = command("run", *CHEAP, *flip, "--json").json
    assert set(told["mirrored"]) == {"loss", "accuracy", "images"}
    assert told["path"] == "1 thread, float32"
    again = command("run", *CHEAP, *flip, "--json").json
    assert again["path"] == "1 thread, float32" and again["mirrored"] == told["mirrored"]
    out = command("run", *CHEAP, *flip).out
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert formats.share(told["mirrored"]["accuracy"]) in rows["Mirrored"]
    assert rows["Computed"] == "1 thread, float32"


def test_two_trainings_agree_to_the_last_digit(command, monkeypatch, tmp_path):
    told = []
    for name in ("one", "other"):
        monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / name))
        told.append(command("run", *CHEAP, "--json").json)
        assert told[-1].pop("cached") is False
        for clock in ("submitted", "seconds"):
            told[-1].pop(clock)
    assert told[0] == told[1]


def test_a_second_run_is_answered_from_the_store(command, monkeypatch):
    first = command("run", *CHEAP, "--json")
    without_training(monkeypatch)
    second = command("run", *CHEAP, "--json")
    assert second.code == 0 and second.err.startswith("Loaded from the store: trained on ")
    assert second.json == first.json | {"cached": True}


def test_a_file_may_hold_a_few_settings_and_set_changes_more(command, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text('\ufeff{"architecture": {"hidden": [8]}, "run": {"epochs": 9}}', "utf-8")
    said = command("run", str(file), "--set", "run.epochs=1", "--set", "optimizer.name=sgd")
    told = command(
        "run", str(file), "--set", "run.epochs=1", "--set", "optimizer.name=sgd", "--json"
    )
    assert said.code == 0
    assert told.json["cached"] and told.json["epochs"] == 1
    assert told.json["config"]["architecture"]["hidden"] == [8]
    assert told.json["config"]["optimizer"] == {"name": "sgd", "learning_rate": 0.1}


def test_the_digits_recipe_recognises_digits(command):
    told = command("run", "digits-mlp", "--json").json
    assert told["epochs"] == 1001 and told["test"]["accuracy"] >= 0.93


def test_cifar10_runs_on_part_of_its_images(command, monkeypatch, cifar10_folder):
    monkeypatch.setenv("PLAYGROUND_DATA", str(cifar10_folder))
    changes = ("--set", "data.train_images=500", "--set", "run.epochs=1")
    told = command("run", "cifar10-cnn", *changes, "--json").json
    assert [told[split]["images"] for split in ("train", "validation", "test")] == [450, 50, 10_000]


def test_a_diverged_run_is_shown_with_advice(command):
    changes = ("--set", "architecture.activation=none", "--set", "optimizer.learning_rate=100")
    first = command("run", *CHEAP, *changes, "--json")
    assert (first.code, first.json["status"], first.json["test"]) == (1, "diverged", None)
    assert first.last_error == first.json["message"]
    (found,) = first.json["findings"]
    assert (found["kind"], found["epoch"]) == ("diverged", None)
    assert found["try"] == [{"data.scaling": "unit"}, {"optimizer.learning_rate": "0.1"}]
    again = command("run", *CHEAP, *changes)  # from the store
    assert again.code == 1 and "It diverged" in again.err and "Try: Learning rate 0.1." in again.err


# --- speed and pipes ---


def test_torch_is_imported_only_to_train(command):
    assert without_torch("recipes") == 0
    assert without_torch("run", "digits") == 2
    assert without_torch("run", "cifar10-cnn") == 2
    command("run", *CHEAP)
    assert without_torch("run", *CHEAP) == 0


def test_a_reader_that_has_gone_is_no_error(command):
    process = command.start("recipes", "--json")
    process.stdout.close()
    assert process.wait(timeout=30) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


# --- recipes, help ---


def test_recipes_are_listed_in_columns(command):
    out = command("recipes").out
    assert out.startswith("\nOf our own\n\ncifar10-cnn ")
    rows = dict(line.split(maxsplit=1) for line in out.splitlines() if line[:1].islower())
    assert rows == {name: recipe.title for name, recipe in RECIPES.items()}
    assert "\nA perceptron on the digits (digits)\n" in out
    told = " ".join(out.split())
    assert "it watches the test images as it trains. Reported: test accuracy 94.7 %." in told
    assert "Also --quick." in told


def test_a_recipes_quick_form_is_run_by_an_option(command):
    told = command.refusal("run", "digits-mlp", "--quick")
    assert told == "digits-mlp has no quick form: leave --quick out."
    told = command.refusal("run", "tutorial", "--quick", "--set", "run.epochs=0")
    assert "run.epochs" in told, "the recipe has a quick form"


def test_recipes_as_json_can_be_read_back(command):
    told = json.loads(command("recipes", "--json").out)
    assert {each["name"]: RunConfig.model_validate(each["config"]) for each in told} == {
        name: recipe.config for name, recipe in RECIPES.items()
    }
    tutorial = next(each for each in told if each["name"] == "tutorial")
    assert RunConfig.model_validate(tutorial["quick"]) == RECIPES["tutorial"].quick
    assert tutorial["reported"]["test accuracy of frog"] == 0.64


def test_without_a_command_there_is_help(command):
    said = command()
    assert said.code == 2 and "fetch cifar10" in said.err


@pytest.mark.parametrize("arguments", [[], ["run"], ["fetch"], ["recipes"], ["reproduce"]])
def test_help_has_examples(command, capsys, arguments):
    with pytest.raises(SystemExit, match="0"):
        command(*arguments, "--help")
    assert "examples:\n  python -m playground" in capsys.readouterr().out


def test_the_version_is_told(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        command("--version")
    assert __version__ in capsys.readouterr().out


# --- fetch ---


def test_fetch_reports_in_bytes_and_says_where_it_is(command, monkeypatch):
    def fetch(kind, folder, report, stop):
        assert kind == "cifar10" and folder == command.data and not stop()
        report(10**6, 2 * 10**6)
        time.sleep(0.25)  # a download that is over sooner shows no progress
        report(2 * 10**6, 2 * 10**6)

    monkeypatch.setattr(datasets, "fetch", fetch)
    said = command("fetch", "cifar10")
    assert "2.00M/2.00M" in said.err
    assert (said.code, said.out) == (0, f"CIFAR10 is now in {command.data}.\n")


def test_fetch_says_that_it_is_there_already_and_prepares_it(command):
    command.data.mkdir()
    small_cifar10.save_npz(command.data)
    said = command("fetch", "cifar10")
    assert (said.code, said.err) == (0, "")
    assert said.out == f"CIFAR10 is already in {command.data}.\n"
    assert datasets.facts(Cifar10(), command.data).n_test == 50


def test_a_failed_fetch_is_told_in_a_sentence(command, monkeypatch):
    def fetch(*_):
        raise DataError("The server sleeps: try again later.")

    monkeypatch.setattr(datasets, "fetch", fetch)
    assert command.refusal("fetch", "cifar10") == "The server sleeps: try again later."

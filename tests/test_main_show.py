"""``python -m playground show``: a stored run's name, and all that is known of it."""

import pytest

from playground import formats
from playground.analysis import names
from playground.config import RunConfig
from playground.recipes import RECIPES
from tests.command_line import CommandLine
from tests.small_runs import small
from tests.stored_runs import finished

RUN = small(seed=3)
PREFIX = RUN.name[:8]


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    command = CommandLine(tmp_path, monkeypatch, capsys)
    finished(command.store, RUN, command.data)
    return command


def test_the_first_line_is_the_name_and_the_figures_follow(command):
    first, *lines = command("show", PREFIX).out.splitlines()
    assert first == names.of_config(RUN) and "seed 3" in first
    rows = dict(line.split(maxsplit=1) for line in lines)
    assert (rows["Run"], rows["Status"]) == (RUN.name, "finished")
    stored = command.store.get(RUN.name)
    assert formats.share(stored.scores["test"].accuracy) in rows["Test"]
    command.store.rename(RUN.name, "The base")
    assert command("show", PREFIX).out.splitlines()[0] == "The base"


def test_json_has_the_whole(command):
    told, stored = command("show", PREFIX, "--json").json, command.store.get(RUN.name)
    assert (told["name"], told["run"]) == (names.of_config(RUN), RUN.name)
    assert RunConfig.model_validate(told["config"]) == RUN
    assert (told["status"], told["epochs"]) == ("finished", stored.epochs)
    for split in ("train", "validation", "test"):
        scores = stored.scores[split]
        assert told[split] == {
            "loss": scores.loss, "accuracy": scores.accuracy, "images": scores.images
        }  # fmt: skip
    assert {"seconds", "device", "versions", "fingerprint", "parameters"} <= told.keys()
    assert "cached" not in told and told["submitted"].endswith("+00:00")


def test_a_recipe_and_its_quick_form_are_named_too(command):
    recipe = RECIPES["cures-dropout"]
    command.store.queue(recipe.quick, "data")
    said = command("show", "cures-dropout", "--quick")
    assert said.out.splitlines()[0] == names.of_config(recipe.quick)
    assert "train it first" in command.refusal("show", "cures-dropout")


@pytest.mark.parametrize("status", ["queued", "failed"])
def test_a_run_without_figures_is_shown(command, status):
    config = small(seed=4)
    command.store.queue(config, "data")
    if status == "failed":
        command.store.end(config.name, "failed", "There was not enough memory.")
    said = command("show", config.name[:8])
    lines = said.out.splitlines()
    assert said.code == 0 and f"Status      {status}" in lines and "Parameters  -" in lines
    assert (lines[-1] == "There was not enough memory.") == (status == "failed")
    assert command("show", config.name[:8], "--json").json["test"] is None


def test_what_is_not_stored_is_told(command):
    assert "No run here" in command.refusal("show", "0" * 8)
    assert "There is no recipe and no file nothing" in command.refusal("show", "nothing")


def test_a_folder_that_is_not_there_is_told_and_not_made(command, tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "elsewhere"))
    said = command("show", PREFIX)
    assert said.code == 2 and said.err.startswith("There is no run folder")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("what", ["", " "])
def test_no_name_is_asked_for(command, what):
    said = command("show", what)
    assert said.code == 2 and said.err.startswith("Name a recipe")


def test_what_was_typed_cannot_write_to_the_terminal(command):
    said = command("show", "\x1b[31mred\nblue")
    assert said.code == 2 and "\x1b" not in said.err and "\\x1b[31mred\\nblue" in said.err

"""What is read from runs, kept as measured, and written beside what was reported."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from playground import reproduction
from playground.datasets import Facts
from playground.datasets.cifar10 import CLASSES
from playground.recipes import ARTICLES, RECIPES, Reported
from playground.reproduction import (
    MeasuredError,
    agrees,
    as_markdown,
    figures_of,
    keep,
    measured_of,
    read,
)
from playground.settings import PROJECT
from tests import stored_runs
from tests.command_line import CommandLine

FAST = "digits-epochs-301"


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


# --- figures ---


def test_a_runs_figures_are_those_the_store_has(engine):
    recipe = RECIPES["digits-mlp"]
    stored_runs.finished(engine.store, recipe.config, engine.data)
    run = engine.store.get(recipe.config.name)
    found = figures_of(engine.store, run, recipe.reported, ())
    assert found["test accuracy"] == run.scores["test"].accuracy
    assert found["train loss"] == run.scores["train"].loss
    assert found["epochs"] == 1001


def test_keras_training_accuracy_is_that_of_the_last_epoch_as_it_trained(engine):
    config = RECIPES["digits-mlp"].config
    stored_runs.finished(engine.store, config, engine.data)
    run = engine.store.get(config.name)
    figure = Reported(0.9, "train", as_trained=True)
    found = figures_of(engine.store, run, [figure], ())
    assert found[figure.key] == engine.store.epochs(run.name)[-1].train_accuracy == 0.5
    assert found["train accuracy"] == run.scores["train"].accuracy != 0.5


def test_accuracy_by_class_is_the_share_of_the_classes_test_images(engine):
    config = RECIPES["digits-mlp"].config
    part = stored_runs.finished(engine.store, config, engine.data)["test"]
    run = engine.store.get(config.name)
    names = tuple("0123456789")
    found = figures_of(engine.store, run, [Reported(0.5, of_class="7")], names)
    mine = part.labels == 7
    assert found["test accuracy of 7"] == np.mean(part.predicted[mine] == 7)


def test_a_run_that_diverged_has_no_figures_but_a_place_for_them(engine):
    recipe = RECIPES["digits-mlp"]
    stored_runs.finished(engine.store, recipe.config, engine.data, status="diverged")
    run = engine.store.get(recipe.config.name)
    found = figures_of(engine.store, run, recipe.reported, ())
    assert found["test accuracy"] is None
    keras = Reported(0.9, "train", as_trained=True)
    epochs = Reported(36, quantity="epochs")
    found = figures_of(engine.store, run, [keras, epochs], ())
    assert found == {keras.key: None, "epochs": None}, "nor what it reached on its way"


@pytest.mark.parametrize(
    ("reported", "values", "same"),
    [
        (Reported(0.90), [0.88, 0.885, 0.89], True),
        (Reported(0.92), [0.88, 0.885, 0.89], True),
        (Reported(0.921), [0.88, 0.885, 0.89], False),
        (Reported(0.85), [0.88, 0.885, 0.89], True),
        (Reported(0.849), [0.88, 0.885, 0.89], False),
        (Reported(0.849), [0.88, 0.89], None),
        (Reported(1.00, quantity="loss"), [0.85, 0.85, 0.91], True),
        (Reported(1.02, quantity="loss"), [0.85, 0.85, 0.91], False),
        (Reported(36, quantity="epochs"), [20, 21, 22], None),
        (Reported(0.5), [], None),
    ],
)
def test_three_points_outside_the_range_of_the_seeds_are_a_difference(reported, values, same):
    assert agrees(reported, values) is same


# --- kept and written ---


def entered(engine, name: str = "digits-mlp", seeds: int = 2):
    recipe = RECIPES[name]
    pairs = []
    for seed in range(seeds):
        config = recipe.config.with_seed(seed)
        stored_runs.finished(engine.store, config, engine.data)
        run = engine.store.get(config.name)
        pairs.append((run, figures_of(engine.store, run, recipe.reported, ())))
    return measured_of(name, "full", range(seeds), {(): pairs})


def test_what_was_measured_is_kept_and_read_back(engine, tmp_path):
    measured = entered(engine)
    path = tmp_path / "measured.json"
    assert read(path) == {}
    assert keep(measured, path) == read(path) == {("digits-mlp", "full"): measured}
    other = entered(engine, "digits-adam")
    keep(other, path)
    again = entered(engine, seeds=3)
    kept = {("digits-mlp", "full"): again, ("digits-adam", "full"): other}
    assert keep(again, path) == kept, "it stands in place of what was measured before"
    assert keep(measured, path) == read(path) == kept, "but not in place of more seeds"
    assert measured.images == {"train": 1347, "validation": 450, "test": 450}
    assert measured.cells[0].figures["test accuracy"] == tuple(
        round(engine.store.get(RECIPES["digits-mlp"].config.with_seed(s).name)
              .scores["test"].accuracy, 5) for s in (0, 1)
    )  # fmt: skip


def test_figures_of_a_config_that_the_recipe_no_longer_has_are_left_out(engine, tmp_path):
    path = tmp_path / "measured.json"
    keep(entered(engine), path)
    (row,) = json.loads(path.read_text())
    row["cells"][0]["family"] = "0" * 64
    path.write_text(json.dumps([row]))
    assert read(path) == {}


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"recipe": "digits-mlp"}]', "\udcff"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, text):
    path = tmp_path / "measured.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MeasuredError, match="write it again with"):
        read(path)


def test_the_document_has_every_reported_figure_and_a_dash_where_nothing_was_run():
    text = as_markdown({}).replace("\u00a0", " ")
    for article in ARTICLES.values():
        assert f"## {article.title}\n" in text
        for name in article.recipes:
            for figure in RECIPES[name].reported:
                value = reproduction.shown(figure, figure.value).replace("\u00a0", " ")
                assert f"| `{name}` | {figure.key} | {value} | – |" in text
    assert "n = " not in text


def test_the_document_says_what_differs_and_what_diverged(engine):
    low = entered(engine)
    scores = {"test accuracy": (0.5, 0.5, 0.5, None)}
    cell = low.cells[0].model_copy(update={"figures": scores})
    text = as_markdown({("digits-mlp", "full"): low.model_copy(update={"cells": (cell,)})})
    text = text.replace("\u00a0", " ")
    assert "| test accuracy | 94.7 % ✗ | 50.0 %, n = 3, 1 diverged | as full |" in text
    assert "`digits-mlp` differs in test accuracy." in text
    never = low.cells[0].model_copy(update={"figures": {}})
    text = as_markdown({("digits-mlp", "full"): low.model_copy(update={"cells": (never,)})})
    assert "| test accuracy | 94.7\u00a0% | – | as full |" in text


def test_every_figure_in_the_project_stands_for_a_config_that_its_recipe_still_has():
    rows = json.loads(reproduction.measured.MEASURED.read_text("utf-8"))
    assert [(row["recipe"], row["scale"]) for row in rows] == list(read())


def test_the_document_in_the_project_is_that_of_the_figures_in_the_project():
    written = (PROJECT / "docs" / "reproduction.md").read_text("utf-8")
    assert written == as_markdown(read())


# --- the command ---


def test_reproduce_runs_the_seeds_and_writes_both_files(command, tmp_path):
    said = command("reproduce", FAST, "--seeds", "2", "--output", str(tmp_path / "out"))
    assert said.code == 0
    (measured,) = read(tmp_path / "out" / "measured.json").values()
    runs = [command.store.get(RECIPES[FAST].config.with_seed(s).name) for s in (0, 1)]
    assert measured.cells[0].figures["test accuracy"] == tuple(
        round(run.scores["test"].accuracy, 5) for run in runs
    )
    assert measured.devices == (runs[0].device,) and measured.versions == runs[0].versions
    assert measured.data == runs[0].fingerprint
    ended = datetime.fromtimestamp(max(run.ended for run in runs), UTC)
    assert measured.day == ended.strftime("%Y-%m-%d")
    mean = sum(run.scores["test"].accuracy for run in runs) / 2
    assert f"{FAST}, full: test accuracy {mean:.1%}, n = 2" in said.out
    assert f"`{FAST}`" in (tmp_path / "out" / "reproduction.md").read_text("utf-8")
    before = [run.submitted for run in runs]
    assert command("reproduce", FAST, "--seeds", "2", "--output", str(tmp_path / "out")).code == 0
    again = [command.store.get(run.name).submitted for run in runs]
    assert again == before, "what is stored is not trained again"


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
    monkeypatch.setattr("playground.datasets.facts", lambda *_: facts)
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

"""What is read from runs, kept as measured, and written beside what was reported."""

import json
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from playground import reproduction
from playground.cli import train as cli_train
from playground.datasets import Facts
from playground.datasets.cifar10 import CLASSES
from playground.recipes import ARTICLES, RECIPES, Reported
from playground.records import EpochMetrics
from playground.reproduction import (
    Cell,
    Measured,
    MeasuredError,
    agrees,
    as_markdown,
    curves_of,
    figures_of,
    joined,
    judged,
    keep,
    measured_of,
    read,
)
from playground.runs import Run
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
    figure = Reported(0.9, "train", taken="as it trained")
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
    keras = Reported(0.9, "train", taken="as it trained")
    epochs = Reported(37, quantity="epochs")
    found = figures_of(engine.store, run, [keras, epochs], ())
    assert found == {keras.key: None, "epochs": None}, "nor what it reached on its way"


def test_figures_of_epochs_are_taken_as_they_say(engine):
    config = RECIPES["size-model-4"].config
    epochs = [
        EpochMetrics(1, 3.0, 0.2, 2.5, 0.30, 1.0, 1.0, 0.1, 9.0, 2.9, 0.25, 20.0, 10.0),
        EpochMetrics(2, 2.0, 0.4, 2.2, 0.50, 1.0, 1.0, 0.1, 9.0, 1.9, 0.50, 8.0, 4.0),
        EpochMetrics(3, 1.5, 0.5, 2.4, 0.40, 1.0, 1.0, 0.1, 9.0, 1.4, 0.75, 3.0, 2.0),
    ]
    stored_runs.finished(engine.store, RECIPES["digits-mlp"].config, engine.data)
    run = engine.store.get(RECIPES["digits-mlp"].config.name)
    engine.store.database.write("DELETE FROM epochs")
    engine.store.add_epochs(run.name, epochs)
    expected = {
        Reported(None, "train", taken="as it trained"): 0.5,
        Reported(None, "train", "loss", taken="as it trained"): 1.5,
        Reported(None, "train", taken="of the last batch"): 0.75,
        Reported(None, "train", "loss", taken="of the last batch"): 1.4,
        Reported(None, "train", "loss", taken="as it trained", with_penalty=True): 4.5,
        Reported(None, "validation", "loss", with_penalty=True): 4.4,
        Reported(None, "validation", taken="best"): 0.5,
        Reported(None, "validation", "loss", taken="best"): 2.2,
        Reported(None, "validation", taken="over all epochs"): 0.4,
    }
    found = figures_of(engine.store, run, tuple(expected), ())
    for figure, value in expected.items():
        assert found[figure.key] == pytest.approx(value), figure.key
    assert len({figure.key for figure in expected}) == len(expected)
    assert config.regularization.penalty_on == "hidden"
    curves = curves_of(epochs)
    assert curves["train loss as it trained with penalties"] == [23.0, 10.0, 4.5]
    assert curves["validation loss with penalties"] == [12.5, 6.2, 4.4]
    assert curves["validation accuracy"] == [0.3, 0.5, 0.4]
    plain = curves_of([replace(one, penalty=0.0, train_penalty=0.0) for one in epochs])
    assert set(plain) == {key for key in curves if "penalties" not in key}


def test_a_run_of_an_earlier_version_leaves_out_what_it_did_not_take(engine):
    config = RECIPES["digits-mlp"].config
    stored_runs.finished(engine.store, config, engine.data)
    last = Reported(0.9, "train", taken="of the last batch")
    found = figures_of(engine.store, engine.store.get(config.name), [last], ())
    assert last.key not in found, "it is no run that diverged"


SEEDS = [0.88, 0.89, 0.90]
HALF = 4.3027 * 0.01 / 3**0.5
"""Of the 95 % t-interval of their mean, of two degrees of freedom."""


@pytest.mark.parametrize(
    ("reported", "values", "same"),
    [
        (Reported(0.89 + HALF + 0.0299), SEEDS, True),
        (Reported(0.89 + HALF + 0.0301), SEEDS, False),
        (Reported(0.89 - HALF - 0.0299), SEEDS, True),
        (Reported(0.89 - HALF - 0.0301), SEEDS, False),
        (Reported(0.92), SEEDS[:2], None),
        (Reported(1.0, quantity="loss"), [0.9, 0.9, 0.9], True),
        (Reported(1.01, quantity="loss"), [0.9, 0.9, 0.9], False),
        # Ten seeds, one of which guesses: everything would agree.
        (Reported(0.50), [0.95] * 9 + [0.08], None),
        (Reported(37, quantity="epochs"), [20, 21, 22], None),
        (Reported(None), [0.5, 0.5, 0.5], None),
        (Reported(0.5), [], None),
    ],
)
def test_three_points_outside_the_interval_of_the_mean_are_a_difference(reported, values, same):
    assert agrees(reported, values) is same


# --- what the series are to show ---


@pytest.mark.parametrize("article", ARTICLES)
def test_every_quick_series_shows_what_it_is_to_show(article):
    """On the figures that come with the playground: three seeds or more, within a minute each."""
    known = reproduction.read()
    for series in ARTICLES[article].series:
        quick = [name for name in series.recipes if RECIPES[name].quick]
        if not quick:
            continue
        for one in judged(series, "quick", known):
            if not one.finding.quick:
                continue
            assert one.holds is True, one.finding.text
            assert one.seeds >= 3
        for name in quick:
            assert known[name, "quick"].seconds < 60, name


def test_only_the_grid_on_raw_pixels_is_for_full_runs_alone():
    every = [
        one for article in ARTICLES.values() for series in article.series for one in series.findings
    ]
    (only,) = [one for one in every if not one.quick]
    assert only.text.startswith(RECIPES["size-grid"].title + ":")


def test_a_finding_is_judged_by_means_over_seeds_and_over_a_familys_members():
    grid = RECIPES["size-grid-scaled"]
    cells = tuple(
        Cell(
            values=member.values,
            family=member.config.family,
            figures={"validation accuracy": {0: int(member.values[0]) / 20, 1: None}},
        )
        for member in grid.sweep("quick").members()
    )
    measured = known_of("size-grid-scaled", "quick", cells)
    assert len(measured.cells) == 80
    series = ARTICLES["size"].series[0]
    key = ("size-grid-scaled", "quick")
    raw, scaled = judged(series, "quick", {key: measured})
    assert raw.holds is None, "nothing is known of it"
    assert scaled.holds is False and scaled.seeds == 1, "it rises with one size only"
    part = measured.model_copy(update={"cells": measured.cells[:-1]})
    _, scaled = judged(series, "quick", {key: part})
    assert scaled.holds is None, "a part of a family does not stand for it"


def known_of(name: str, scale: str, cells: tuple[Cell, ...]) -> Measured:
    return Measured(
        recipe=name, scale=scale, cells=cells, images={}, epochs=1, seconds=1.0,
        devices=("cpu",), versions={}, data="0" * 64, day="2026-01-01",
    )  # fmt: skip


# --- kept and written ---


def entered(engine, name: str = "digits-mlp", seeds: int = 2):
    recipe = RECIPES[name]
    pairs = []
    for seed in range(seeds):
        config = recipe.config.with_seed(seed)
        stored_runs.finished(engine.store, config, engine.data)
        run = engine.store.get(config.name)
        pairs.append((run, figures_of(engine.store, run, recipe.reported, ())))
    return measured_of(name, "full", {(): pairs})


def test_what_was_measured_is_kept_and_read_back(engine, tmp_path):
    measured = entered(engine)
    path = tmp_path / "measured.json"
    assert read(path) == {}
    assert keep(measured, path) == read(path) == {("digits-mlp", "full"): measured}
    other = entered(engine, "digits-adam")
    keep(other, path)
    again = entered(engine, seeds=3)
    kept = {("digits-mlp", "full"): again, ("digits-adam", "full"): other}
    assert keep(again, path) == kept, "more seeds come beside what was measured before"
    assert keep(measured, path) == read(path) == kept, "and what was there stays"
    elsewhere = measured.model_copy(update={"data": "1" * 64})
    assert keep(elsewhere, path) == kept, "of other data it is not put in place of more seeds"
    assert measured.images == {"train": 1347, "validation": 450, "test": 450}
    assert measured.cells[0].figures["test accuracy"] == {
        seed: round(engine.store.get(RECIPES["digits-mlp"].config.with_seed(seed).name)
                    .scores["test"].accuracy, 5) for seed in (0, 1)
    }  # fmt: skip


def test_a_figure_that_came_later_is_kept_beside_those_that_were_there(engine):
    recipe = RECIPES["digits-mlp"]
    both = entered(engine, seeds=2)
    key = "test accuracy"
    cell = both.cells[0]
    later = {"new figure": {1: 0.25}, key: {1: cell.figures[key][1]}}
    new = both.model_copy(
        update={"cells": (cell.model_copy(update={"figures": later}),), "images": {}}
    )
    (joined_cell,) = joined(both, new).cells
    assert joined_cell.figures["new figure"] == {1: 0.25}
    assert joined_cell.figures[key] == cell.figures[key], "and none is lost"
    assert joined_cell.has(1, [key, "new figure"]) and not joined_cell.has(0, ["new figure"])
    assert joined_cell.lost("new figure") == 0, "what was not taken did not diverge"
    assert joined(both, new).images == both.images, "a run that diverged measured none"
    assert recipe.at("full").family == joined_cell.family


def test_figures_of_a_config_that_the_recipe_no_longer_has_are_left_out(engine, tmp_path):
    path = tmp_path / "measured.json"
    keep(entered(engine), path)
    (row,) = json.loads(path.read_text())
    row["cells"][0]["family"] = "0" * 64
    path.write_text(json.dumps([row]))
    assert read(path) == {}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "5", "null", "[" * 100_000, '[{"recipe": "digits-mlp"}]', "\udcff"],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, text, command):
    path = tmp_path / "measured.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MeasuredError, match="move it away, and write a new one"):
        read(path)
    said = command("reproduce", FAST, "--seeds", "1", "--output", str(tmp_path))
    assert said.code == 2 and "move it away" in said.err and not command.store.all()
    path.unlink()
    assert command("reproduce", FAST, "--seeds", "1", "--output", str(tmp_path)).code == 0


@pytest.mark.parametrize(
    "change",
    [
        {"cells": []},
        {"images": {"validation": 0}},
        {"images": {"test": -1}},
        {"curves": {"train loss as it trained": []}},
        {"curves": {"train loss as it trained": [1.0], "validation loss": [1.0, 2.0]}},
        {"seconds": float("nan")},
        {"cells": [{"family": RECIPES["digits-mlp"].config.family,
                    "figures": {"test accuracy": {"0": float("inf")}}}]},
    ],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused(engine, tmp_path, change):
    row = json.loads(entered(engine).model_dump_json()) | change
    path = tmp_path / "measured.json"
    path.write_text(json.dumps([row]))
    with pytest.raises(MeasuredError):
        read(path)


def test_a_member_of_a_family_that_is_not_there_is_left_out(engine, tmp_path):
    path = tmp_path / "measured.json"
    row = json.loads(entered(engine).model_dump_json())
    row["cells"][0]["values"] = ["a", "b"]
    path.write_text(json.dumps([row]))
    assert read(path) == {}


def test_two_programs_lose_none_of_each_others_figures(engine, tmp_path):
    path = tmp_path / "measured.json"
    one = entered(engine, seeds=1)
    (cell,) = one.cells

    def keep_seeds(first: int) -> None:
        for seed in range(first, 40, 2):
            figures = {"test accuracy": {seed: 0.5}}
            keep(
                one.model_copy(update={"cells": (cell.model_copy(update={"figures": figures}),)}),
                path,
            )

    threads = [threading.Thread(target=keep_seeds, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (found,) = read(path).values()
    assert found.cells[0].seeds == tuple(range(40))


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_trained(command, tmp_path):
    (tmp_path / "a file").write_text("")
    said = command("reproduce", FAST, "--seeds", "1", "--output", str(tmp_path / "a file"))
    assert said.code == 2 and "name another folder with --output" in said.err
    assert not command.store.all()


def test_the_document_has_every_reported_figure_and_a_dash_where_nothing_was_run():
    text = as_markdown({}).replace("\u00a0", " ")
    for article in ARTICLES.values():
        assert f"## {article.title}\n" in text
        for name in article.recipes:
            for figure in RECIPES[name].reported if not RECIPES[name].axes else ():
                value = reproduction.shown(figure, figure.value).replace("\u00a0", " ")
                assert f"| `{name}` | {figure.key} | {value} | – |" in text
    assert "n = " not in text
    missing = text.partition("- Not in full yet, or not every figure: ")[2].partition(".\n")[0]
    assert missing.startswith("`cures-base`, `cures-batch-norm`, `cures-dropout`")


def test_the_document_says_what_differs_and_what_diverged(engine):
    low = entered(engine)
    scores = {"test accuracy": {0: 0.5, 1: 0.5, 2: 0.5, 3: None}}
    cell = low.cells[0].model_copy(update={"figures": scores})
    text = as_markdown({("digits-mlp", "full"): low.model_copy(update={"cells": (cell,)})})
    text = text.replace("\u00a0", " ")
    assert "| test accuracy | 94.7 % | 50.0 %, n = 3, 1 diverged | as full | **differs** |" in text
    assert "`digits-mlp` differs in test accuracy." in text
    never = low.cells[0].model_copy(update={"figures": {}})
    text = as_markdown({("digits-mlp", "full"): low.model_copy(update={"cells": (never,)})})
    assert "| test accuracy | 94.7\u00a0% | – | as full | not judged |" in text


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
    assert measured.cells[0].figures["test accuracy"] == {
        seed: round(run.scores["test"].accuracy, 5) for seed, run in enumerate(runs)
    }
    assert measured.devices == (runs[0].device,) and measured.versions == runs[0].versions
    assert measured.data == runs[0].fingerprint
    ended = datetime.fromtimestamp(max(run.ended for run in runs), UTC)
    assert measured.day == ended.strftime("%Y-%m-%d")
    for seed, run in enumerate(runs):
        assert (
            f"{FAST}, full, seed {seed}: test accuracy {run.scores['test'].accuracy:.1%}"
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
    monkeypatch.setattr("playground.datasets.facts", lambda *_: facts)
    monkeypatch.setattr("playground.datasets.fingerprint", lambda *_: "data")


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
    monkeypatch.setattr("playground.datasets.facts", lambda *_: facts)
    monkeypatch.setattr("playground.datasets.fingerprint", lambda *_: "data")
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

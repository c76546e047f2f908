"""What is read from runs, kept as measured, and written beside what was reported."""

import json
import threading
from dataclasses import replace

import numpy as np
import pytest

from playground.environment import PROJECT
from playground.recipes import ARTICLES, RECIPES, Reported, reproduction
from playground.recipes.reproduction import (
    MeasuredError,
    agrees,
    as_markdown,
    curves_of,
    figures_of,
    keep,
    measured_of,
    merge,
    read,
)
from playground.results import EpochMetrics, Execution
from tests import stored_runs

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
    (joined_cell,) = merge(both, new).cells
    assert joined_cell.figures["new figure"] == {1: 0.25}
    assert joined_cell.figures[key] == cell.figures[key], "and none is lost"
    assert joined_cell.has(1, [key, "new figure"]) and not joined_cell.has(0, ["new figure"])
    assert joined_cell.lost("new figure") == 0, "what was not taken did not diverge"
    assert merge(both, new).images == both.images, "a run that diverged measured none"
    assert recipe.at("full").family == joined_cell.family


def test_figures_of_a_config_that_the_recipe_no_longer_has_are_left_out(engine, tmp_path):
    path = tmp_path / "measured.json"
    keep(entered(engine), path)
    (row,) = json.loads(path.read_text())
    row["cells"][0]["family"] = "0" * 64
    path.write_text(json.dumps([row]))
    assert read(path) == {}


def test_how_runs_were_computed_is_read_from_the_prose_of_earlier_files(engine, tmp_path):
    path = tmp_path / "measured.json"
    keep(entered(engine), path)
    (row,) = json.loads(path.read_text())
    assert row.pop("executions") == []
    row["devices"] = ["cpu (2 threads)"]
    told = [
        "1 thread, float32, together with 1 other, whose time it shares",
        "2 threads, bfloat16, channels last",
    ]
    path.write_text(json.dumps([row | {"paths": told}]))
    (measured,) = read(path).values()
    assert measured.executions == (
        Execution(1, fused=True, stacked=2),
        Execution(2, "bfloat16", channels_last=True, fused=True),
    )
    assert measured.execution_text() == "; ".join(told) and measured.precisions == (
        "float32",
        "bfloat16",
    )
    keep(measured, path)
    assert "paths" not in json.loads(path.read_text())[0]
    assert list(read(path).values()) == [measured]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "5", "null", "[" * 100_000, '[{"recipe": "digits-mlp"}]', "\udcff"],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, text):
    path = tmp_path / "measured.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MeasuredError, match="move it away, and write a new one"):
        read(path)


@pytest.mark.parametrize(
    "change",
    [
        {"cells": []},
        {"images": {"validation": 0}},
        {"images": {"test": -1}},
        {"curves": {"train loss as it trained": []}},
        {"curves": {"train loss as it trained": [1.0], "validation loss": [1.0, 2.0]}},
        {"seconds": float("nan")},
        {"paths": [None]},
        {"paths": ["1 thread"], "devices": [5]},
        {"paths": ["1 thread"], "devices": {"cpu": 1}},
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


def test_the_document_has_every_reported_figure_and_a_dash_where_nothing_was_run():
    text = as_markdown({}).replace("\u00a0", " ")
    for article in ARTICLES.values():
        assert f"## {article.title}\n" in text
        for name in article.recipes:
            for figure in RECIPES[name].reported if not RECIPES[name].axes else ():
                value = reproduction.format_value(figure, figure.value).replace("\u00a0", " ")
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

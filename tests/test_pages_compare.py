"""Compare: the table of runs, what differs between two, and the verdict."""

import shutil

import numpy as np

from benchmarks import many_runs
from playground.analysis import comparison, conclusions, evaluation
from playground.config import differences
from playground.data import datasets
from playground.recipes import RECIPES
from playground.ui.compare import run_table
from tests import pages, stored_runs
from tests.compare_page import A, B, C, table, visit


def test_without_runs_the_page_says_what_to_do(engine):
    at = visit()
    assert pages.texts(at.main.info)[0] == "There is no run yet. Train one first."
    assert "Train a network" in [link.proto.label for link in at.main.get("page_link")]


def test_every_run_is_listed_with_what_differs_and_what_it_reached(engine, three):
    at = visit()
    rows = table(at, "runs")
    assert list(rows["Run"]) == [
        "no dropout · SGD 0.1 · 4 epochs",
        "dropout 0.5 · Adam 0.001 · 3 epochs",
        "no dropout · Adam 0.001 · 3 epochs",
    ]
    assert list(rows["Settings"]) == [f"Digits · MLP 32-16 · {told}" for told in (
        "SGD 0.1 · 4 epochs", "dropout 0.5 · 3 epochs", "3 epochs"
    )]  # fmt: skip
    assert "0 of 3 runs chosen. Same in all: Digits · MLP 32-16" in pages.texts(at.main.caption)
    shown = rows["Test accuracy (%)"].to_numpy() / 100
    stored = [engine.store.get(c.name).scores["test"].accuracy for c in (C, B, A)]
    assert np.allclose(shown, stored)
    assert "Choose one to eight runs" in pages.texts(at.main.info)[0]


def test_search_and_sort_choose_what_is_listed(engine, three):
    at = pages.change(visit(), "compare.search", "dropout")
    told = ["Digits · MLP 32-16 · dropout 0.5 · 3 epochs"]
    assert list(table(at, "runs")["Run"]) == list(table(at, "runs")["Settings"]) == told
    pages.change(at, "compare.search", "nothing like it")
    assert pages.texts(at.main.info)[0] == "No run matches."
    pages.change(at, "compare.search", "")
    pages.change(at, "compare.sort", "Best validation accuracy")
    best = table(at, "runs")["Validation accuracy (%)"]
    assert list(best) == sorted(best, reverse=True)


def test_more_runs_than_a_page_holds_are_turned_and_a_page_that_is_gone_is_left(engine):
    many_runs.fill(engine.store, run_table.ROWS + 1)
    at = visit()
    assert len(table(at, "runs")) == run_table.ROWS
    at.session_state["compare.page"] = 2
    assert len(table(pages.run(at), "runs")) == 1
    engine.store.delete(engine.store.all()[-1].name)
    at.session_state["compare.page"] = 2
    assert len(table(pages.run(at), "runs")) == run_table.ROWS


def test_a_recipe_is_found_by_its_title(engine, three):
    recipe = RECIPES["digits-mlp"]
    stored_runs.finished(engine.store, recipe.config, engine.data)
    at = pages.change(visit(), "compare.search", "a perceptron")
    assert list(table(at, "runs")["Run"]) == [recipe.title]


def test_two_runs_name_exactly_the_settings_that_differ_and_what_that_did(engine, three):
    at = visit(A, B)
    assert list(table(at, "settings")["Path"]) == ["architecture.dropout"]
    assert list(table(at, "settings")["A"]) == ["0"]
    assert list(table(at, "settings")["B"]) == ["0.5"]
    a, b = (engine.store.get(c.name).scores["validation"].accuracy for c in (A, B))
    points = f"{(b - a) * 100:+.1f}".replace("-", "−")
    assert pages.texts(at.main.info)[0].startswith(
        f"Only **Dropout** changed, 0 → 0.5: validation accuracy **{points} points**."
    )
    at = visit(A, C)
    # What only one of two optimizers has follows from the kind, as long as nobody changed it.
    follows = {"optimizer.beta1", "optimizer.beta2", "optimizer.epsilon"}
    assert set(table(at, "settings")["Path"]) == set(differences(A, C)) - follows
    assert {"run.epochs", "optimizer.name"} | follows < set(differences(A, C))


def test_fixed_and_broken_agree_with_the_two_accuracies(engine, three):
    before, after = three
    change = evaluation.change(before.labels, before.predicted, after.predicted)
    at = visit(A, B)
    tabs = [tab.label for tab in at.main.tabs]
    assert tabs == [f"Fixed by B ({len(change.fixed)})", f"Broken by B ({len(change.broken)})"]
    a, b = (engine.store.get(c.name).scores["validation"] for c in (A, B))
    assert len(change.fixed) - len(change.broken) == round((b.accuracy - a.accuracy) * a.images)


def test_without_the_same_validation_images_the_test_is_spoken_of_and_it_is_said(engine, three):
    for change in ({"data.validation": "none"}, {"data.validation_fraction": "0.3"}):
        other = pages.made({"run.epochs": "3"} | change)
        stored_runs.finished(engine.store, other, engine.data)
        at = visit(A, other)
        told = pages.texts(at.main.info)[0]
        assert ": test accuracy **" in told and conclusions.TEST_IMAGES in told
        assert [text for text in pages.texts(at.main.markdown) if "of 450 test images" in text]


def test_a_test_that_a_lesson_hides_is_not_told(engine):
    none = pages.made({"data.validation": "none"})
    configs = (none, none.with_seed(1))
    for config in configs:
        stored_runs.finished(engine.store, config, engine.data)
    runs = [engine.store.get(config.name) for config in configs]
    assert comparison.basis_of(runs, None).split == "test"
    basis = comparison.basis_of(runs, None, test_hidden=True)
    assert basis == comparison.Basis(None, conclusions.HIDDEN_TEST)


def test_runs_measured_on_other_images_are_not_compared_image_by_image(engine, three):
    other = pages.made({"run.epochs": "3", "data.split_seed": "1"})
    stored_runs.finished(engine.store, other, engine.data)
    at = visit(A, other)
    assert any("different images" in text for text in pages.texts(at.main.info))
    assert not at.main.tabs
    assert any("not measured on the same images" in text for text in pages.texts(at.main.caption))
    assert "points" not in pages.texts(at.main.info)[0]


def test_a_run_that_is_on_is_shown_beside_others_and_cannot_be_deleted(engine, three):
    waiting = pages.made({"run.epochs": "7"})
    engine.train(waiting)
    at = visit(A, waiting)
    assert at.main.get("progress")[0].proto.text.startswith("B: ")
    assert pages.texts(at.main.info)[0] == "Only **Epochs** changed, 3 → 7."
    pages.press(visit(waiting), "Delete this run")
    assert engine.store.get(waiting.name).status == "queued"


def test_runs_that_came_to_no_end_of_their_own_are_told_and_no_effect_is_claimed(engine, three):
    stopped = pages.made({"run.epochs": "3", "architecture.dropout": "0.9"})
    stored_runs.finished(engine.store, stopped, engine.data, 0.1, "stopped")
    told = pages.texts(visit(A, stopped).main.info)[0]
    assert "Only **Dropout** changed, 0 → 0.9." in told and "B was stopped before its end" in told
    diverged = pages.made({"run.epochs": "3", "optimizer.learning_rate": "1.0"})
    stored_runs.finished(engine.store, diverged, engine.data, status="diverged")
    at = visit(A, diverged)
    assert "B diverged, so there is nothing to compare" in pages.texts(at.main.info)[0]
    assert table(at, "figures")["Test accuracy (%)"].isna().tolist() == [False, True]


def test_failed_runs_are_listed_and_have_no_figures(engine, three):
    failed = pages.made({"run.epochs": "8"})
    engine.store.queue(failed, datasets.fingerprint(failed.data, engine.data))
    engine.store.end(failed.name, "failed", "There was not enough memory.")
    at = visit(A, failed)
    assert table(at, "figures")["Test accuracy (%)"].isna().tolist() == [False, True]
    assert table(at, "runs")["State"][0] == "Failed"


def test_a_run_whose_files_are_gone_says_what_to_do(engine, three):
    shutil.rmtree(engine.store.folder / B.name)
    at = visit(A, B)
    assert any("delete that run, and train it again" in text for text in pages.texts(at.main.info))


def test_runs_without_validation_have_training_curves_only(engine):
    config = pages.made({"data.validation": "none"})
    stored_runs.finished(engine.store, config, engine.data)
    at = visit(config)
    assert pages.charts(at)[0].alt.startswith("Line chart of loss by epoch, training. ")


def test_a_run_that_watched_the_test_images_says_so(engine):
    config = pages.made({"data.validation": "test"})
    stored_runs.finished(engine.store, config, engine.data)
    assert any(
        "A: the validation images were" in text for text in pages.texts(visit(config).caption)
    )


def test_curves_of_all_chosen_runs_are_drawn(engine, three):
    at = visit(A, B, C)
    charts = pages.charts(at)
    assert [chart.alt.partition(".")[0] for chart in charts] == [
        "Line chart of loss by epoch, training and validation",
        "Line chart of accuracy by epoch, training and validation",
    ]
    assert "A · " in charts[0].alt and "C · " in charts[0].alt


def test_chosen_runs_are_called_by_what_differs_and_what_is_the_same_is_told_once(engine, three):
    at = visit(A, B)
    (chosen,) = [text for text in pages.texts(at.main.markdown) if text.startswith("- **A**")]
    assert chosen.splitlines() == ["- **A** no dropout", "- **B** dropout 0.5"]
    assert "Same in all: Digits · MLP 32-16 · 3 epochs · seed 0" in pages.texts(at.main.caption)
    assert list(table(at, "figures")["Run"]) == ["A · no dropout", "B · dropout 0.5"]
    (alone,) = [text for text in pages.texts(visit(B).main.markdown) if text.startswith("- **A**")]
    assert alone == "- **A** Digits · MLP 32-16 · dropout 0.5 · 3 epochs · seed 0"


def test_blocks_are_told_in_words_wherever_two_networks_differ_in_them(engine, three):
    cnn = pages.made({"architecture.kind": "cnn", "run.epochs": "3"})
    each = '[{"batch_norm":"each"},{"channels":[64],"batch_norm":"each"},{"channels":[128]}]'
    other = pages.made(cnn.settings() | {"architecture.blocks": each})
    for config in (cnn, other):
        stored_runs.finished(engine.store, config, engine.data)
    at = visit(cnn, other)
    shown = table(at, "settings")
    assert shown.to_numpy().tolist() == [
        ["Batch norm in blocks", "no batch norm", "blocks 1 and 2: batch norm",
         "architecture.blocks.*.batch_norm"]
    ]  # fmt: skip
    assert list(table(at, "figures")["Run"]) == [
        "A · no batch norm", "B · blocks 1 and 2: batch norm"
    ]  # fmt: skip
    texts = [*pages.texts(at.main.markdown), *pages.texts(at.main.info)]
    assert not any('{"' in text or "[{" in text for text in texts)

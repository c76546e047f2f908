"""Compare: the table of runs, the choice, what differs, the verdict, seeds, stars and deletion."""

import shutil

import numpy as np
import pytest
from scipy import stats

from playground import datasets, evaluation
from playground.config import differences
from playground.recipes import RECIPES
from playground.ui.compare import finder, seeds
from tests import own_images, pages, stored_runs

PAGE = "pages/4_Compare.py"
A = pages.made({"run.epochs": "3"})
B = pages.made({"run.epochs": "3", "architecture.dropout": "0.5"})
C = pages.made({"run.epochs": "4", "optimizer.name": "sgd"})


@pytest.fixture
def engine(tmp_path):
    with pages.idle_engine(tmp_path) as engine:
        yield engine


@pytest.fixture
def three(engine):
    """A, B and C finished; gives A's and B's predictions of the test images."""
    found = [
        stored_runs.finished(engine.store, config, engine.data, sure)["test"]
        for config, sure in ((A, 2.0), (B, 2.5), (C, 3.0))
    ]
    return found[:2]


def visit(*configs):
    return pages.open_page(stored_runs.link(*configs) if configs else None, PAGE)


TABLES = {"runs": "State", "figures": "Test accuracy (%)", "settings": "Path", "families": "Seeds"}


def table(at, which: str):
    """One of the page's tables, by a column that only it has."""
    (found,) = [frame.value for frame in at.dataframe if TABLES[which] in frame.value]
    return found


def subheaders(at) -> list[str]:
    return [element.value for element in at.main.subheader]


def test_without_runs_the_page_says_what_to_do(engine):
    at = visit()
    assert pages.texts(at.main.info)[0] == "There is no run yet. Train one first."
    assert "Train a network" in [link.proto.label for link in at.main.get("page_link")]


def test_every_run_is_listed_with_what_differs_and_what_it_reached(engine, three):
    at = visit()
    rows = table(at, "runs")
    assert list(rows["Differs from the defaults"]) == [
        "Optimizer: SGD; Epochs 4", "Dropout 0.5; Epochs 3", "Epochs 3"
    ]  # fmt: skip
    shown = rows["Test accuracy"].to_numpy() / 100
    stored = [engine.store.get(c.name).scores["test"].accuracy for c in (C, B, A)]
    assert np.allclose(shown, stored)
    assert "Choose one to eight runs" in pages.texts(at.main.info)[0]


def test_search_and_sort_choose_what_is_listed(engine, three):
    at = pages.change(visit(), "compare.search", "dropout")
    assert list(table(at, "runs")["Differs from the defaults"]) == ["Dropout 0.5; Epochs 3"]
    pages.change(at, "compare.search", "nothing like it")
    assert pages.texts(at.main.info)[0] == "No run matches."
    pages.change(at, "compare.search", "")
    pages.change(at, "compare.sort", "Best validation accuracy")
    best = table(at, "runs")["Validation accuracy"]
    assert list(best) == sorted(best, reverse=True)


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
    a, b = (engine.store.get(c.name).scores["test"].accuracy for c in (A, B))
    points = f"{(b - a) * 100:+.1f}".replace("-", "−")
    assert pages.texts(at.main.info)[0].startswith(
        f"Only **Dropout** changed, 0 → 0.5: test accuracy **{points} points**."
    )
    at = visit(A, C)
    assert set(table(at, "settings")["Path"]) == set(differences(A, C))
    assert {"run.epochs", "optimizer.name"} < set(differences(A, C))


def test_fixed_and_broken_agree_with_the_two_accuracies(engine, three):
    before, after = three
    change = evaluation.change(before.labels, before.predicted, after.predicted)
    at = visit(A, B)
    tabs = [tab.label for tab in at.main.tabs]
    assert tabs == [f"Fixed by B ({len(change.fixed)})", f"Broken by B ({len(change.broken)})"]
    a, b = (engine.store.get(c.name).scores["test"] for c in (A, B))
    assert len(change.fixed) - len(change.broken) == round((b.accuracy - a.accuracy) * a.images)


def test_runs_tested_on_other_images_are_not_compared_image_by_image(engine, three):
    other = pages.made({"run.epochs": "3", "data.split_seed": "1"})
    stored_runs.finished(engine.store, other, engine.data)
    at = visit(A, other)
    assert any("different images" in text for text in pages.texts(at.main.info))
    assert not at.main.tabs
    assert any("not tested on the same images" in text for text in pages.texts(at.main.caption))
    assert "points" not in pages.texts(at.main.info)[0]


def test_ticks_join_the_choice_at_its_end_and_what_a_search_hides_stays():
    assert finder.after([], ["a", "b", "c"], {"c"}) == ["c"]
    assert finder.after(["c"], ["a", "b", "c"], {"a", "c"}) == ["c", "a"]
    assert finder.after(["c", "a"], ["a", "b", "c"], {"a"}) == ["a"]
    assert finder.after(["c", "a"], ["b"], {"b"}) == ["c", "a", "b"]
    assert finder.after(["c"], ["c"], set()) == []
    assert finder.after(["cc"], ["a", "ccdd"], {"a", "ccdd"}) == ["ccdd", "a"], "as a link has it"


def test_swap_changes_the_sides_and_clear_empties_the_choice(engine, three):
    at = pages.press(visit(A, B), "Swap A and B")
    assert (at.query_params["run"], at.query_params["with"]) == (B.name[:16], A.name[:16])
    assert pages.texts(at.main.info)[0].startswith("Only **Dropout** changed, 0.5 → 0: ")
    pages.press(at, "Clear")
    assert "run" not in at.query_params and subheaders(at) == []


def test_stars_and_names_are_kept(engine, three):
    at = pages.press(visit(A), "Star")
    assert engine.store.get(A.name).starred
    pages.change(at, f"compare.title.{A.name[:16]}", "The base")
    assert engine.store.get(A.name).title == "The base"
    assert list(table(at, "runs")["Run"])[2] == "The base"
    pages.change(at, "compare.starred", True)
    assert list(table(at, "runs")["★"]) == ["★"]
    pages.press(at, "Unstar")
    assert not engine.store.get(A.name).starred


def test_deleted_runs_are_gone_and_the_page_goes_on(engine, three):
    at = pages.press(visit(A, B), "Delete these 2 runs")
    assert engine.store.get(A.name) is None and engine.store.get(B.name) is None
    assert len(table(at, "runs")) == 1 and "run" not in at.query_params
    at = visit(A, C)
    assert any("deleted, or made elsewhere" in text for text in pages.texts(at.main.warning))
    assert subheaders(at)[0] == "The chosen run"


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
    assert "B diverged: its loss stopped being a number" in pages.texts(at.main.info)[0]
    assert table(at, "figures")["Test accuracy (%)"].isna().tolist() == [False, True]


def test_failed_runs_are_listed_and_have_no_figures(engine, three):
    failed = pages.made({"run.epochs": "8"})
    engine.store.queue(failed, datasets.fingerprint(failed.data, engine.data))
    engine.store.end(failed.name, "failed", "There was not enough memory.")
    at = visit(A, failed)
    assert table(at, "figures")["Test accuracy (%)"].isna().tolist() == [False, True]
    assert table(at, "runs")["State"][0] == "Failed"


def test_missing_seeds_are_trained_until_there_are_five(engine, three):
    at = pages.press(visit(A), "Train the missing seeds (4)")
    queued = {run.name for run in engine.store.all("queued")}
    assert queued == {A.with_seed(seed).name for seed in (1, 2, 3, 4)}
    assert "Train the missing seeds" not in str(pages.enabled(at))
    pages.press(at, "Stop the seeds")
    assert engine.store.all("queued") == []
    assert pages.enabled(at)["Train the missing seeds (4)"], "what never began can be asked again"


def test_seeds_give_mean_and_spread_and_a_verdict(engine, three):
    for config, sure in ((A, 2.0), (B, 2.5)):
        for seed in (1, 2):
            stored_runs.finished(engine.store, config.with_seed(seed), engine.data, sure)
    at = visit(A, B)
    found = table(at, "families")
    assert list(found["Seeds"]) == ["0, 1, 2", "0, 1, 2"]
    accuracies = [
        [engine.store.get(c.with_seed(s).name).scores["test"].accuracy for s in range(3)]
        for c in (A, B)
    ]
    for row, values in zip(found["Test accuracy"], accuracies, strict=True):
        assert row == f"{np.mean(values):.1%} ± {np.std(values, ddof=1) * 100:.1f} (n = 3)"
    difference = (np.mean(accuracies[1]) - np.mean(accuracies[0])) * 100
    told = pages.texts(at.main.info)[0]
    assert told.startswith("Only **Dropout** changed, 0 → 0.5.") and "The two chosen runs" in told
    assert f"a difference of **{difference:+.1f} points**".replace("-", "−") in told
    p = stats.ttest_ind(*accuracies, equal_var=False).pvalue
    assert f"(Welch's t-test, p = {p:.2g})" in told
    assert not [text for text in pages.texts(at.main.markdown) if "McNemar" in text]


def test_a_seed_that_diverged_is_counted_and_not_trained_again(engine, three):
    stored_runs.finished(engine.store, A.with_seed(1), engine.data, status="diverged")
    stored_runs.finished(engine.store, A.with_seed(2), engine.data)
    at = visit(A, B)
    assert list(table(at, "families")["Diverged"]) == [1, 0]
    assert "Of 3 seeds of A, 1 diverged and are in no mean." in pages.texts(at.main.info)[0]
    pages.press(visit(A), "Train the missing seeds (2)")
    assert {run.name for run in engine.store.all("queued")} == {
        A.with_seed(seed).name for seed in (3, 4)
    }


def test_a_run_that_was_stopped_is_not_trained_over(engine, three):
    stored_runs.finished(engine.store, A.with_seed(1), engine.data, status="stopped")
    pages.press(visit(A.with_seed(1)), "Train the missing seeds (3)")
    assert engine.store.get(A.with_seed(1).name).status == "stopped"


def test_seeds_are_not_trained_on_data_that_is_no_longer_there(engine):
    own_images.save(engine.data, "own.npz")
    config = pages.made({"data.name": "npz", "data.file": "own.npz", "run.epochs": "1"})
    stored_runs.finished(engine.store, config, engine.data)
    assert pages.enabled(visit(config))["Train the missing seeds (4)"]
    (engine.data / "own.npz").unlink()
    at = visit(config)
    assert not pages.enabled(at)["Train the missing seeds (4)"]
    assert "no longer in the data folder" in pages.button(at, "Train the missing seeds (4)").help


def test_a_chosen_run_that_is_on_is_not_called_a_seed(engine, three):
    waiting = pages.made({"run.epochs": "7"})
    engine.train(waiting)
    at = visit(waiting)
    assert "Stop the seeds" not in pages.enabled(at)
    assert len(at.main.get("progress")) == 1


def test_the_same_run_named_twice_is_one(engine, three):
    names = f"{B.name[:16]},{B.name[:12]},{B.name},{A.name}"
    at = pages.open_page({"run": A.name[:16], "with": names}, PAGE)
    assert at.query_params["with"] == B.name[:16]
    assert list(table(at, "figures")["Run"].str[0]) == ["A", "B"]


def test_runs_that_are_gone_leave_the_choice_once_they_were_told(engine, three):
    gone = ",".join(f"{n:016x}" for n in range(9))
    at = pages.open_page({"run": "f" * 16, "with": gone}, PAGE)
    assert "8 runs of this choice are not stored here" in pages.texts(at.main.warning)[0]
    pages.run(at)
    assert not at.main.warning and "run" not in at.query_params


def test_chosen_runs_have_their_letters_in_the_table(engine, three):
    at = visit(B, C)
    assert list(table(at, "runs")[""]) == ["B", "A", ""]
    assert "2 of 3 runs chosen" in pages.texts(at.main.caption)


def test_a_run_that_someone_else_deleted_is_simply_gone(engine, three):
    at = visit(A, B)
    engine.store.delete(A.name)
    pages.press(at, "Delete these 2 runs")
    assert not at.main.error and engine.store.get(B.name) is None


def test_a_run_of_another_version_can_be_deleted(engine, three):
    engine.store._write("UPDATE runs SET config = '{\"x\": 1}' WHERE name = ?", A.name)
    at = visit(A, B)
    assert any("another version" in text for text in pages.texts(at.main.error))
    assert subheaders(at)[0] == "The chosen run"
    pages.press(at, "Delete it")
    assert engine.store.get(A.name) is None and not at.main.error


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


def test_two_seeds_of_one_config_are_one_family(engine, three):
    stored_runs.finished(engine.store, A.with_seed(1), engine.data)
    at = visit(A, A.with_seed(1))
    assert pages.texts(at.main.info)[0].startswith("Only the seed changed, 0 → 1: ")
    assert list(table(at, "families")["Runs"]) == ["A B"]
    assert f"Train the missing seeds ({seeds.SEEDS - 2})" in pages.enabled(at)


def test_curves_of_all_chosen_runs_are_drawn(engine, three):
    at = visit(A, B, C)
    charts = pages.charts(at)
    assert [chart.alt.partition(".")[0] for chart in charts] == [
        "Line chart of loss by epoch, training and validation",
        "Line chart of accuracy by epoch, training and validation",
    ]
    assert "A · " in charts[0].alt and "C · " in charts[0].alt


@pytest.mark.parametrize(
    "names", ["", ",,,", "%", "0" * 16, "zz,<b>,![](x)", "a" * 5000, ",".join(["0" * 16] * 50)]
)
def test_whatever_a_link_names_beside_a_run_the_page_stands(engine, three, names):
    at = pages.open_page({"run": A.name[:16], "with": names}, PAGE)
    assert subheaders(at) == ["The chosen run"]
    assert len(at.main.warning) == (0 if not names.strip(",") else 1)
    at = pages.open_page({"with": f"{A.name[:16]},{names}"}, PAGE)
    assert len(subheaders(at)) <= 1


def test_the_choice_goes_along_to_another_page(engine, three):
    at = visit(B, A)
    at.switch_page("pages/2_Confusion_matrix.py")
    pages.run(at)
    assert pages.widget(at, "chosen.run").value == B.name
    assert pages.widget(at, "chosen.other").value == A.name
    assert (at.query_params["run"], at.query_params["with"]) == (B.name[:16], A.name[:16])
    pages.change(at, "chosen.run", C.name)
    assert (at.query_params["run"], at.query_params["with"]) == (C.name[:16], A.name[:16])

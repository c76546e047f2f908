"""Compare: other seeds of the chosen settings, their mean and spread, and what they tell."""

import numpy as np

from playground import formats
from playground.analysis import conclusions, evaluation
from playground.ui.compare import seeds
from tests import own_images, pages, stored_runs
from tests.compare_page import A, B, C, table, visit


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
    found = table(at, "groups")
    assert list(found["Seeds"]) == ["0, 1, 2", "0, 1, 2"]
    accuracies = [
        [engine.store.get(c.with_seed(s).name).scores["test"].accuracy for s in range(3)]
        for c in (A, B)
    ]
    for row, values in zip(found["Test accuracy"], accuracies, strict=True):
        assert (
            row == f"{formats.share(np.mean(values))} ± {np.std(values, ddof=1) * 100:.1f} (n = 3)"
        )
    chosen_by = [
        [engine.store.get(c.with_seed(s).name).scores["validation"] for s in range(3)]
        for c in (A, B)
    ]
    spreads = [
        evaluation.spread((one.accuracy for one in side), side[0].images) for side in chosen_by
    ]
    difference = (spreads[1].mean - spreads[0].mean) * 100
    told = pages.texts(at.main.info)[0]
    assert told == (
        "Only **Dropout** changed, 0 → 0.5: mean validation accuracy "
        f"**{difference:+.1f} points**. With 3 seeds each, that is more than seeds alone do."
    ).replace("-", "−")
    (why,) = [text for text in pages.texts(at.main.markdown) if "Welch" in text]
    p = evaluation.welch(*spreads)
    assert f"(Welch's t-test, p {formats.p_value(p)};" in why and "The two chosen runs" in why
    assert not [text for text in pages.texts(at.main.markdown) if "McNemar" in text]


def test_where_means_are_told_the_seed_is_no_changed_setting(engine, three):
    for config in (A, B):
        for seed in (1, 2):
            stored_runs.finished(engine.store, config.with_seed(seed), engine.data)
    told = pages.texts(visit(A, B.with_seed(2)).main.info)[0]
    assert told.startswith("Only **Dropout** changed, 0 → 0.5: mean validation accuracy")
    alone = C.with_seed(4)
    stored_runs.finished(engine.store, alone, engine.data)
    engine.store.delete(C.name)
    told = pages.texts(visit(A, alone).main.info)[0]
    assert told.startswith("4 settings changed at once (") and "Seed 0 → 4" in told, (
        "with one run of C it may have been the seed"
    )


def test_two_seeds_of_each_are_too_few_and_one_is_one_sample(engine, three):
    told = pages.texts(visit(A, B).main.info)[0]
    assert told.endswith(conclusions.ONE_SAMPLE)
    for config in (A, B):
        stored_runs.finished(engine.store, config.with_seed(1), engine.data)
    at = visit(A, B)
    assert pages.texts(at.main.info)[0].endswith(
        "points**. There are too few seeds to judge it: train 3 of each at least."
    )
    assert not [text for text in pages.texts(at.main.markdown) if "t-test" in text]


def test_of_three_settings_the_best_is_told_with_those_it_cannot_be_told_apart_from(engine, three):
    for config, sure in ((A, 2.0), (B, 2.5), (C, 3.0)):
        for seed in (1, 2):
            stored_runs.finished(engine.store, config.with_seed(seed), engine.data, sure)
    told = pages.texts(visit(A, B, C).main.info)[0]
    assert told.startswith("**C** has the highest validation accuracy, ")
    assert "The best of 3 tries looks better than it is: on " in told


def test_seeds_of_two_settings_that_are_all_chosen_are_judged_as_two_sides(engine, three):
    seeded = [config.with_seed(seed) for config in (A, B) for seed in (1, 2)]
    for config in seeded:
        stored_runs.finished(engine.store, config, engine.data)
    told = pages.texts(visit(A, B, *seeded).main.info)[0]
    assert told.startswith("Only **Dropout** changed, 0 → 0.5: mean validation accuracy ")


def test_a_seed_that_diverged_is_counted_and_not_trained_again(engine, three):
    stored_runs.finished(engine.store, A.with_seed(1), engine.data, status="diverged")
    stored_runs.finished(engine.store, A.with_seed(2), engine.data)
    at = visit(A, B)
    assert list(table(at, "groups")["Diverged"]) == [1, 0]
    assert "Of 3 seeds of A, 1 diverged and is in no mean." in pages.texts(at.main.info)[0]
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


def test_two_seeds_of_one_config_are_one_family(engine, three):
    stored_runs.finished(engine.store, A.with_seed(1), engine.data)
    at = visit(A, A.with_seed(1))
    assert pages.texts(at.main.info)[0].startswith("Only the seed changed, 0 → 1: ")
    assert list(table(at, "groups")["Runs"]) == ["A B"]
    stored_runs.finished(engine.store, A.with_seed(2), engine.data)
    three_seeds = pages.texts(visit(A, A.with_seed(1), A.with_seed(2)).main.info)[0]
    assert three_seeds.startswith("Only the seed differs: validation accuracy from ")
    assert f"Train the missing seeds ({seeds.SEEDS - 2})" in pages.enabled(at)

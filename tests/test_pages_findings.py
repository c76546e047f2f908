"""What the page Train says after a run: its findings, what to try, and the run before it."""

import numpy as np
import pytest

from playground.config import RunConfig, with_settings
from playground.data import datasets
from playground.results import EpochMetrics, Result, Scores
from tests import pages

CONFIG = pages.made({"data.train_images": "200", "run.epochs": "10"})
TURNED = (2.3, 1.5, 1.2, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2)


def changed(config: RunConfig, **settings: str) -> RunConfig:
    found, problems = with_settings(
        {path.replace("__", "."): value for path, value in settings.items()}, config
    )
    assert problems == []
    return found


def stored(
    engine, config: RunConfig, unseen: float = 0.5, losses=TURNED, seen: float = 0.97
) -> dict[str, str]:
    """A finished run with these figures; gives the link that shows it."""
    dataset = datasets.load(config.data, engine.data)
    split = datasets.split(dataset, config.data)
    labels = {name: dataset.labels[getattr(split, name)] for name in ("validation", "test")}
    probabilities = {name: np.eye(10, dtype=np.float32)[one] for name, one in labels.items()}
    history = tuple(
        EpochMetrics(number, 2.3 / number, 0.9, loss, unseen, 0.001, 1.0, 0.1, 100.0)
        for number, loss in enumerate(losses, 1)
    )
    engine.store.queue(config, dataset.fingerprint)
    engine.store.start(config.name)
    engine.store.finish(
        config.name,
        Result(
            status="finished", message="", epochs=len(history), best_epoch=None,
            scores={
                "train": Scores(0.1, seen, 200),
                "validation": Scores(losses[-1], unseen, len(labels["validation"])),
                "test": Scores(losses[-1], unseen, len(labels["test"])),
            },
            parameters=100, seconds=1.0, device="cpu", versions={},
            fingerprint=dataset.fingerprint, history=history, probabilities=probabilities,
            labels=labels, weights=b"weights",
        ),
    )  # fmt: skip
    return {**config.settings(), "run": config.name}


def words(at) -> str:
    return "\n".join(pages.texts(at.main.markdown) + pages.texts(at.main.caption))


def test_a_run_that_memorised_is_told_so_with_its_figures_and_what_to_try(engine):
    at = pages.open_page(stored(engine, CONFIG))
    assert "It memorises its training images from epoch 4 on" in words(at)
    assert "97.0\u00a0% of the training images are right" in words(at)
    buttons = [one.label for one in at.main.button]
    assert buttons[-3:] == ["Train on all images", "Dropout 0.5", "Make it a lesson"]
    charts = [chart.alt for chart in pages.charts(at)]
    assert any("Marked at epoch 4: memorises from epoch 4 on" in alt for alt in charts)


def test_a_button_of_a_finding_changes_the_setting_and_asks_for_the_run(engine):
    at = pages.open_page(stored(engine, CONFIG))
    pages.press(at, "Dropout 0.5")
    assert pages.config_of(at) == changed(CONFIG, architecture__dropout="0.5")
    assert engine.store.get(pages.config_of(at).name).status == "queued"
    assert pages.badge(at) == "Waiting"


def test_a_lesson_is_made_of_a_finding_in_one_press(engine):
    at = pages.press(pages.open_page(stored(engine, CONFIG)), "Make it a lesson")
    ((_, lesson),) = engine.lessons.all()
    assert lesson.start == CONFIG and lesson.guess.right == "about 50 %"
    assert lesson.open == ("architecture.dropout", "data.train_images")
    assert lesson.title in str(pages.texts(at.main.subheader))


def test_what_cannot_be_trained_here_is_not_offered(engine, monkeypatch):
    monkeypatch.setattr(type(engine), "refusal", lambda self, config: "too much")
    at = pages.open_page(stored(engine, CONFIG))
    assert "It memorises" in words(at)
    assert not [one.label for one in at.main.button if "images" in one.label]


def test_of_a_run_that_went_well_nothing_is_said(engine):
    falling = tuple(2.3 / number for number in range(1, 11))
    at = pages.open_page(stored(engine, CONFIG, unseen=0.95, losses=falling))
    assert not [key for key in pages.keys(at) if key.startswith("finding.")]


def test_the_run_before_is_told_with_the_change_and_what_it_did(engine):
    falling = tuple(2.3 / number for number in range(1, 11))
    first = stored(engine, CONFIG, 0.9, falling)
    second = changed(CONFIG, optimizer__learning_rate="0.01")
    stored(engine, second, 0.95, falling)
    at = pages.open_page(first)
    assert "Last tries" not in [one.label for one in at.main.button_group]
    pages.change(at, "optimizer.adam.learning_rate", "0.01")
    pages.press(at, "Train")
    assert "Learning rate 0.001 → 0.01" in words(at)
    assert "validation 90.0\u00a0% → 95.0\u00a0%" in words(at) and "+5.0 points" in words(at)
    assert "one run each, so other seeds tell whether the change did it" in words(at)
    assert "Faint lines: the run before." in words(at)
    (metric,) = at.main.metric
    assert metric.delta == "+5.0 points"
    (row,) = [one for one in at.main.button_group if one.label == "Last tries"]
    assert [option.content for option in row.proto.options] == [
        "90.0\u00a0% · rate 0.001",
        "95.0\u00a0% · rate 0.01",
    ]


def test_with_seeds_enough_the_change_is_judged_by_their_means(engine):
    falling = tuple(2.3 / number for number in range(1, 11))
    second = changed(CONFIG, optimizer__learning_rate="0.01")
    for seed in range(3):
        stored(engine, CONFIG.with_seed(seed), 0.70 + 0.01 * seed, falling)
        stored(engine, second.with_seed(seed), 0.90 + 0.01 * seed, falling)
    at = pages.open_page({**CONFIG.settings(), "run": CONFIG.name})
    pages.change(at, "optimizer.adam.learning_rate", "0.01")
    pages.press(at, "Train")
    assert "validation 71.0\u00a0% → 91.0\u00a0%" in words(at)
    assert "more than seeds differ (means of 3 seeds)" in words(at)


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_run_that_was_stopped_is_not_judged(engine, which):
    falling = tuple(2.3 / number for number in range(1, 11))
    second = changed(CONFIG, optimizer__learning_rate="0.01")
    first = stored(engine, CONFIG, 0.4, falling)
    stored(engine, second, 0.9, falling)
    name = (CONFIG if which == "before" else second).name
    engine.store.database.write("UPDATE runs SET status = 'stopped' WHERE name = ?", name)
    at = pages.open_page(first)
    engine.store.database.write("UPDATE runs SET status = 'finished' WHERE name = ?", name)
    pages.change(at, "optimizer.adam.learning_rate", "0.01")
    engine.store.database.write("UPDATE runs SET status = 'stopped' WHERE name = ?", name)
    at.query_params["run"] = second.name
    pages.press(at, "Train") if which == "before" else pages.run(at)
    assert ":material/compare_arrows:" not in words(at)


def test_another_seed_alone_is_told_as_chance(engine):
    falling = tuple(2.3 / number for number in range(1, 11))
    first = stored(engine, CONFIG, 0.9, falling)
    stored(engine, CONFIG.with_seed(1), 0.95, falling)
    at = pages.open_page(first)
    pages.change(at, "run.seed", "1")
    pages.press(at, "Train")
    assert "only the seed changed, so this is chance alone" in words(at)


def test_an_earlier_try_brings_back_its_settings(engine):
    falling = tuple(2.3 / number for number in range(1, 11))
    first = stored(engine, CONFIG, 0.9, falling)
    second = changed(CONFIG, optimizer__learning_rate="0.01")
    stored(engine, second, 0.95, falling)
    at = pages.open_page(first)
    pages.change(at, "optimizer.adam.learning_rate", "0.01")
    pages.press(at, "Train")
    (row,) = [one for one in at.main.button_group if one.label == "Last tries"]
    row.set_value(CONFIG.name)
    pages.run(at)
    assert pages.config_of(at) == CONFIG
    assert at.query_params["run"] == CONFIG.name[:16]


@pytest.mark.parametrize("split", ["test_fraction", "split_seed", "validation_fraction"])
def test_runs_of_other_images_are_not_compared(engine, split):
    falling = tuple(2.3 / number for number in range(1, 11))
    first = stored(engine, CONFIG, 0.9, falling)
    value = {"test_fraction": "0.3", "split_seed": "7", "validation_fraction": "0.3"}[split]
    other = changed(CONFIG, **{f"data__{split}": value})
    stored(engine, other, 0.95, falling)
    at = pages.open_page(first)
    pages.change(at, f"data.digits.{split}", value)
    pages.press(at, "Train")
    assert pages.badge(at) == "Finished" and ":material/compare_arrows:" not in words(at)

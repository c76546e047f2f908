"""What the page shows of a run in every state, and how the sidebar and the run go together."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from playground import formats
from playground.config import RunConfig
from playground.data import datasets
from playground.results import EpochMetrics, Execution, Result, Scores
from tests import pages

CONFIG = pages.made({"run.epochs": "3"})
ENDED = {
    "finished": ("Finished", ""),
    "stopped": ("Stopped", "Stopped in epoch 2."),
    "diverged": ("Diverged", "The loss is no longer a number: use a smaller learning rate."),
    "failed": ("Failed", "There was not enough memory."),
    "interrupted": ("Interrupted", "The playground was closed before this run ended."),
}


def epoch(number: int) -> EpochMetrics:
    return EpochMetrics(number, 1 / number, 0.5, 2 / number, 0.4, 0.01, 2.0, 0.1, 1000.0)


def result(status: str, config: RunConfig, engine, message: str = "") -> Result:
    scored = status in ("finished", "stopped")
    return Result(
        status=status,
        message=message,
        epochs=2,
        best_epoch=None,
        scores={
            split: Scores(0.1234, 0.5, 1000 + place) if scored else None
            for place, split in enumerate(("train", "validation", "test"))
        },
        parameters=2778,
        seconds=1.5,
        device="cpu",
        versions={"torch": "2.0"},
        fingerprint=datasets.fingerprint(config.data, engine.data),
        history=(epoch(1), epoch(2)),
        probabilities={"test": np.full((10, 10), 0.1, np.float32)},
        labels={"test": np.zeros(10, np.int64)},
        weights=b"weights",
    )


def stored(engine, status: str, config: RunConfig = CONFIG) -> dict[str, str]:
    """A run in the store in that state; gives the link that shows it."""
    store, message = engine.store, ENDED.get(status, ("", ""))[1]
    store.queue(config, datasets.fingerprint(config.data, engine.data))
    if status != "queued":
        store.start(config.name)
        store.add_epochs(config.name, [epoch(1)])
    if status in ("failed", "interrupted"):
        store.end(config.name, status, message)
    elif status in ENDED:
        store.finish(config.name, result(status, config, engine, message))
    assert store.get(config.name).status == status
    return config.settings() | {"run": config.name[:16]}


def test_a_run_that_waits_names_those_that_train_but_not_itself(engine, monkeypatch):
    another = pages.made({"run.epochs": "4"})
    monkeypatch.setattr(engine, "training", lambda: [CONFIG, another])  # CONFIG has just begun
    at = pages.open_page(stored(engine, "queued"))
    told = [text for text in pages.texts(at.main.caption) if text.startswith("Now training: ")]
    assert told == ["Now training: Digits · MLP 32-16 · 4 epochs"]


def test_a_run_that_waits_can_be_stopped_and_says_what_it_waits_for(engine):
    at = pages.press(pages.open_page(CONFIG), "Train")
    assert pages.badge(at) == "Waiting"
    assert pages.enabled(at) == {"Train": True, "Star": True, "Stop": True}
    assert at.main.get("progress")[0].proto.text == "Starting the worker …"
    assert dict(at.query_params) == CONFIG.settings() | {"run": CONFIG.name[:16]}
    pages.press(at, "Stop")
    assert pages.badge(at) == "Stopped"
    assert pages.enabled(at) == {"Train": True, "Star": True}
    assert pages.texts(at.main.info) == ["Stopped before it began."]


def test_a_run_that_another_program_trains_is_shown_and_cannot_be_stopped_here(engine):
    at = pages.open_page(stored(engine, "running"))
    assert pages.badge(at) == "Training"
    assert pages.enabled(at) == {"Train": True, "Star": True, "Stop": False}
    assert "Another program" in pages.button(at, "Stop").help


def test_a_run_that_trains_shows_its_curves_and_how_far_it_is(engine):
    at = pages.open_page(stored(engine, "running"))
    (progress,) = at.main.get("progress")
    assert progress.proto.text.startswith("Epoch 2 of 3 · 1,000 images/s · ")
    assert progress.proto.value == 33
    assert [chart.alt for chart in pages.charts(at)] == [
        "Line chart of loss by epoch, training and validation. "
        "After epoch 1: training 1.00, validation 2.00.",
        "Line chart of accuracy by epoch, training and validation. "
        "After epoch 1: training 50.0\u00a0%, validation 40.0\u00a0%.",
    ]


@pytest.mark.parametrize("status", ENDED)
def test_a_run_that_ended_shows_how_and_what_it_reached(engine, status):
    at = pages.open_page(stored(engine, status))
    label, message = ENDED[status]
    assert pages.badge(at) == label
    tips = ("Learning rate 0.0001", "Clip gradients at 1") if status == "diverged" else ()
    assert pages.enabled(at) == dict.fromkeys(("Train", "Star", *tips), True)
    alert = at.main.error if status in ("failed", "diverged") else at.main.info
    assert pages.texts(alert) == ([message] if message else [])
    assert len(at.main.error) + len(at.main.info) == len(alert)
    assert len(pages.charts(at)) == 2
    assert not at.main.get("progress")
    scored = status in ("finished", "stopped")
    tables = [table.value for table in at.main.table if "Accuracy" in table.value]
    assert len(tables) == scored
    if scored:
        assert list(tables[0]["Split"]) == ["Train", "Validation", "Test"]
        assert list(tables[0]["Images"]) == ["1,000", "1,001", "1,002"]
        assert set(tables[0]["Loss"]) == {"0.123"} and set(tables[0]["Accuracy"]) == {"50.0\u00a0%"}


def test_mirrored_test_images_have_a_row_of_their_own_and_how_stands_by_the_device(engine):
    store = engine.store
    store.queue(CONFIG, datasets.fingerprint(CONFIG.data, engine.data))
    told = {"mirrored": Scores(0.1, 0.6, 1002), "execution": Execution(1)}
    store.finish(CONFIG.name, replace(result("finished", CONFIG, engine), **told))
    at = pages.open_page(CONFIG.settings() | {"run": CONFIG.name[:16]})
    (table,) = [table.value for table in at.main.table if "Accuracy" in table.value]
    assert list(table["Split"]) == ["Train", "Validation", "Test", "Test, mirrored too"]
    assert list(table["Accuracy"]) == [formats.share(share) for share in (0.5, 0.5, 0.5, 0.6)]
    assert [t for t in pages.texts(at.caption) if " s on cpu, 1 thread, float32 · " in t]


def test_the_axis_of_the_loss_can_be_logarithmic(engine):
    at = pages.open_page(stored(engine, "finished"))
    scales = {}
    for log in (False, True):
        pages.change(at, "live.log", log)
        specs = [json.loads(chart.spec) for chart in pages.charts(at)]
        scales[log] = [spec["layer"][1]["encoding"]["y"]["scale"]["type"] for spec in specs]
    assert scales == {False: ["linear", "linear"], True: ["log", "linear"]}


def test_a_run_that_watches_the_test_images_says_so(engine):
    config = pages.made({"data.validation": "test"})
    at = pages.open_page(stored(engine, "finished", config))
    assert [text for text in pages.texts(at.main.caption) if "not independent" in text]
    assert "training and test." in pages.charts(at)[0].alt


def test_an_answer_from_the_store_says_from_cache_and_when(engine):
    stored(engine, "finished")
    at = pages.press(pages.open_page(CONFIG), "Train")
    assert pages.badge(at) == "Finished"
    today = time.strftime("%d %B %Y").lstrip("0")
    assert [text for text in pages.texts(at.caption) if "Already trained on" in text]
    assert [text for text in pages.texts(at.caption) if today in text]


@pytest.mark.parametrize("status", ["stopped", "failed", "interrupted"])
def test_a_run_that_did_not_end_by_itself_is_trained_again(engine, status):
    at = pages.press(pages.open_page(stored(engine, status)), "Train")
    assert pages.badge(at) == "Waiting"
    assert engine.store.get(CONFIG.name).status == "queued"


@pytest.mark.parametrize("status", ["failed", "interrupted", "diverged"])
def test_a_session_begins_with_no_run_that_came_to_nothing(engine, status):
    engine.store.queue(RunConfig(), datasets.fingerprint(RunConfig().data, engine.data))
    engine.store.end(RunConfig().name, status, "For some reason.")
    at = pages.open_page()
    assert not [text for text in pages.texts(at.markdown) if "-badge[" in text]


def test_what_changed_since_the_run_is_named_and_back_restores_it(engine):
    link = stored(engine, "finished")
    at = pages.open_page(link)
    assert pages.at_foot(at) == [] and "Undo" not in pages.enabled(at)
    pages.change(at, "run.epochs", 9)
    assert pages.at_foot(at) == ["Epochs 3 → 9"]
    pages.change(at, "architecture.mlp.hidden", "8")
    assert pages.at_foot(at) == ["Hidden layers 32-16 → 8; Epochs 3 → 9"]
    pages.change(at, "optimizer.kind", "sgd")
    assert pages.at_foot(at)[0].endswith("; and 2 more")
    assert at.query_params["run"] == link["run"], "the run stays on the screen"
    pages.press(at, "Undo")
    assert pages.at_foot(at) == [] and "Undo" not in pages.enabled(at)
    assert pages.config_of(at) == CONFIG


def test_undo_is_there_while_a_setting_cannot_be_used(engine):
    at = pages.change(pages.open_page(stored(engine, "finished")), "run.epochs", "abc")
    assert pages.at_foot(at) == ["A setting cannot be used."]
    pages.press(at, "Undo")
    assert pages.config_of(at) == CONFIG and pages.at_foot(at) == []


def test_train_at_the_foot_of_the_page_trains_what_changed(engine):
    at = pages.change(pages.open_page(stored(engine, "finished")), "run.epochs", 9)
    (foot,) = [b for b in at.button if b.key == "train.page"]
    foot.click()
    pages.run(at)
    assert pages.badge(at) == "Waiting" and pages.at_foot(at) == []
    assert at.query_params["run"] == pages.made({"run.epochs": "9"}).name[:16]


def test_train_leads_from_any_page_to_the_run(engine):
    at = pages.press(pages.open_page(CONFIG, "pages/7_Ideas.py"), "Train")
    assert pages.badge(at) == "Waiting"
    assert at.session_state["app.page"] == "Train"


@pytest.mark.parametrize("validation", ["random", "none"])
def test_the_large_figure_is_of_unseen_images_and_says_how_sure_it_is(engine, validation):
    config = pages.made({"data.validation": validation})
    at = pages.open_page(stored(engine, "finished", config))
    (figure,) = at.metric
    images = {"random": "1,001", "none": "1,002"}[validation]
    assert figure.label == f"of {images} unseen digits right"
    assert figure.value == "50.0\u00a0% ± 3.1", "Wilson's interval of 500 of 1,000 right"


def test_the_run_of_the_settings_that_a_session_begins_with_is_shown(engine):
    stored(engine, "finished")
    at = pages.open_page(CONFIG)
    assert pages.badge(at) == "Finished"
    assert dict(at.query_params) == CONFIG.settings(), "the link that was opened stays"
    pages.change(at, "run.epochs", 9)
    assert at.query_params["run"] == CONFIG.name[:16]


def test_a_run_is_starred_where_it_is_looked_at(engine):
    at = pages.press(pages.open_page(stored(engine, "finished")), "Star")
    assert engine.store.get(CONFIG.name).starred
    pages.press(at, "Unstar")
    assert not engine.store.get(CONFIG.name).starred

"""What is told of a run, a sweep or a search elsewhere."""

import json
from dataclasses import replace

import pytest

from playground import tracking
from playground.config import Digits, EarlyStopping, Regularization, RunConfig, flat
from playground.config.sweeps import Range, Search
from playground.tracking import TrackingError
from tests import stored_runs, trials
from tests.small_runs import EVERYTHING, NOWHERE, small
from tests.tracking import SWEEP, kept, of, train

MEMBERS = SWEEP.members()


def test_every_setting_and_tag_is_there(store):
    train(store, EVERYTHING)
    sent, run = of(store, EVERYTHING), store.get(EVERYTHING.name)
    assert sent.settings() == flat(EVERYTHING)
    tags = sent.tags()
    assert (tags["run"], tags["status"], tags["path"]) == (run.name, "finished", run.execution_text)
    assert (tags["device"], tags["fingerprint"]) == (run.device, run.fingerprint)
    assert tags["versions.torch"] == run.versions["torch"]
    assert run.message == "" and "message" not in tags and "title" not in tags
    store.rename(run.name, "Mine")
    assert of(store, EVERYTHING).label == of(store, EVERYTHING).tags()["title"] == "Mine"
    assert RunConfig.model_validate_json(sent.config()) == EVERYTHING


def test_what_a_run_said_at_its_end_is_a_tag(store):
    early = EarlyStopping(watch="train_loss", patience=1, least_gain=10)
    config = small(epochs=5, regularization=Regularization(early_stopping=early))
    train(store, config)
    assert of(store, config).tags()["message"].startswith("Stopped early: no gain since epoch 1.")


def test_epochs_have_times_between_the_run_s_start_and_its_end(store):
    train(store, small())
    times = [time for _, time, _ in of(store, small()).epochs()]
    run = store.get(small().name)
    assert run.started <= times[0] < times[1] < times[2] <= run.ended


def test_what_was_not_measured_is_left_out(store):
    blind = small(data=Digits(train_images=200, validation="none"))
    train(store, blind)
    figures = of(store, blind).figures()
    assert not [name for name in figures if "validation" in name or "mirrored" in name]
    assert figures["final/test_images"] == 450
    assert all("loss/validation" not in found for _, _, found in of(store, blind).epochs())


def test_a_run_that_is_on_or_of_another_version_is_refused(store):
    store.queue(small(), "data")
    with pytest.raises(TrackingError, match="still on"):
        of(store, small())
    train(store, small())
    store.database.write("UPDATE runs SET config = '{}x'")
    with pytest.raises(TrackingError, match="another version"):
        of(store, small())


def test_a_sweep_is_sent_with_those_of_its_runs_that_came_to_their_end(store):
    study = kept(store)
    with pytest.raises(TrackingError, match=r"No run of this sweep has finished yet"):
        tracking.study_of(store, study)
    stored_runs.finished(store, MEMBERS[0].config, NOWHERE)
    stored_runs.finished(store, MEMBERS[1].config, NOWHERE, status="diverged")
    stored_runs.finished(store, MEMBERS[2].config, NOWHERE, status="stopped")
    sent = tracking.study_of(store, study)
    assert [one.run.name for one in sent.runs] == [member.run for member in MEMBERS[:2]]
    assert [one.label for one in sent.runs] == [
        "rate 0.01 · seed 0",
        "rate 0.01 · seed 1",
    ]
    assert sent.asked == 4 and sent.label == "Sweep of Learning rate"
    assert json.loads(sent.definition()) == json.loads(SWEEP.canonical())


def test_runs_on_data_that_was_replaced_are_left_out(store):
    for member in MEMBERS[:2]:
        stored_runs.finished(store, member.config, NOWHERE)
    store.database.write(
        "UPDATE runs SET fingerprint = 'old', submitted = 1 WHERE name = ?", MEMBERS[0].run
    )
    sent = tracking.study_of(store, kept(store))
    assert [one.run.name for one in sent.runs] == [MEMBERS[1].run]


def test_a_search_is_sent_with_its_finished_trials(store):
    field = Range(path="optimizer.learning_rate", low=0.001, high=0.1, log=True)
    search = Search(base=small(), fields=(field,), trials=5)
    store.studies.keep(search.name, "search", search.canonical())
    for number, rate in enumerate(("0.001", "0.02")):
        values = {"optimizer.learning_rate": rate}
        trials.enter(store, NOWHERE, search, number, values, "complete", 0.5, 3)
        status = "stopped" if number else "finished"
        stored_runs.finished(store, search.config(values), NOWHERE, status=status)
    sent = tracking.study_of(store, store.studies.by_prefix(search.name))
    assert [one.label for one in sent.runs] == ["trial 1 · rate 0.001"]
    assert (sent.asked, sent.folder) == (5, f"search-{search.name[:8]}")


def test_a_sweep_that_cannot_be_read_is_told(store):
    store.studies.keep("0" * 64, "sweep", "{}")
    with pytest.raises(TrackingError, match="cannot be read"):
        tracking.study_of(store, store.studies.by_prefix("0" * 64))


def test_folders_are_called_by_what_every_system_takes(store):
    train(store, small())
    sent = of(store, small())
    for label, start in {"../x": "x-", "": "run-", "a/b: ‹ö›": "a_b-", "x" * 99: "x" * 60}.items():
        assert replace(sent, label=label).folder.startswith(start)

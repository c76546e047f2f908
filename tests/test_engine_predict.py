"""Predictions of stored runs, asked of a real worker through the engine."""

import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch

from playground.config import RunConfig, with_settings
from playground.data import datasets
from playground.errors import UserError
from playground.results import StoredNetwork
from playground.service import Engine, weight_lending
from playground.service.cluster import ClusterError
from playground.store import StoreError
from tests import engines, small_runs
from tests.test_runs import result
from tests.waiting import wait

pytestmark = pytest.mark.slow

SHORT = {"data.train_images": "100", "run.epochs": "3", "architecture.hidden": "8"}
DIGIT = np.zeros((1, 8, 8, 1), np.uint8)


def dies(*_: object) -> None:
    """A prediction that ends its process."""
    os.kill(os.getpid(), 9)


def fails(*_: object) -> None:
    """A prediction that goes wrong as nobody foresaw."""
    raise KeyError("surprise")


def forgets(*_: object) -> None:
    """A worker that never has the weights."""


def elsewhere(function: str, stored: StoredNetwork, folder: Path, arguments: dict) -> object:
    """An answer on a machine that does not have the app's folders."""
    from playground.training.loaded_network import answer

    return answer(function, replace(stored, store="/nonexistent"), folder, arguments)


def lent_elsewhere(stored: StoredNetwork, start: int, piece: bytes) -> None:
    """What comes there from the app."""
    from playground.training.stored_networks import receive_weights

    receive_weights(replace(stored, store="/nonexistent"), start, piece)


def config(settings: dict[str, str], seed: int = 0) -> RunConfig:
    found, problems = with_settings(SHORT | {"run.seed": str(seed)} | settings)
    assert problems == []
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with engines.working(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture(scope="module")
def run(engine) -> str:
    """The name of a run that has ended."""
    return trained(engine, config({"data.scaling": "standard"}))


def trained(engine: Engine, asked: RunConfig) -> str:
    engine.train(asked)
    wait(lambda: not engine.store.get(asked.name).is_active)
    return asked.name


def keep(engine: Engine, asked: RunConfig, weights: bytes) -> str:
    """Enter a run of these settings that ended with these weights; gives its name."""
    fingerprint = datasets.fingerprint(asked.data, engine.data)
    engine.store.queue(asked, fingerprint)
    engine.store.finish(asked.name, replace(result(fingerprint=fingerprint), weights=weights))
    return asked.name


def drawn(asked: RunConfig, seed: int = 0) -> bytes:
    """Weights that nobody trained."""
    return safetensors.torch.save(small_runs.untrained(asked.with_seed(seed)).state_dict())


def refusal(engine: Engine, run: str, pixels: np.ndarray = DIGIT, timeout: float = 20) -> str:
    """The one sentence with which a prediction is refused."""
    with pytest.raises(UserError) as raised:
        engine.predict(run, pixels, timeout)
    sentence = str(raised.value)
    assert sentence and "\n" not in sentence
    return sentence


def test_a_stored_run_predicts_the_test_images_as_its_stored_probabilities_say(engine, run):
    asked = engine.store.get(run).config
    dataset = datasets.load(asked.data, engine.data)
    found = engine.predict(run, dataset.images[datasets.split(dataset, asked.data).test])
    np.testing.assert_allclose(found, engine.store.arrays(run)["probabilities_test"], atol=1e-5)


def test_predictions_come_while_a_run_is_on_and_leave_it_as_it_is_alone(engine, run):
    from playground.training import train

    asked = config({"architecture.dropout": "0.2", "run.epochs": "150"}, seed=1)
    engine.train(asked)
    wait(lambda: engine.store.epochs(asked.name))
    answers = []
    while engine.store.get(asked.name).is_active:
        answers.append(engine.predict(run, DIGIT))
    assert len(answers) > 3
    assert all(np.array_equal(answer, answers[0]) for answer in answers)
    *_, alone = train(asked, engine.data)
    assert engine.store.weights(asked.name).read_bytes() == alone.weights
    assert engine.store.get(asked.name).scores == alone.scores


def test_a_run_that_is_not_stored_is_refused(engine):
    assert "not stored" in refusal(engine, "0" * 64)


def test_a_run_that_is_on_or_left_no_weights_is_refused(engine):
    asked = config({}, seed=2)
    engine.store.queue(asked, "")
    assert "wait until it has ended" in refusal(engine, asked.name)
    engine.store.end(asked.name, "failed", "There was no room.")
    assert "left no weights" in refusal(engine, asked.name)


def test_a_store_that_cannot_be_read_is_told(engine, run, monkeypatch):
    def broken(_name):
        raise StoreError("The run store cannot be used just now.")

    monkeypatch.setattr(engine.store, "get", broken)
    assert "cannot be used just now" in refusal(engine, run)


def test_what_the_worker_refuses_is_told_in_its_sentence(engine, run):
    assert "8×8 pixels" in refusal(engine, run, np.zeros((1, 9, 9, 1), np.uint8))


def test_weights_damaged_on_disk_are_told(engine):
    name = trained(engine, config({}, seed=3))
    path = engine.store.weights(name)
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    assert "weights" in refusal(engine, name)
    path.write_bytes(safetensors.torch.save({"0.weight": safetensors.torch.load(whole)["1.bias"]}))
    assert "weights" in refusal(engine, name)


def test_an_error_nobody_foresaw_is_told_and_the_next_prediction_works(engine, run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("playground.worker.tasks.ANSWER", f"{__name__}:fails")
        assert "KeyError" in refusal(engine, run)
    assert engine.predict(run, DIGIT).shape == (1, 10)


def test_a_worker_that_dies_of_a_prediction_is_told_and_the_next_prediction_works(
    engine, run, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr("playground.worker.tasks.ANSWER", f"{__name__}:dies")
        assert "ended suddenly" in refusal(engine, run)
    assert engine.predict(run, DIGIT, timeout=60).shape == (1, 10)


def test_a_worker_that_does_not_answer_in_time_is_told(engine, run):
    waiting = Engine(engine.store, engine.data)  # never started, so nobody reads its mail
    assert "did not answer in time" in refusal(waiting, run, timeout=0.05)


def test_a_worker_that_cannot_be_had_is_told(engine, run, monkeypatch):
    def nowhere(*_):
        raise ClusterError("Training is not possible: there is no worker.")

    monkeypatch.setattr("playground.service.cluster.Cluster", nowhere)
    lonely = Engine(engine.store, engine.data)
    lonely.start()
    assert refusal(lonely, run) == "Training is not possible: there is no worker."
    lonely.close()


def test_who_draw_at_once_on_a_large_network_do_not_bring_it_into_the_app(engine):
    asked = config({"architecture.hidden": "2000-1000"})
    weights = drawn(asked)
    name = keep(engine, asked, weights)
    size = len(weights)
    del weights
    tracemalloc.start()
    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(lambda _: engine.predict(name, DIGIT), range(8)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(np.array_equal(answer, answers[0]) for answer in answers)
    assert size > 8e6 and peak < size / 2


def test_a_run_that_is_trained_anew_is_not_answered_with_its_old_weights(engine):
    asked = config({}, seed=4)
    first = engine.predict(keep(engine, asked, drawn(asked, 1)), DIGIT)
    again = engine.predict(keep(engine, asked, drawn(asked, 2)), DIGIT)
    assert not np.allclose(first, again)
    engine.store.delete(asked.name)
    assert "not stored" in refusal(engine, asked.name)


def test_a_worker_without_the_apps_folders_is_lent_a_network_once(engine, monkeypatch):
    asked = config({"architecture.hidden": "64-64"}, seed=5)
    weights = drawn(asked)
    name = keep(engine, asked, weights)
    expected = engine.predict(name, DIGIT)
    cluster, pieces = engine._dispatcher.cluster, []

    def counted(stored, start, piece, worker, done, lend=cluster.lend):
        pieces.append((start, len(piece)))
        return lend(stored, start, piece, worker, done)

    monkeypatch.setattr(cluster, "lend", counted)
    monkeypatch.setattr(weight_lending, "PIECE", 10_000)
    monkeypatch.setattr("playground.worker.tasks.ANSWER", f"{__name__}:elsewhere")
    monkeypatch.setattr("playground.worker.tasks.LEND", f"{__name__}:lent_elsewhere")
    with ThreadPoolExecutor(4) as visitors:
        answers = list(visitors.map(lambda _: engine.predict(name, DIGIT), range(4)))
    answers.append(engine.predict(name, DIGIT))
    for answer in answers:
        np.testing.assert_array_equal(answer, expected)
    starts = range(0, len(weights), 10_000)
    assert pieces == [(start, min(10_000, len(weights) - start)) for start in starts]


def test_a_worker_that_cannot_keep_what_it_is_lent_is_told(engine, run, monkeypatch):
    monkeypatch.setattr("playground.worker.tasks.ANSWER", f"{__name__}:forgets")
    monkeypatch.setattr("playground.worker.tasks.LEND", f"{__name__}:lent_elsewhere")
    assert "could not keep this network" in refusal(engine, run)

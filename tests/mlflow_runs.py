"""Runs read back from a real MLflow store, with MLflow's own client."""

import json
from pathlib import Path

from playground import tracking
from playground.config import RunConfig, flat
from playground.tracking import EXPERIMENT


def client(uri: str):
    from mlflow import MlflowClient

    return MlflowClient(uri)


def runs_in(uri: str, where: str = ""):
    experiment = client(uri).get_experiment_by_name(EXPERIMENT)
    assert experiment
    return client(uri).search_runs([experiment.experiment_id], where)


def artifact(run, name: str):
    file = Path(run.info.artifact_uri.removeprefix("file://")) / name
    return json.loads(file.read_text("utf-8"))


def assert_holds(uri: str, run, sent: tracking.TrackedRun) -> None:
    """MLflow's run has every setting and every number of ours, and no other."""
    assert run.data.params == flat(sent.run.config)
    epochs, figures = list(sent.epochs()), sent.figures()
    assert run.data.metrics == {**epochs[-1][2], **figures}
    for name in epochs[-1][2]:
        history = client(uri).get_metric_history(run.info.run_id, name)
        assert [(one.step, one.timestamp, one.value) for one in history] == [
            (epoch, round(time * 1000), found[name]) for epoch, time, found in epochs
        ]
    for name, value in figures.items():
        (one,) = client(uri).get_metric_history(run.info.run_id, name)
        assert (one.step, one.value) == (sent.run.epochs, value)
    ours = {k: v for k, v in run.data.tags.items() if k.startswith("playground.")}
    ours.pop("playground.of", None)
    assert ours == {f"playground.{name}": text for name, text in sent.tags().items()}
    assert (run.info.start_time, run.info.end_time) == (
        round(sent.began * 1000),
        round(sent.ended * 1000),
    )
    assert RunConfig.model_validate(artifact(run, "config.json")) == sent.run.config

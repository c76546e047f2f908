"""TensorBoard's files, read back with TensorBoard."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground import tracking
from playground.config import Run, flat
from playground.results import EpochMetrics, Result, Scores
from playground.store import RunStore
from playground.tracking import TrackingError, event_files
from tests.small_runs import small
from tests.tracking import SWEEP, of, require, swept, train

MEMBERS = SWEEP.members()
CURVES = {
    "loss/train": "train_loss",
    "loss/validation": "validation_loss",
    "accuracy/train": "train_accuracy",
    "accuracy/validation": "validation_accuracy",
    "learning_rate": "learning_rate",
    "gradient_norm": "gradient_norm",
}


@pytest.fixture
def tensorboard() -> None:
    require("tensorboard")


def read(folder: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    return found.Reload()


def assert_holds(folder: Path, store: RunStore, name: str) -> None:
    """The folder has every number of the run, and no other."""
    run, epochs, found = store.get(name), store.epochs(name), read(folder)
    finals = set()
    for split, scores in (run.scores | {"mirrored": run.mirrored}).items():
        for field in ("loss", "accuracy", "images") if scores else ():
            finals.add(f"final/{split}_{field}")
            (value,) = found.Scalars(f"final/{split}_{field}")
            assert value.value == np.float32(getattr(scores, field)) and value.step == run.epochs
    for name_, expected in {"parameters": run.parameters, "seconds": run.seconds}.items():
        finals.add(f"final/{name_}")
        assert found.Scalars(f"final/{name_}")[0].value == np.float32(expected)
    for tag, field in CURVES.items():
        read_back = [(event.step, event.value) for event in found.Scalars(tag)]
        assert read_back == [(one.epoch, np.float32(getattr(one, field))) for one in epochs]
    assert set(found.Tags()["scalars"]) == finals | set(CURVES)


def test_every_number_of_a_run_comes_back(tensorboard, store, tmp_path):
    flipped = small().model_copy(update={"run": Run(epochs=3, device="cpu", test_time_flip=True)})
    train(store, flipped)
    sent = of(store, flipped)
    folder = tracking.to_tensorboard(sent, tmp_path / "logs")
    assert folder == tmp_path / "logs" / sent.folder
    assert_holds(folder, store, flipped.name)
    found = read(folder)
    times = [time for _, time, _ in sent.epochs()]
    assert [event.wall_time for event in found.Scalars("loss/train")] == pytest.approx(times)
    for tag, text in {"run": sent.tags_json(), "config": sent.config()}.items():
        (event,) = found.Tensors(tag)
        assert event.tensor_proto.string_val[0].decode() == f"```json\n{text}```"


def test_a_run_sent_again_replaces_what_was_there(tensorboard, store, tmp_path):
    train(store, small())
    folder = tracking.to_tensorboard(of(store, small()), tmp_path)
    first = (folder / event_files.FILE).read_bytes()
    assert tracking.to_tensorboard(of(store, small()), tmp_path) == folder
    assert [path.name for path in folder.iterdir()] == [event_files.FILE]
    assert (folder / event_files.FILE).read_bytes() == first
    assert len(read(folder).Scalars("loss/train")) == 3


def test_numbers_too_large_for_float32_are_infinite(tensorboard, store, tmp_path):
    config = small(epochs=1)
    store.queue(config, "data")
    epoch = EpochMetrics(1, 1e300, 0.5, None, None, 0.1, 1e39, 0.1, 10.0)
    result = Result("finished", "", 1, None, {"test": Scores(1.0, 0.5, 2)}, 3, 1.0, "cpu", {}, "d")
    store.finish(config.name, replace(result, history=(epoch,)))
    found = read(tracking.to_tensorboard(of(store, config), tmp_path))
    assert found.Scalars("loss/train")[0].value == found.Scalars("gradient_norm")[0].value == np.inf


def test_a_sweep_has_a_folder_for_each_run_and_is_compared_under_hparams(
    tensorboard, store, tmp_path
):
    seen = []
    sent = tracking.study_of(store, swept(store))
    folder = tracking.to_tensorboard(sent, tmp_path, lambda done, of: seen.append((done, of)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert folder == tmp_path / f"sweep-{SWEEP.name[:8]}"
    assert {path.name for path in folder.iterdir()} == {one.folder for one in sent.runs}
    for one in sent.runs:
        assert_holds(folder / one.folder, store, one.run.name)
    groups, varied = compared(tmp_path)
    assert varied == {"optimizer.learning_rate", "run.seed"}
    assert {name.rpartition("/")[2] for name in groups} == {one.folder for one in sent.runs}
    for one in sent.runs:
        settings, accuracy = groups[f"{folder.name}/{one.folder}"]
        assert accuracy == np.float32(one.run.scores["validation"].accuracy)
        assert settings["optimizer.learning_rate"] == one.run.config.optimizer.learning_rate
        assert settings["run.seed"] == one.run.config.run.seed
        assert settings["architecture.hidden"] == "16" and settings["data.flip"] is False
        assert set(settings) == set(flat(one.run.config))


def compared(folder: Path):
    """What TensorBoard's HPARAMS tab shows: (settings, validation accuracy) by folder, and which
    settings it finds to differ."""
    from google.protobuf.json_format import MessageToDict
    from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
    from tensorboard.context import RequestContext
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

    events = EventMultiplexer().AddRunsFromDirectory(str(folder)).Reload()
    provider = MultiplexerDataProvider(events, str(folder))
    context = backend_context.Context(TBContext(data_provider=provider, logdir=str(folder)))
    asked = RequestContext(), context, ""
    request = api_pb2.ListSessionGroupsRequest(
        allowed_statuses=[api_pb2.STATUS_SUCCESS], slice_size=99
    )
    listed = list_session_groups.Handler(*asked, request).run()
    groups = {}
    for group in listed.session_groups:
        (session,) = group.sessions
        by_tag = {metric.name.tag: metric.value for metric in session.metric_values}
        settings = {name: MessageToDict(value) for name, value in group.hparams.items()}
        groups[session.name] = settings, by_tag["final/validation_accuracy"]
    experiment = context.experiment_from_metadata(
        asked[0], "", True, context.hparams_metadata(asked[0], ""), []
    )
    return groups, {info.name for info in experiment.hparam_infos if info.differs}


def test_a_folder_that_cannot_be_written_is_told(tensorboard, store, tmp_path):
    train(store, small())
    (tmp_path / "file").touch()
    with pytest.raises(TrackingError, match=r"cannot be written \(Not a directory\): choose"):
        tracking.to_tensorboard(of(store, small()), tmp_path / "file" / "logs")


def test_a_disk_that_is_full_leaves_what_was_there(tensorboard, store, tmp_path, monkeypatch):
    train(store, small())
    folder = tracking.to_tensorboard(of(store, small()), tmp_path)
    before = (folder / event_files.FILE).read_bytes()

    def full(sent):
        yield from list(_events(sent))[:2]
        raise OSError(28, "No space left on device")

    _events = event_files._events
    monkeypatch.setattr(event_files, "_events", full)
    with pytest.raises(TrackingError, match="No space left on device"):
        tracking.to_tensorboard(of(store, small()), tmp_path)
    assert [path.name for path in folder.iterdir()] == [event_files.FILE]
    assert (folder / event_files.FILE).read_bytes() == before


def test_without_tensorboard_it_is_said_how_to_install_it(store, tmp_path, monkeypatch):
    train(store, small())
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(TrackingError, match=r"tensorboard.*pip install -e .*tracking"):
        tracking.to_tensorboard(of(store, small()), tmp_path)


WITHOUT_TORCH = """
import sys
from pathlib import Path
from playground import tracking
from playground.store import RunStore
store = RunStore(Path(sys.argv[1]))
(run,) = store.all()
assert not {"tensorboard", "mlflow"} & set(sys.modules)
tracking.to_tensorboard(tracking.tracked_run_of(store, run), Path(sys.argv[2]))
sys.exit("torch" in sys.modules)
"""


def test_files_are_written_without_torch(tensorboard, store, tmp_path):
    train(store, small())
    folders = (str(tmp_path / "runs"), str(tmp_path / "logs"))
    subprocess.run([sys.executable, "-c", WITHOUT_TORCH, *folders], check=True)

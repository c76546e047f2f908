"""What is told of a run elsewhere, and TensorBoard's files, read back with TensorBoard."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground import tracking
from playground.config import Digits, Run, RunConfig, flat
from playground.records import EpochMetrics, Result, Scores
from playground.runs import RunStore
from playground.sweeps import Range, Search
from playground.tracking import TrackingError, event_files
from tests import stored_runs, trials
from tests.small_runs import EVERYTHING, NOWHERE, small
from tests.tracking import SWEEP, kept, require, swept, train

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


def of(store: RunStore, config: RunConfig) -> tracking.Tracked:
    return tracking.tracked_of(store, store.get(config.name))


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


# --- what is told of a run ---


def test_every_setting_and_tag_is_there(store):
    train(store, EVERYTHING)
    sent, run = of(store, EVERYTHING), store.get(EVERYTHING.name)
    assert sent.settings() == flat(EVERYTHING)
    tags = sent.tags()
    assert (tags["run"], tags["status"], tags["path"]) == (run.name, "finished", run.path)
    assert (tags["device"], tags["fingerprint"]) == (run.device, run.fingerprint)
    assert tags["versions.torch"] == run.versions["torch"]
    assert tags["message"] == run.message and "title" not in tags
    store.rename(run.name, "Mine")
    assert of(store, EVERYTHING).label == of(store, EVERYTHING).tags()["title"] == "Mine"
    assert RunConfig.model_validate_json(sent.config()) == EVERYTHING


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
        "learning_rate=0.01 seed=0",
        "learning_rate=0.01 seed=1",
    ]
    assert sent.asked == 4 and sent.label == "Sweep of optimizer.learning_rate"
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
    sent = tracking.study_of(store, store.studies.find(search.name))
    assert [one.label for one in sent.runs] == ["trial 0 learning_rate=0.001"]
    assert (sent.asked, sent.folder) == (5, f"search-{search.name[:8]}")


def test_a_sweep_that_cannot_be_read_is_told(store):
    store.studies.keep("0" * 64, "sweep", "{}")
    with pytest.raises(TrackingError, match="cannot be read"):
        tracking.study_of(store, store.studies.find("0" * 64))


def test_folders_are_called_by_what_every_system_takes(store):
    train(store, small())
    sent = of(store, small())
    for label, start in {"../x": "x-", "": "run-", "a/b: ‹ö›": "a_b-", "x" * 99: "x" * 60}.items():
        assert replace(sent, label=label).folder.startswith(start)


# --- TensorBoard's files ---


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
    for tag, text in {"run": sent.described(), "config": sent.config()}.items():
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
    with pytest.raises(TrackingError, match="pip install tensorboard"):
        tracking.to_tensorboard(of(store, small()), tmp_path)


WITHOUT_TORCH = """
import sys
from pathlib import Path
from playground import tracking
from playground.runs import RunStore
store = RunStore(Path(sys.argv[1]))
(run,) = store.all()
assert not {"tensorboard", "mlflow"} & set(sys.modules)
tracking.to_tensorboard(tracking.tracked_of(store, run), Path(sys.argv[2]))
sys.exit("torch" in sys.modules)
"""


def test_files_are_written_without_torch(tensorboard, store, tmp_path):
    train(store, small())
    folders = (str(tmp_path / "runs"), str(tmp_path / "logs"))
    subprocess.run([sys.executable, "-c", WITHOUT_TORCH, *folders], check=True)

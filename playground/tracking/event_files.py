"""TensorBoard's files: one folder a run, with its curves, final figures, settings and texts.

Written with what tensorboard itself writes them with, which torch's own writer uses too: 0.25 s
and 35 MB to import. tensorboardX imports torch wherever that is installed: 1.5 s and 550 MB.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from playground.config import setting_of
from playground.errors import not_installed
from playground.tracking.sources import Report, TrackedRun, TrackedStudy, TrackingError

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event

FILE = "events.out.tfevents.playground"
"""Always the same, so that a run that is sent again replaces what was there; TensorBoard reads
every file whose name has ``tfevents`` in it."""


def to_tensorboard(
    sent: TrackedRun | TrackedStudy, folder: Path, report: Report = lambda done, of: None
) -> Path:
    """Write a run, or those of a sweep or search, into a folder of their own in ``folder``; returns
    that.

    Losses and accuracies are kept as float32, as TensorBoard does. Raises TrackingError.
    """
    try:
        from tensorboard.summary.writer.record_writer import RecordWriter
    except ImportError:
        raise TrackingError(
            not_installed("Writing TensorBoard's files", "tensorboard", "tracking")
        ) from None
    of_all = folder / sent.folder
    runs = sent.runs if isinstance(sent, TrackedStudy) else (sent,)
    for done, one in enumerate(runs, 1):
        place = of_all / one.folder if isinstance(sent, TrackedStudy) else of_all
        try:
            _write(place, _events(one), RecordWriter)
        except OSError as error:
            raise TrackingError(
                f"{place} cannot be written ({error.strerror}): choose another folder, or make "
                "room on its disk."
            ) from None
        report(done, len(runs))
    return of_all


def _write(folder: Path, events: "Iterable[Event]", writer: Callable) -> None:
    """Write a folder's file beside its place first: TensorBoard may be reading the earlier one."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"writing.{os.getpid()}"
    try:
        with beside.open("wb") as file:
            records = writer(file)
            for event in events:
                records.write(event.SerializeToString())
        beside.replace(folder / FILE)
    finally:
        beside.unlink(missing_ok=True)


def _events(sent: TrackedRun) -> "Iterator[Event]":
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import metadata, plugin_data_pb2, summary_v2
    from tensorboard.plugins.text.summary_v2 import text_pb

    def scalars(figures: dict[str, float]) -> Summary:
        return Summary(value=[Summary.Value(tag=t, simple_value=v) for t, v in figures.items()])

    began, ended = sent.began, sent.ended
    yield Event(wall_time=began, file_version="brain.Event:2")
    # Not the experiment's own summary, which would list the settings for all runs: TensorBoard
    # takes the first that it finds, and a folder may hold several sweeps. Without one it collects
    # them from the runs.
    settings = {path: _typed(sent, path, text) for path, text in sent.settings().items()}
    start = summary_v2.hparams_pb(settings, trial_id=sent.run.name, start_time_secs=began)
    yield Event(wall_time=began, summary=start)
    for name, text in (("run", sent.tags_json()), ("config", sent.config())):
        yield Event(wall_time=began, summary=text_pb(name, f"```json\n{text}```"))
    for epoch, time, figures in sent.epochs():
        yield Event(wall_time=time, step=epoch, summary=scalars(figures))
    yield Event(wall_time=ended, step=sent.run.epochs, summary=scalars(sent.figures()))
    status = "STATUS_SUCCESS" if sent.run.status == "finished" else "STATUS_FAILURE"
    end = plugin_data_pb2.SessionEndInfo(status=status, end_time_secs=ended)
    data = plugin_data_pb2.HParamsPluginData(session_end_info=end)
    value = Summary.Value(
        tag=metadata.SESSION_END_INFO_TAG,
        metadata=metadata.create_summary_metadata(data),
        tensor=metadata.NULL_TENSOR,
    )
    yield Event(wall_time=ended, summary=Summary(value=[value]))


def _typed(sent: TrackedRun, path: str, text: str) -> bool | float | str:
    """Return a setting as TensorBoard sorts and filters it: numbers and switches as such."""
    setting = setting_of(sent.run.config, path)
    if setting is not None and setting.kind == "switch":
        return text == "true"
    if setting is not None and setting.kind in ("whole", "number") and text != setting.word:
        return float(text)
    return text

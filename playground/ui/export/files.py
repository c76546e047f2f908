"""A run's files: those made at once in the app's process, and those made in a process beside it.

The second kind takes some seconds: it is asked for, watched, stopped and downloaded.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.export import FILE_FORMATS, stem_of, subject_of
from playground.service import Engine
from playground.service.exports import ExportTask
from playground.store import Run
from playground.ui import state
from playground.ui.errors import show_error, shows_errors

POLL = 0.5
"""Seconds between two looks at a file that is made."""
_one_at_a_time = threading.Lock()
"""For what is downloaded: the weights of a large run take two or three times 200 MB meanwhile."""


def download_card(
    place: Any, engine: Engine, run: Run, name: str, about: str, missing: str = ""
) -> None:
    """Draw what a format is for, and the button that downloads it, or what is ``missing``."""
    file_format = FILE_FORMATS[name]
    with place.container(border=True, height="stretch"):
        st.markdown(f"**{file_format.title}**")
        st.caption(about)
        if missing := missing or file_format.missing():
            st.caption(f":material/block: {missing}")
            return
        # Made when it is asked for: weights may be large, and most visitors take one format.
        st.download_button(
            f"Download .{file_format.extension}", lambda: _download(engine, run, name),
            f"{stem_of(run)}.{file_format.extension}", file_format.mime, key=f"export.{name}",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _download(engine: Engine, run: Run, name: str) -> bytes:
    with _one_at_a_time:
        return _content(engine, run, name)


def script(engine: Engine, run: Run) -> str:
    """Return the script of a run. Raises a UserError or StoreError if it cannot be exported."""
    return _script(str(engine.store.folder), run.name, run.ended, engine, run)


# Runs are named by what they are, so a name and the time of its end stand for the text.
@st.cache_resource(max_entries=32, show_spinner="Writing the script …")
def _script(folder: str, name: str, ended: float | None, _engine: Engine, _run: Run) -> str:
    return _content(_engine, _run, "script").decode()


def _content(engine: Engine, run: Run, name: str) -> bytes:
    return FILE_FORMATS[name].make([subject_of(engine.store, run.name, engine.data)])


@dataclass(frozen=True)
class FileRequest:
    """What is made by a press of a button, and what becomes of it."""

    kind: str
    title: str
    arguments: tuple[str, ...]
    """Those of ``python -m playground``."""
    of: object
    """Tells apart what has the same arguments."""
    file: str
    """Its name; empty if nothing is downloaded, and what was done is shown."""
    mime: str
    send: str = ""
    """What its button says; without it, which file is made."""
    missing: str = ""
    """What must be installed first."""

    @property
    def ending(self) -> str:
        """That of its file, such as ``.onnx``."""
        return Path(self.file).suffix


def request_for(name: str, runs: Sequence[Run]) -> FileRequest:
    """Return the file that some runs become."""
    file_format = FILE_FORMATS[name]
    first, *others = [run.name for run in runs]
    beside = ["--with", *others] if others else []
    return FileRequest(
        name,
        file_format.title,
        ("export", first, "--as", name, "--stdout", *beside),
        tuple((run.ended, run.title) for run in runs),  # a report is headed by its title
        f"{stem_of(runs[0])}{'_and_others' if others else ''}.{file_format.extension}",
        file_format.mime,
        missing=file_format.missing(),
    )


def request_card(
    place: Any, engine: Engine, request: FileRequest, about: str, title: str = ""
) -> None:
    """Draw what a file is for, and the button that makes it, its progress, or its download."""
    with place.container(border=True, height="stretch"):
        st.markdown(f"**{title or request.title}**")
        st.caption(about)
        show_request(engine, request)


def show_request(engine: Engine, request: FileRequest) -> None:
    """Draw the button that makes a file, its progress, or its download; or what is missing."""
    if request.missing:
        st.caption(f":material/block: {request.missing}")
        return
    making = engine.exports.find(request.kind, request.arguments, request.of)
    on = making is not None and not making.over
    st.fragment(_watch, run_every=POLL if on else None)(engine, request, on)


def _watch(engine: Engine, request: FileRequest, was_on: bool) -> None:
    making = engine.exports.find(request.kind, request.arguments, request.of)
    on = making is not None and not making.over
    if on != was_on:
        st.rerun()  # the whole page: how often this part is drawn hangs on it
    if making and on:
        _wait(engine, making, request)
    elif making and making.content is not None and not request.file:
        st.success(labels.plain(making.content.decode()), icon=":material/check:")
        _button(engine, request)
    elif making and making.content is not None:
        st.download_button(
            f"Download {request.ending}", making.content, request.file, request.mime,
            key=_key(request), icon=":material/download:", on_click="ignore", type="primary",
        )  # fmt: skip
    else:
        if making and not making.stopped:
            show_error(making.problem)
        _button(engine, request)


def _button(engine: Engine, request: FileRequest) -> None:
    label = request.send or f"Make {request.ending}"
    if st.button(label, key=_key(request), icon=":material/build:"):
        submit(engine, request)
        st.rerun()


@shows_errors(state.keep_error)
def submit(engine: Engine, request: FileRequest) -> None:
    """Have it made; a message on the page if too many wait."""
    engine.exports.ask(
        request.kind, request.arguments, state.visitor(), request.of, anew=not request.file
    )


def _wait(engine: Engine, making: ExportTask, request: FileRequest) -> None:
    left = engine.exports.left(making)
    begun = making.began is not None
    st.caption(
        f":material/progress_activity: {'Being made' if begun else 'Waiting for others'}: about "
        f"{left:.0f} s left"
    )
    mine = state.visitor() in making.asked
    if mine and st.button("Stop", key=_key(request), icon=":material/stop:"):
        engine.exports.give_up(making, state.visitor())
        st.rerun()


def _key(request: FileRequest) -> str:
    return f"export.{request.kind}.{hash((request.arguments, request.of))}"

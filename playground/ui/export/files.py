"""Files that are made at once, in the app's own process."""

import threading
from typing import Any

import streamlit as st

from playground.export import FORMS, stem_of, subject_of
from playground.service import Engine
from playground.store import Run

_one_at_a_time = threading.Lock()
"""For what is downloaded: the weights of a large run take two or three times 200 MB meanwhile."""


def card(place: Any, engine: Engine, run: Run, name: str, about: str, missing: str = "") -> None:
    """Draw what a form is for, and the button that downloads it, or what is ``missing`` for it."""
    form = FORMS[name]
    with place.container(border=True, height="stretch"):
        st.markdown(f"**{form.title}**")
        st.caption(about)
        if missing := missing or form.missing():
            st.caption(f":material/block: {missing}")
            return
        # Made when it is asked for: weights may be large, and most visitors take one form.
        st.download_button(
            f"Download .{form.extension}", lambda: _download(engine, run, name),
            f"{stem_of(run)}.{form.extension}", form.mime, key=f"export.{name}",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _download(engine: Engine, run: Run, name: str) -> bytes:
    with _one_at_a_time:
        return _content(engine, run, name)


def script(engine: Engine, run: Run) -> str:
    """The script of a run. Raises a Refusal or StoreError where it cannot be exported."""
    return _script(str(engine.store.folder), run.name, run.ended, engine, run)


# Runs are named by what they are, so a name and the time of its end stand for the text.
@st.cache_resource(max_entries=32, show_spinner="Writing the script …")
def _script(folder: str, name: str, ended: float | None, _engine: Engine, _run: Run) -> str:
    return _content(_engine, _run, "script").decode()


def _content(engine: Engine, run: Run, name: str) -> bytes:
    return FORMS[name].make([subject_of(engine.store, run.name, engine.data)])

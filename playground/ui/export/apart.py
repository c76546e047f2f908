"""Files that take some seconds, made in a process beside the app: ask, watch, stop, download."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.export import FORMS, stem_of
from playground.service import Engine
from playground.service.exporting import Making
from playground.store import Run
from playground.ui import faults, state

POLL = 0.5
"""Seconds between two looks at a file that is made."""


@dataclass(frozen=True)
class Asked:
    """What is made by a press of a button, and what becomes of it."""

    kind: str
    title: str
    arguments: tuple[str, ...]
    """Those of ``python -m playground``."""
    of: object
    """Tells apart what has the same arguments."""
    file: str
    """Its name; empty where nothing is downloaded, and what was done is told."""
    mime: str
    send: str = ""
    """What its button says; without it, which file is made."""
    missing: str = ""
    """What must be installed first."""

    @property
    def ending(self) -> str:
        """That of its file, such as ``.onnx``."""
        return Path(self.file).suffix


def of_form(name: str, runs: Sequence[Run]) -> Asked:
    """The file that some runs become."""
    form = FORMS[name]
    first, *others = [run.name for run in runs]
    beside = ["--with", *others] if others else []
    return Asked(
        name,
        form.title,
        ("export", first, "--as", name, "--stdout", *beside),
        tuple((run.ended, run.title) for run in runs),  # a report is headed by its title
        f"{stem_of(runs[0])}{'_and_others' if others else ''}.{form.extension}",
        form.mime,
        missing=form.missing(),
    )


def card(place: Any, engine: Engine, asked: Asked, about: str, title: str = "") -> None:
    """Draw what a file is for, and the button that makes it, its progress, or its download."""
    with place.container(border=True, height="stretch"):
        st.markdown(f"**{title or asked.title}**")
        st.caption(about)
        show(engine, asked)


def show(engine: Engine, asked: Asked) -> None:
    """Draw the button that makes a file, its progress, or its download; or what is missing."""
    if asked.missing:
        st.caption(f":material/block: {asked.missing}")
        return
    making = engine.exports.find(asked.kind, asked.arguments, asked.of)
    on = making is not None and not making.over
    st.fragment(_watch, run_every=POLL if on else None)(engine, asked, on)


def _watch(engine: Engine, asked: Asked, was_on: bool) -> None:
    making = engine.exports.find(asked.kind, asked.arguments, asked.of)
    on = making is not None and not making.over
    if on != was_on:
        st.rerun()  # the whole page: how often this part is drawn hangs on it
    if making and on:
        _wait(engine, making, asked)
    elif making and making.content is not None and not asked.file:
        st.success(labels.plain(making.content.decode()), icon=":material/check:")
        _button(engine, asked)
    elif making and making.content is not None:
        st.download_button(
            f"Download {asked.ending}", making.content, asked.file, asked.mime,
            key=_key(asked), icon=":material/download:", on_click="ignore", type="primary",
        )  # fmt: skip
    else:
        if making and not making.stopped:
            st.error(labels.plain(making.problem), icon=":material/error:")
        _button(engine, asked)


def _button(engine: Engine, asked: Asked) -> None:
    label = asked.send or f"Make {asked.ending}"
    if st.button(label, key=_key(asked), icon=":material/build:"):
        ask(engine, asked)
        st.rerun()


@faults.told(state.refuse)
def ask(engine: Engine, asked: Asked) -> None:
    """Have it made; a word on the page where too many wait."""
    engine.exports.ask(asked.kind, asked.arguments, state.visitor(), asked.of, anew=not asked.file)


def _wait(engine: Engine, making: Making, asked: Asked) -> None:
    left = engine.exports.left(making)
    begun = making.began is not None
    st.caption(
        f":material/progress_activity: {'Being made' if begun else 'Waiting for others'}: about "
        f"{left:.0f} s left"
    )
    mine = state.visitor() in making.asked
    if mine and st.button("Stop", key=_key(asked), icon=":material/stop:"):
        engine.exports.give_up(making, state.visitor())
        st.rerun()


def _key(asked: Asked) -> str:
    return f"export.{asked.kind}.{hash((asked.arguments, asked.of))}"

"""Files that are made at once, in the app's own process."""

from typing import Any

import streamlit as st

from playground.export import FORMS, Subject


def card(place: Any, subject: Subject, name: str, about: str) -> None:
    """Draw what a form is for, and the button that downloads it."""
    form = FORMS[name]
    with place.container(border=True, height="stretch"):
        st.markdown(f"**{form.title}**")
        st.caption(about)
        st.download_button(
            f"Download .{form.extension}", lambda: content(subject, name),
            f"{subject.stem}.{form.extension}", form.mime, key=f"export.{name}",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def content(subject: Subject, name: str) -> bytes:
    """The file of a form. Raises ExportError."""
    return _content(name, subject.run.name, subject.run.ended, subject)


@st.cache_data(max_entries=64, show_spinner="Writing the file …")
def _content(form: str, name: str, ended: float | None, _subject: Subject) -> bytes:
    return FORMS[form].make([_subject])

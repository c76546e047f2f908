"""The file that this session uploaded: one, made small, and only while its page is looked at."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from playground.data.uploads import SMALL
from playground.errors import UserError

_UPLOADED = "app.uploaded"


def take_upload(file: UploadedFile, smaller: Callable[[bytes], bytes]) -> bytes:
    """Return what an uploaded file holds, made ``smaller`` if it is not small; the file itself
    is dropped, as is an earlier one: thirty photos would take 150 MB. Raises a UserError of
    ``smaller``."""
    data = file.getvalue()
    try:
        kept = data if len(data) <= SMALL else smaller(data)
    except UserError:
        _keep(file, data[:SMALL])  # by which it is refused again
        raise
    if kept is not data or st.session_state.get(_UPLOADED) != file.file_id:
        _keep(file, kept)
    return kept


def _keep(file: UploadedFile, data: bytes) -> None:
    """Have Streamlit hold this in place of a file, and nothing else for this session."""
    if st.session_state.get(_UPLOADED) != file.file_id:
        forget_upload()
        st.session_state[_UPLOADED] = file.file_id
    record = UploadedFileRec(file.file_id, file.name, file.type, data)
    files, session = _files()
    files.add_file(session, record)
    file.seek(0)  # the widget's own copy, which lives as long as its value
    file.truncate()
    file.write(data)


def forget_upload() -> None:
    """Drop the file that this session uploaded."""
    if file := st.session_state.pop(_UPLOADED, None):
        files, session = _files()
        files.remove_file(session, file)


def _files() -> tuple[Any, str]:
    """Return Streamlit's store of uploaded files, and this session's name in it."""
    context = get_script_run_ctx()
    assert context
    return context.uploaded_file_mgr, context.session_id

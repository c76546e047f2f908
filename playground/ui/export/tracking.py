"""A run or a sweep handed to TensorBoard and MLflow, if they are installed."""

import importlib.util
import os
from functools import cache

import streamlit as st

from playground.service import Engine
from playground.ui import rights
from playground.ui.export import files

_LIBRARIES = ("tensorboard", "mlflow")
_KEY = 8
"""Digits of a name in that of a file."""


def is_available() -> bool:
    """Tell whether there is a library to send to."""
    return any(map(_has, _LIBRARIES))


def section(engine: Engine, kind: str, name: str, of: object) -> None:
    """Draw what can be had of a stored run, sweep or search, folded; ``kind`` is what it is called.

    ``of`` changes with what is stored under the name.
    """
    with st.expander("TensorBoard and MLflow", icon=":material/ios_share:"):
        _show(engine, kind, name, of)


def _show(engine: Engine, kind: str, name: str, of: object) -> None:
    has_board, has_mlflow = map(_has, _LIBRARIES)
    first, second = st.columns(2)
    if has_board:
        file = f"{kind}_{name[:_KEY]}_tensorboard.zip"
        arguments = ("track", name, "--tensorboard", "-")
        files.request_card(
            first, engine,
            files.FileRequest("tensorboard", "TensorBoard", arguments, of, file, "application/zip"),
            f"The files of this {kind}: unpack them, and tensorboard --logdir shows its curves.",
        )  # fmt: skip
    if has_mlflow:
        with second.container(border=True, height="stretch"):
            st.markdown("**MLflow**")
            _mlflow(engine, kind, name, of)


@cache
def _has(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def _mlflow(engine: Engine, kind: str, name: str, of: object) -> None:
    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    if not uri:
        st.caption(
            "Set MLFLOW_TRACKING_URI to a server's address before the app is started, and this "
            f"{kind} is sent there from here."
        )
    elif not rights.is_in_charge():
        st.caption("The teacher sends runs to MLflow.")
    else:
        st.caption(f"Sends this {kind} to the tracking server. What is there already is kept.")
        arguments = ("track", name, "--mlflow")
        request = files.FileRequest(
            "mlflow", "MLflow", arguments, of, "", "", send="Send to MLflow"
        )
        files.show_request(engine, request)

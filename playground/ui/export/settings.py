"""A run's settings exported as a link and a file, and loaded again."""

from urllib.parse import urlencode

import streamlit as st

from playground.analysis import labels, names
from playground.config import MAX_FILE_BYTES, ConfigError, from_file
from playground.service import Engine
from playground.store import Run
from playground.ui import inputs, navigation, state
from playground.ui.errors import ERROR_ICON
from playground.ui.export import files

_DIGITS = 16


def show_link_and_file(engine: Engine, run: Run) -> None:
    """Draw the link of a run and the button that downloads its settings."""
    first, second = st.columns(2)
    with first.container(border=True, height="stretch"):
        st.markdown("**Link**")
        st.caption("Opens this run if it is stored; elsewhere the settings that train it.")
        st.code(_link(run), language=None, wrap_lines=True)
    files.download_card(
        second, engine, run, "config",
        "All settings in one JSON file, for the box below or the command line.",
    )  # fmt: skip


def _link(run: Run) -> str:
    query = run.config.settings() | {"run": run.name[:_DIGITS]}
    address = state.address_of(st.context.url or "", "Take_away")
    return f"{address}/?{urlencode(query)}"


def load_file() -> None:
    """Draw the box that takes a file of settings, and what was found in it."""
    content = inputs.upload(
        st, "A JSON file of settings: drag it here. What it leaves out takes its default.",
        lambda data: data[: MAX_FILE_BYTES + 1], type="json", key="export.settings",
    )  # fmt: skip
    if content is None:
        return
    try:
        config = from_file(content)
    except ConfigError as error:
        wrong = (problem.sentence(with_path=True) for problem in error.problems)
        problems = "\n".join(f"- {labels.plain(sentence)}" for sentence in wrong)
        st.error(f"These settings cannot be used.\n\n{problems}", icon=ERROR_ICON)
        return
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    navigation.try_settings_button(row, config, "export.bring", "Take these settings", "primary")
    row.markdown(labels.plain(names.of_config(config)))

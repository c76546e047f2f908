"""The only owner of session keys and query parameters.

A widget's key is its setting's path with the kind in it (``optimizer.adam.learning_rate``), so
every optimizer, data set and architecture remembers its own settings. The link holds what differs
from the defaults, and the run on the screen; it is read once, when a session begins.
"""

from typing import Any

import streamlit as st

from playground.config import KINDS, Part, RunConfig, Setting, settings_of, with_settings

BLOCK_COUNT = "architecture.cnn.block_count"
_STARTED, _RUN, _HOW, _WRITTEN = "app.started", "app.run", "app.how", "app.written"
_REFUSED, _SAMPLES = "app.refused", "app.samples"
_RUN_DIGITS = 16
_WORD = ".word"


def begin() -> list[str]:
    """Read the link when the session begins; returns a sentence for each thing wrong with it."""
    if st.session_state.get(_STARTED):
        return []
    st.session_state[_STARTED] = True
    params = st.query_params.to_dict()
    run = params.pop("run", None)
    settings = {key: value for key, value in params.items() if not key.startswith("embed")}
    config, problems = with_settings(settings)
    load(config)
    if run:
        st.session_state[_RUN] = run[:64]
    return problems


def load(config: RunConfig) -> None:
    """Set every widget to a config. To be called before the widgets are drawn, or in a callback."""
    for section in RunConfig.model_fields:
        part: Part = getattr(config, section)
        prefix = section
        if section in KINDS:
            kind = getattr(part, part.tag or "")
            st.session_state[f"{section}.kind"] = kind
            prefix = f"{section}.{kind}"
        _load_part(part, prefix)


def _load_part(part: Part, prefix: str) -> None:
    for name, setting in settings_of(type(part)).items():
        value = getattr(part, name)
        if setting.kind == "blocks":
            st.session_state[BLOCK_COUNT] = len(value)
            for index, block in enumerate(value):
                _load_part(block, f"{prefix}.{name}.{index}")
        elif setting.kind == "part":
            _load_part(value, f"{prefix}.{name}")
        else:
            put(f"{prefix}.{name}", setting, value)


def put(key: str, setting: Setting, value: Any) -> None:
    """Set one widget to a setting's value."""
    if setting.word:
        st.session_state[key + _WORD] = value == setting.word
        if value == setting.word:
            return
    if setting.kind == "widths":
        value = "-".join(map(str, value))
    st.session_state[key] = value


def default(key: str, value: Any) -> None:
    """Give a widget its first value, where it has none yet."""
    st.session_state.setdefault(key, value)


def word_key(key: str) -> str:
    """The key of the switch that stands for a setting's word, such as ``full``."""
    return key + _WORD


def get(key: str, otherwise: Any = None) -> Any:
    """What a widget holds."""
    return st.session_state.get(key, otherwise)


def reset() -> None:
    """Back to the defaults; other kinds forget what they remembered too."""
    sections = tuple(f"{section}." for section in RunConfig.model_fields)
    for key in [key for key in st.session_state if str(key).startswith(sections)]:
        del st.session_state[key]
    load(RunConfig())


def run() -> str | None:
    """The name of the run on the screen, or its first digits as a link gave them."""
    return st.session_state.get(_RUN)


def show_run(name: str | None, how: str = "") -> None:
    """Put a run on the screen; ``how`` it was answered: cached, joined or submitted."""
    st.session_state[_RUN], st.session_state[_HOW] = name, how


def how() -> str:
    """How the run on the screen was answered, empty where it came with the link."""
    return st.session_state.get(_HOW, "")


def write_link(config: RunConfig | None) -> None:
    """Keep the address in step with the settings and the run, so that it can be copied."""
    link = config.settings() if config else dict(st.session_state.get(_WRITTEN, {}))
    link.pop("run", None)
    if name := run():
        link["run"] = name[:_RUN_DIGITS]
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    st.session_state[_WRITTEN] = link


def session() -> str:
    """A name for this session, for the queue."""
    context = st.runtime.scriptrunner.get_script_run_ctx()
    return context.session_id if context else ""


def refuse(sentence: str) -> None:
    """Keep why a request was refused, to be shown once."""
    st.session_state[_REFUSED] = sentence


def take_refusal() -> str:
    """Why the last request was refused, once."""
    return st.session_state.pop(_REFUSED, "")


def samples() -> int:
    """Which draw of sample images is shown."""
    return st.session_state.get(_SAMPLES, 0)


def next_samples() -> None:
    """Show another draw of sample images."""
    st.session_state[_SAMPLES] = samples() + 1

"""The only owner of session keys and query parameters.

A widget's key is its setting's path with the kind in it (``optimizer.adam.learning_rate``), so
every optimizer, data set and architecture remembers its own settings. The link holds what differs
from the defaults, and the run on the screen; it is read once, when a session begins.

What the widgets hold is remembered here too: Streamlit forgets a widget's value when it is not
drawn, and on another page it is another widget, which would begin with its minimum.
"""

from typing import Any

import streamlit as st

from playground.config import KINDS, Part, RunConfig, Setting, settings_of, with_settings

BLOCK_COUNT = "architecture.cnn.block_count"
_PAGE, _RUN, _HOW, _WRITTEN = "app.page", "app.run", "app.how", "app.written"
_REMEMBERED = "app.remembered"
_SECTIONS = tuple(f"{section}." for section in RunConfig.model_fields)
_REFUSED, _SAMPLES = "app.refused", "app.samples"
_RUN_DIGITS = 16
_WORD = ".word"


def begin(page: str) -> tuple[list[str], bool]:
    """Read the link when the session begins, and bring the settings along to another page.

    Returns a sentence for each thing wrong with the link, and whether it named a run only.
    """
    came_from, st.session_state[_PAGE] = st.session_state.get(_PAGE), page
    if came_from is not None:
        if came_from != page:
            st.session_state.update(_remembered())
        return [], False
    params = st.query_params.to_dict()
    run = params.pop("run", None)
    settings = {key: value for key, value in params.items() if not key.startswith("embed")}
    config, problems = with_settings(settings)
    load(config)
    if run:
        st.session_state[_RUN] = run[:64]
    return problems, bool(run) and not settings


def _remembered() -> dict[str, Any]:
    return st.session_state.setdefault(_REMEMBERED, {})


def remember() -> None:
    """Keep what the widgets hold. To be called once they are drawn."""
    _remembered().update(
        (key, value) for key, value in st.session_state.items() if str(key).startswith(_SECTIONS)
    )


def recall(key: str) -> bool:
    """Give a widget that was not drawn for a while its value back; False where it had none."""
    if key not in st.session_state and key in _remembered():
        st.session_state[key] = _remembered()[key]
    return key in st.session_state


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
    if not recall(key):
        st.session_state[key] = value


def word_key(key: str) -> str:
    """The key of the switch that stands for a setting's word, such as ``full``."""
    return key + _WORD


def get(key: str, otherwise: Any = None) -> Any:
    """What a widget holds."""
    return st.session_state.get(key, otherwise)


def reset() -> None:
    """Back to the defaults; other kinds forget what they remembered too."""
    _remembered().clear()
    for key in [key for key in st.session_state if str(key).startswith(_SECTIONS)]:
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

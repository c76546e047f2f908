"""What the sidebar's widgets hold, and what they held while they were not drawn.

Streamlit forgets a widget's value when it is not drawn, as another kind's is, and all values if
a button leads to another page. So it is remembered here too.
"""

from typing import Any

import streamlit as st

from playground.config import KINDS, Part, RunConfig, Setting, as_text, settings_of
from playground.ui.state.identity import lesson

BLOCK_COUNT = "architecture.cnn.block_count"
_REMEMBERED = "app.remembered"
_SECTIONS = tuple(f"{section}." for section in RunConfig.model_fields)
_KEPT = (*_SECTIONS, "section.")
"""What is remembered: the settings, and which sections of the sidebar are open."""
_WORD = ".word"
_USUAL = "app.usual"
_FEW = 20


def remember() -> None:
    """Keep what the widgets hold. To be called once they are drawn."""
    # to_dict looks once for all values, items() once more for each.
    _remembered().update(
        (key, value)
        for key, value in st.session_state.to_dict().items()
        if str(key).startswith(_KEPT)
    )


def recall(key: str) -> bool:
    """Give a widget that was not drawn for a while its value back; False if it had none."""
    if key not in st.session_state and key in _remembered():
        st.session_state[key] = _remembered()[key]
    return key in st.session_state


def undrawn_value(key: str) -> Any:
    """Return what a widget holds that is not drawn, None if it never held anything.

    It is remembered only. Left in the session's state it would outlive the widget that is drawn
    next, and come back, old, when that one goes (Streamlit 1.67).
    """
    if key in st.session_state:
        _remembered()[key] = st.session_state[key]
        del st.session_state[key]
    return _remembered().get(key)


def load(config: RunConfig, *sections: str) -> None:
    """Set every widget to a config, or those of some sections, as far as the lesson lets it. To be
    called before the widgets are drawn, or in a callback."""
    if taken := lesson():
        config = taken.hold(config)
    for section in sections or RunConfig.model_fields:
        part: Part = getattr(config, section)
        prefix = section
        if section in KINDS:
            kind = getattr(part, part.tag or "")
            st.session_state[f"{section}.kind"] = kind
            prefix = f"{section}.{kind}"
        _load_part(part, prefix)
    remember()  # a fragment may go to another page before the sidebar is drawn again


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
            set_setting(f"{prefix}.{name}", setting, value)


def set_setting(key: str, setting: Setting, value: Any) -> None:
    """Set one widget to a setting's value."""
    if setting.word:
        st.session_state[key + _WORD] = value == setting.word
        if value == setting.word:
            return
    st.session_state[key] = widget_value(setting, value)


def widget_value(setting: Setting, value: Any) -> Any:
    """Return what a setting's widget holds of a value: its text, if it is typed."""
    if setting.kind == "widths":
        return "-".join(map(str, value))
    return as_text(value).removesuffix(".0") if is_typed(setting) else value


def is_typed(setting: Setting) -> bool:
    """Tell whether a setting is a number that is typed, and not chosen on a slider or from a
    list."""
    number = setting.kind in ("whole", "number")
    return number and not is_slider(setting) and not listed_numbers(setting)


def is_slider(setting: Setting) -> bool:
    """Tell whether a setting is a share, which is chosen on a slider."""
    low, high = setting.low, setting.high
    return setting.kind == "number" and low is not None and high is not None and 0.1 <= high < 1


def listed_numbers(setting: Setting) -> range | None:
    """Return the numbers that a setting can be, if they are few enough to be listed."""
    low, high = setting.low, setting.high
    if setting.kind != "whole" or setting.word or low is None or high is None or high - low > _FEW:
        return None
    return range(int(low), int(high) + 1)


def set_value(key: str, value: Any) -> None:
    """Make a widget hold a value; to be called before it is drawn, or in a callback.

    Nothing is written if it holds that already: what is written goes to the browser, in place of
    what someone may have chosen there since the script began.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def set_default(key: str, value: Any) -> None:
    """Give a widget its first value, if it has none yet."""
    if not recall(key):
        st.session_state[key] = value


def switch_key(key: str) -> str:
    """Return the key of the switch that stands for a setting's word, such as ``full``."""
    return key + _WORD


def get(key: str, otherwise: Any = None) -> Any:
    """Return what a widget holds."""
    return st.session_state.get(key, otherwise)


def reset() -> None:
    """Go back to the defaults; other kinds forget what they remembered too."""
    _remembered().clear()
    for key in [key for key in st.session_state if str(key).startswith(_SECTIONS)]:
        del st.session_state[key]
    taken = lesson()
    load(taken.start if taken else initial_config())


def set_initial(config: RunConfig) -> None:
    """Set what the settings begin with, in place of the defaults, if the app's limits ask for
    it."""
    st.session_state[_USUAL] = config


def initial_config() -> RunConfig:
    """Return what the settings begin with."""
    return st.session_state.get(_USUAL) or RunConfig()


def _remembered() -> dict[str, Any]:
    return st.session_state.setdefault(_REMEMBERED, {})

"""What the sidebar's widgets hold, and what they held while they were not drawn.

Streamlit forgets a widget's value when it is not drawn, as another kind's is, and all values if
a button leads to another page. So it is remembered here too.

A setting's widget is another one from each time that the script changes what it holds: a rerun may
be on its way from the browser with what it held before, as from a fragment that polls, and would
set it back (Streamlit 1.67; 1 of 14 resets beside a poll each half second). So every setting has a
key, by which it is known here, and ``widget_key`` is the key of its widget now.
"""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from playground.config import KINDS, Part, RunConfig, Setting, as_text, settings_of
from playground.ui.state.identity import lesson

BLOCK_COUNT, DATA_KIND = "architecture.cnn.block_count", "data.kind"
_WIDGETS = "app.widgets"
_SECTIONS = tuple(f"{section}." for section in RunConfig.model_fields)
_KEPT = (*_SECTIONS, "section.")
"""What is remembered: the settings, and which sections of the sidebar are open."""
_USUAL, _DATA_SETS = "app.usual", "app.data_sets"
_MARK = "~"
"""Stands in a widget's key before its number."""
_FEW = 20


@dataclass(frozen=True)
class _Widgets:
    """What is known of the settings' widgets, by their keys: the values that they held, and the
    numbers of those that took another's place. One object, as each look into the session's state
    costs as much as a small widget."""

    values: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def drawn(self, key: str) -> str:
        """Return the key of the widget that now stands for this key."""
        return f"{key}{_MARK}{self.numbers[key]}" if key in self.numbers else key


def remember() -> None:
    """Keep what the widgets hold. To be called once they are drawn."""
    widgets = _widgets()
    # to_dict looks once for all values, items() once more for each.
    for drawn, value in st.session_state.to_dict().items():
        key = str(drawn).partition(_MARK)[0]
        if key.startswith(_KEPT) and drawn == widgets.drawn(key):
            widgets.values[key] = value


def widget_key(key: str) -> str:
    """Return the key of the widget that now stands for this key."""
    return _widgets().drawn(key)


def recall(key: str) -> bool:
    """Give a widget that was not drawn for a while its value back; False if it had none."""
    widgets = _widgets()
    drawn = widgets.drawn(key)
    if drawn in st.session_state:
        return True
    if key in widgets.values:
        st.session_state[drawn] = widgets.values[key]
    return key in widgets.values


def drawn_value(key: str, first: Any) -> tuple[str, Any]:
    """Return the key of a widget that is drawn next, and what it holds: ``first`` if it never held
    anything."""
    widgets = _widgets()
    drawn = widgets.drawn(key)
    if drawn not in st.session_state:
        st.session_state[drawn] = widgets.values.get(key, first)
    return drawn, st.session_state[drawn]


def held(key: str) -> Any:
    """Return what a widget holds, or held when it was drawn last; None if it held nothing."""
    widgets = _widgets()
    drawn = widgets.drawn(key)
    return st.session_state[drawn] if drawn in st.session_state else widgets.values.get(key)


def undrawn_value(key: str) -> Any:
    """Return what a widget holds that is not drawn now, None if it never held anything.

    From now on it is remembered only. Left in the session's state it would outlive the widget that
    is drawn next, and come back, old, when that one goes (Streamlit 1.67).
    """
    widgets = _widgets()
    drawn = widgets.drawn(key)
    if drawn in st.session_state:
        widgets.values[key] = st.session_state[drawn]
        del st.session_state[drawn]
    return widgets.values.get(key)


def set_undrawn(key: str, value: Any) -> None:
    """Make a setting's widget hold a value, be it drawn next or not; to be called before it is
    drawn, or in a callback."""
    if held(key) != value:
        _widgets().values[key] = value
        _drop(key)


def load(config: RunConfig, *sections: str) -> None:
    """Set every widget to a config, or those of some sections, as far as the lesson lets it. To be
    called before the widgets are drawn, or in a callback."""
    if taken := lesson():
        config = taken.hold(config)
    before = _widgets().values.get(DATA_KIND)
    if before and not sections and taken is None and before != config.data.name:
        remember()
        _keep_data_set(before)
    for section in sections or RunConfig.model_fields:
        part: Part = getattr(config, section)
        prefix = section
        if section in KINDS:
            kind = getattr(part, part.tag or "")
            set_value(f"{section}.kind", kind)
            prefix = f"{section}.{kind}"
        _load_part(part, prefix)
    remember()  # a fragment may go to another page before the sidebar is drawn again


def _load_part(part: Part, prefix: str) -> None:
    for name, setting in settings_of(type(part)).items():
        value = getattr(part, name)
        if setting.kind == "blocks":
            set_value(BLOCK_COUNT, len(value))
            for index, block in enumerate(value):
                _load_part(block, f"{prefix}.{name}.{index}")
        elif setting.kind == "part":
            _load_part(value, f"{prefix}.{name}")
        else:
            set_setting(f"{prefix}.{name}", setting, value)


def set_setting(key: str, setting: Setting, value: Any) -> None:
    """Set one widget to a setting's value."""
    set_value(key, widget_value(setting, value))


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
    drawn = widget_key(key)
    if drawn in st.session_state and st.session_state[drawn] == value:
        return
    if key.startswith(_SECTIONS):
        _drop(key)
    st.session_state[widget_key(key)] = value


def set_default(key: str, value: Any) -> None:
    """Give a widget its first value, if it has none yet."""
    if not recall(key):
        st.session_state[widget_key(key)] = value


def get(key: str, otherwise: Any = None) -> Any:
    """Return what a widget holds."""
    return st.session_state.get(widget_key(key), otherwise)


def reset(to: RunConfig) -> None:
    """Set every widget to a config; other kinds forget what they remembered too. In a callback."""
    _forget()
    load(to)


def change_data_set(kind: str, begin: RunConfig) -> None:
    """Remember for this session all that was set for the data set before, and take over what was
    set for the one of this kind, or what it begins with at its first time. In a callback."""
    if kind == (before := _widgets().values[DATA_KIND]):
        return
    remember()
    _keep_data_set(before)
    _forget()
    if kept := st.session_state[_DATA_SETS].get(kind):
        _widgets().values.update(kept)
    else:
        load(begin)


def _keep_data_set(kind: str) -> None:
    """Keep what is remembered of the settings as what was set for that data set."""
    st.session_state.setdefault(_DATA_SETS, {})[kind] = {
        key: value
        for key, value in _widgets().values.items()
        if key.startswith(_SECTIONS) and key != DATA_KIND
    }


def _forget() -> None:
    """Drop all settings, but which data set is chosen."""
    remember()
    for key in [key for key in _widgets().values if key.startswith(_SECTIONS) and key != DATA_KIND]:
        del _widgets().values[key]
        _drop(key)


def _drop(key: str) -> None:
    """Drop what a setting's widget holds; if it was drawn, another one takes its place."""
    widgets = _widgets()
    if (drawn := widgets.drawn(key)) in st.session_state:
        del st.session_state[drawn]
        widgets.numbers[key] = widgets.numbers.get(key, 0) + 1


def set_initial(config: RunConfig) -> None:
    """Set what the settings begin with, in place of the defaults, if the app's limits ask for
    it."""
    st.session_state[_USUAL] = config


def initial_config() -> RunConfig:
    """Return what the settings begin with."""
    return st.session_state.get(_USUAL) or RunConfig()


def _widgets() -> _Widgets:
    if (found := st.session_state.get(_WIDGETS)) is None:
        found = st.session_state[_WIDGETS] = _Widgets()
    return found

"""Numbers that are asked for beside the settings."""

from typing import Any

from playground.config import Setting, as_text
from playground.ui import faults, state


def ask(place: Any, setting: Setting, key: str, **options: Any) -> float:
    """The number that is typed, or chosen where there are few. Raises ConfigError."""
    options |= {"key": key, "persist_state": "session", "help": setting.help or None}
    if numbers := state.few(setting):
        state.default(key, int(setting.default))
        return place.selectbox(setting.label, numbers, **options)
    state.default(key, as_text(setting.default).removesuffix(".0"))
    return setting.read(place.text_input(setting.label, **options))


def ask_or(place: Any, setting: Setting, key: str, **options: Any) -> float:
    """The number that is typed, or the first one after a word on the page."""
    with faults.told():
        return ask(place, setting, key, **options)
    return setting.default

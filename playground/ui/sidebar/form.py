"""Fields to widgets: drawn from their limits, help and unit in config, and read as values."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

import streamlit as st

from playground.analysis import labels
from playground.config import KINDS, ConfigError, Part, Setting, settings_of
from playground.config.lessons import Access, Lesson
from playground.config.paths import parent_of, section_of, set_at, value_at
from playground.errors import Problem
from playground.ui import state

_WORDS = {
    "data.train_images": ("All training images", 1000),
    "run.batch_size": ("Full batch", 32),
    "architecture.bias": ("PyTorch's own biases", 0.0),
}
"""Settings that are a number or a word: the switch's label, and the number to begin with."""


class Form:
    """Draws fields, and collects what they hold as nested values for the config."""

    def __init__(self, lesson: Lesson | None = None) -> None:
        """Begin an empty form; ``lesson`` says which fields are hidden, and which are shown but
        cannot be changed."""
        self.lesson = lesson
        self.values: dict[str, Any] = {}
        self._drawn = True
        self._slots: dict[str, Any] = {}
        self._labels: dict[str, str] = {}

    def access(self, path: str) -> Access:
        """Tell whether a setting is open, shown but fixed, or hidden."""
        return self.lesson.access(path) if self.lesson else "open"

    def shows(self, *paths: str) -> bool:
        """Tell whether any of these settings, or of those below them, is shown."""
        if self.lesson is None:
            return True
        seen = {*self.lesson.open, *self.lesson.fixed}
        return any(self.access(path) != "hidden" for path in paths) or any(
            one.startswith(f"{path}.") for one in seen for path in paths
        )

    def put(self, path: str, value: Any) -> None:
        """Set a value by its dotted path."""
        set_at(self.values, path, value, make=True)

    def value(self, path: str) -> Any:
        """Return what was read for a dotted path."""
        return value_at(self.values, path)

    @contextmanager
    def folded(
        self, label: str, key: str, *paths: str, look: Literal["default", "compact"] = "default"
    ) -> Iterator[None]:
        """Draw a section for these settings that is shut at first, but in a lesson that shows one
        of them. While it is shut, its fields are read and not drawn: a widget that nobody sees
        costs a rerun as much as another."""
        if not self._drawn or not self.shows(*paths):  # inside another that is shut, or all hidden
            yield
            return
        state.set_default(key, self.lesson is not None)
        section = st.expander(label, type=look, key=key, on_change="rerun")
        with section:
            self._drawn = bool(section.open)
            yield
        self._drawn = True

    def slot(self, path: str) -> None:
        """Add a place for messages about this setting or those below it."""
        if self._drawn:
            self._slots[path] = st.container()

    def tell(self, problem: Problem) -> str:
        """Show a problem beside the widget it is about, which it calls by its label; gives the
        sentence."""
        path, sentence = problem.path, problem.sentence(self._labels.get(problem.path))
        while path and path not in self._slots:
            path = parent_of(path)
        (self._slots.get(path) or st.sidebar).error(labels.plain(sentence))
        return sentence

    def kind(self, section: str, on_change: Callable[[], None] | None = None) -> str:
        """Choose the kind of a section, such as the optimizer."""
        kinds = KINDS[section]
        tag = next(iter(kinds.values())).tag
        key = f"{section}.kind"
        state.set_default(key, next(iter(kinds)))
        access = self.access(f"{section}.{tag}")
        if access == "hidden":
            self.put(f"{section}.{tag}", state.get(key))
            return state.get(key)
        if state.get(key) not in kinds:  # a forged message says so
            state.set_value(key, next(iter(kinds)))
        chosen = st.selectbox(
            labels.of_kinds(section), list(kinds), list(kinds).index(state.get(key)),
            format_func=partial(labels.of_kind, section), key=key, disabled=access == "fixed",
            on_change=on_change,
        )  # fmt: skip
        self.put(f"{section}.{tag}", chosen)
        st.caption((kinds[chosen].__doc__ or "").strip())
        return chosen

    def fields(self, part: type[Part], path: str, names: list[str], key: str = "") -> None:
        """Draw some fields of a part. ``path`` is where they stand in the config."""
        if not key:
            section = section_of(path)
            kind = f".{state.get(f'{section}.kind')}" if section in KINDS else ""
            key = path.replace(section, section + kind, 1)
        for name in names:
            setting = settings_of(part)[name]
            access = self.access(f"{path}.{name}")
            first = self._first(f"{path}.{name}", setting)
            if self._drawn and access != "hidden":
                value = _widget(f"{path}.{name}", f"{key}.{name}", setting, first, access)
            else:
                value = _held(f"{path}.{name}", f"{key}.{name}", setting, first)
            self.put(f"{path}.{name}", value)
            if access == "hidden":
                continue
            self._labels[f"{path}.{name}"] = setting.label
            unread = isinstance(value, str) and value != setting.word and state.is_typed(setting)
            if setting.kind == "widths" or unread:
                self.slot(f"{path}.{name}")

    def _first(self, path: str, setting: Setting) -> Any:
        """Return what a field begins with: in a lesson, what its start has, if it has the
        field."""
        usual = setting.default
        return value_at(self.lesson.start, path, usual) if self.lesson else usual


def _held(path: str, key: str, setting: Setting, first: Any) -> Any:
    """Return the setting's value if its widget is not drawn."""
    if setting.word:
        on = state.undrawn_value(state.switch_key(key))
        if on or (on is None and first == setting.word):
            return setting.word
        first = _WORDS[path][1] if first == setting.word else first
    value = state.undrawn_value(key)
    return first if value is None else _read(setting, value)


def _widget(path: str, key: str, setting: Setting, first: Any, access: Access) -> Any:
    """Draw one widget; gives the setting's value as the config takes it."""
    recalled = state.recall(key)
    if not (state.recall(state.switch_key(key)) if setting.word else recalled):
        state.set_setting(key, setting, first)
    common: dict[str, Any] = {"help": setting.help, "disabled": access == "fixed"}
    unit = setting.unit if setting.unit not in setting.label.lower() else ""
    label = setting.label + (f" ({unit})" if unit else "")
    if setting.word:
        switch, number = _WORDS[path]
        word = state.switch_key(key)
        if st.toggle(switch, state.get(word), key=word, **common):
            return setting.word
        state.set_default(key, state.widget_value(setting, number))
    # What a widget holds is also its value by birth. Set by the session's state alone it is sent
    # once, and lost if that run of the script is cut short by a click: then the browser would
    # draw the least value there is, and send that back.
    held = state.get(key)
    if setting.kind == "choice":
        place = setting.choices.index(held) if held in setting.choices else 0
        return st.selectbox(
            label, setting.choices, place, key=key, format_func=setting.called, **common
        )
    if setting.kind == "switch":
        return st.toggle(label, held, key=key, **common)
    if setting.kind == "widths":
        return st.text_input(label, held, key=key, placeholder="none", max_chars=200, **common)
    if state.is_slider(setting):
        low, high = float(setting.low or 0), float(setting.high or 1)
        return st.slider(label, low, high, held, step=0.01, key=key, **common)
    if numbers := state.listed_numbers(setting):
        place = numbers.index(held) if held in numbers else 0
        return st.selectbox(label, numbers, place, key=key, **common)
    # A browser's own box for numbers makes 5 of 0,05, and 1 of 1e3.
    return _read(setting, st.text_input(label, held, key=key, **common))


def _read(setting: Setting, value: Any) -> Any:
    """Return what a widget holds as the config takes it: a number, if one was typed that can
    be."""
    if not state.is_typed(setting):
        return value
    try:
        return setting.read(value)
    except ConfigError:
        return value

"""Fields to widgets: drawn from their limits, help and unit in config, and read as values."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.config import KINDS, ConfigError, Part, RunConfig, Setting, as_text, settings_of
from playground.config.lessons import Access, Lesson
from playground.config.paths import item_of, name_of, parent_of, section_of, set_at, value_at
from playground.errors import Problem
from playground.ui import inputs, state

_JUDGED_LATER = ("data.train_images", "run.epochs", "run.batch_size")
"""Numbers that may be in their limits and still be too large, here or for the data."""
_NARROWEST = 60
"""Pixels of a field in a row; in fewer the row would wrap."""
_SHORT = 14
"""Letters of a label that fit half the sidebar."""


class Form:
    """Draws fields, and collects what they hold as nested values for the config."""

    def __init__(self, begins: RunConfig, lesson: Lesson | None = None, page: Any = None) -> None:
        """Begin an empty form of settings that begin as this config has them; ``lesson`` says which
        fields are hidden, and which are shown but cannot be changed. ``page`` is a place on the
        page for those that are open; None if they stand in the sidebar too."""
        self.begins, self.lesson, self._page = begins, lesson, page
        self.values: dict[str, Any] = {}
        self.drawn = True
        self.changed: set[str] = set()
        """The settings of a fold that differ from what they begin with."""
        self._peeks = self._in_row = False
        self._slots: dict[str, Any] = {}

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

    def heads(self, *paths: str) -> bool:
        """Tell whether any of these settings, or of those below them, stands in the sidebar."""
        if self._page is None or self.lesson is None:
            return self.shows(*paths)
        return any(f"{one}.".startswith(f"{path}.") for one in self.lesson.fixed for path in paths)

    def put(self, path: str, value: Any) -> None:
        """Set a value by its dotted path."""
        set_at(self.values, path, value, make=True)

    def value(self, path: str) -> Any:
        """Return what was read for a dotted path."""
        return value_at(self.values, path)

    @contextmanager
    def undrawn(self, now: bool = True) -> Iterator[None]:
        """Read the fields within, and do not draw them, if that is so ``now``."""
        drawn = self.drawn
        self.drawn = drawn and not now
        yield
        self.drawn = drawn

    def fold(self, draw: Callable[[], None], key: str, *paths: str, label: str = "More") -> None:
        """Draw what ``draw`` does behind a button that says how much of it differs from what the
        settings begin with; in a lesson as it is, which shows few settings.

        While it is shut, its fields are read and not drawn: a widget that nobody sees costs a rerun
        as much as another.
        """
        if self.lesson is not None:
            with self.undrawn(not self.shows(*paths)):
                draw()
            return
        state.set_default(key, False)
        self._peeks = is_open = bool(state.get(key))
        self.changed.clear()
        with self.undrawn():
            draw()
        self._peeks = False
        many = f" ({len(self.changed)} changed)" if self.changed else ""
        # Not an expander: it would shut as its label changes (Streamlit 1.67).
        st.button(
            f":gray[{label}{many}]", key=f"fold.{key}", type="tertiary",
            icon=":material/expand_less:" if is_open else ":material/expand_more:",
            on_click=state.set_value, args=(key, not is_open),
        )  # fmt: skip
        if is_open:
            draw()

    @contextmanager
    def row(self, columns: int, *paths: str) -> Iterator[None]:
        """Draw the fields within, those of these settings, side by side; messages about them stand
        below."""
        here = [path for path in paths if not self._is_on_page(path)]
        shown = [path for path in here if self.access(path) != "hidden"]
        if not self.drawn or not shown:
            yield
            return
        self._in_row = True
        # Not columns: on a phone those would stand below each other.
        with st.grid(min(columns, len(shown)), min_column_width=_NARROWEST):
            yield
        self._in_row = False
        self.slot(*here)

    def slot(self, *paths: str) -> None:
        """Add a place for messages about these settings or those below them."""
        if self.drawn:
            self._slots |= dict.fromkeys(paths, st.container())

    def tell(self, problem: Problem) -> str:
        """Show a problem beside the widget it is about; gives its sentence."""
        path, sentence = problem.path, problem.sentence()
        while path and path not in self._slots:
            path = parent_of(path)
        (self._slots.get(path) or st.sidebar).error(labels.plain(sentence))
        return sentence

    def kind(
        self, section: str, on_change: Callable[[], None] | None = None, headed: bool = False
    ) -> type[Part]:
        """Choose the kind of a section, such as the optimizer; gives its class.

        If a heading with the kind's help stands above, it needs neither label nor help.
        """
        kinds = KINDS[section]
        tag, key = next(iter(kinds.values())).tag or "", f"{section}.kind"
        path = f"{section}.{tag}"
        access = self.access(path)
        if self.drawn and access != "hidden":
            on_page = self._is_on_page(path)
            headed = headed and not on_page
            drawn, held = state.drawn_value(key, next(iter(kinds)))
            if held not in kinds:  # a forged message said another
                held = next(iter(kinds))
                state.set_value(key, held)
                drawn = state.widget_key(key)
            place = self._page.container() if on_page else st
            kind = place.selectbox(
                labels.of_kinds(section), list(kinds), list(kinds).index(held), key=drawn,
                format_func=partial(labels.of_kind, section), disabled=access == "fixed",
                help=None if headed else _about(kinds[held]), on_change=on_change,
                label_visibility="collapsed" if headed else "visible",
            )  # fmt: skip
        else:
            held = self._unseen(key)
            kind = held if held in kinds else next(iter(kinds))
        self.put(path, kind)
        if kind != getattr(getattr(self.begins, section), tag):
            self.changed.add(path)
        return kinds[kind]

    def fields(self, part: type[Part], path: str, *names: str) -> None:
        """Draw some fields of a part, below each other. ``path`` is where they stand in the
        config."""
        for name in names:
            self._field(f"{path}.{name}", settings_of(part, path)[name])

    def pairs(self, part: type[Part], path: str, *names: str) -> None:
        """Draw some fields of a part: short numbers that follow each other two in a row."""
        settings = settings_of(part)
        for short, several in groupby(names, key=lambda name: _is_short(settings[name])):
            group = list(several)
            with self.row(2, *(f"{path}.{n}" for n in group if short and len(group) > 1)):
                self.fields(part, path, *group)

    def _field(self, path: str, setting: Setting) -> None:
        access, key = self.access(path), self.key(path)
        first = self._first(path, setting)
        if self.drawn and self._is_on_page(path):
            with self._page.container(gap="xsmall"):
                value = _widget(key, setting, first, access, with_unit=True)
                self.slot(path)
        elif self.drawn and access != "hidden":
            value = _widget(key, setting, first, access, with_unit=not self._in_row)
        else:
            held = self._unseen(key)
            value = _read(setting, state.widget_value(setting, first) if held is None else held)
        self.put(path, value)
        if _differs(setting, value, self._begin(path, setting)):
            self.changed.add(path)
        if access == "hidden" or self._in_row or self._is_on_page(path):
            return
        unread = isinstance(value, str) and value != setting.word and state.is_typed(setting)
        if setting.kind == "widths" or unread or path in _JUDGED_LATER:
            self.slot(path)

    def key(self, path: str) -> str:
        """Return the key of a setting's widget: its path with the kind in it."""
        section = section_of(path)
        if section not in KINDS:
            return path
        tag = next(iter(KINDS[section].values())).tag
        return path.replace(section, f"{section}.{self.value(f'{section}.{tag}')}", 1)

    def _is_on_page(self, path: str) -> bool:
        return self._page is not None and self.access(path) == "open"

    def _unseen(self, key: str) -> Any:
        """Return what a widget holds that is not drawn now, or is drawn after this."""
        return state.held(key) if self._peeks else state.undrawn_value(key)

    def _first(self, path: str, setting: Setting) -> Any:
        """Return what a field begins with: in a lesson, what its start has, if it has the
        field."""
        usual = setting.default
        return value_at(self.lesson.start, path, usual) if self.lesson else usual

    def _begin(self, path: str, setting: Setting) -> Any:
        """Return what the settings begin with; the default for a field of another kind."""
        section = section_of(path)
        part = getattr(self.begins, section)
        if part.tag and self.value(f"{section}.{part.tag}") != getattr(part, part.tag):
            return setting.default
        index, blocks = item_of(path), getattr(part, "blocks", ())
        if index is not None and index >= len(blocks) > 0:  # one more is as the last
            path = f"{section}.blocks.{len(blocks) - 1}.{name_of(path)}"
        return value_at(self.begins, path, setting.default)


def chosen(section: str) -> str:
    """Return which kind of a section is chosen; the first one if a forged message names none."""
    kind, kinds = state.held(f"{section}.kind"), KINDS[section]
    return kind if kind in kinds else next(iter(kinds))


def about(section: str) -> str:
    """Return what the kind of a section is that is chosen, as a help text."""
    return _about(KINDS[section][chosen(section)])


def _about(kind: type[Part]) -> str:
    return (kind.__doc__ or "").strip()


def _is_short(setting: Setting) -> bool:
    """Tell whether a setting fits half a row, with its label and the sign of its help."""
    is_number = state.is_typed(setting) or state.listed_numbers(setting) is not None
    return is_number and len(setting.label) <= _SHORT


def _differs(setting: Setting, value: Any, begin: Any) -> bool:
    if setting.kind != "widths":
        return value != begin
    try:
        return setting.written(value) != as_text(begin)
    except ConfigError:
        return True


def _widget(key: str, setting: Setting, first: Any, access: Access, with_unit: bool) -> Any:
    """Draw one widget; gives the setting's value as the config takes it."""
    # What a widget holds is also its value by birth. Set by the session's state alone it is sent
    # once, and lost if that run of the script is cut short by a click: then the browser would
    # draw the least value there is, and send that back.
    drawn, held = state.drawn_value(key, state.widget_value(setting, first))
    text = setting.help + (f" A number, or “{setting.word}”." if setting.word else "")
    common: dict[str, Any] = {"key": drawn, "disabled": access == "fixed"}
    label = setting.label
    if with_unit and setting.unit and setting.unit not in label.lower():
        label += f" ({setting.unit})"
    if setting.kind == "switch":
        return inputs.switch(st, label, text, value=held, **common)
    common["help"] = text
    if setting.kind == "choice":
        place = setting.choices.index(held) if held in setting.choices else 0
        return st.selectbox(label, setting.choices, place, format_func=setting.called, **common)
    if setting.kind == "widths":
        return st.text_input(label, held, placeholder="none", max_chars=200, **common)
    if state.is_slider(setting):
        low, high = float(setting.low or 0), float(setting.high or 1)
        return st.slider(label, low, high, held, step=0.01, **common)
    if numbers := state.listed_numbers(setting):
        place = numbers.index(held) if held in numbers else 0
        return st.selectbox(label, numbers, place, **common)
    # A browser's own box for numbers makes 5 of 0,05, and 1 of 1e3.
    return _read(setting, st.text_input(label, held, **common))


def _read(setting: Setting, value: Any) -> Any:
    """Return what a widget holds as the config takes it: a number or word, if one was typed that
    can be."""
    if not state.is_typed(setting):
        return value
    if setting.word and str(value).strip().lower() == setting.word:
        return setting.word
    try:
        return setting.read(value)
    except ConfigError:
        return value

"""The link: read once, when a session begins, and kept in step with what is on the screen."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from playground.config import RunConfig, with_settings
from playground.config.lessons import Lesson
from playground.config.paths import name_of, walk
from playground.ui.state.identity import lesson, set_lesson
from playground.ui.state.selection import (
    VIEW_NAMES,
    choose_runs,
    chosen_runs,
    forget_tries,
    set_views_from_link,
    show_run,
    show_study,
    study,
    views_of,
)
from playground.ui.state.upload import forget_upload
from playground.ui.state.widgets import initial_config, load, reset, set_default, set_value

_PAGE, _ARRIVED = "app.page", "app.arrived"
_ADDRESS, _WRITTEN = "app.address", "app.written"
"""The address's parameters as they stand in the browser, and the link they stand for: an opened one
may be written in another way."""
_FIRST, _FRESH, _MADE = "app.first", "app.fresh", "app.made"
_OPENED, _BEGAN = "app.opened", "app.began"
"""The parameters that the session began with, and the run that was shown though they named none."""
_RUN_DIGITS = 16


def read_link(lesson_of: Callable[[str], Lesson | None]) -> tuple[list[str], bool]:
    """Read the link when the session begins and at the browser's Back or Forward.

    ``lesson_of`` finds a lesson by its name's first digits. Returns a sentence for each thing wrong
    with the link, and whether it named a run only. What ``lesson_of`` raises leaves the link to be
    read again.

    At any other run of the script the address stays what it is. The navigation's links have no
    parameters; given them before the navigation is drawn, the browser notes the next page's address
    once, whole (Streamlit 1.67). Given them after it, Back would lead to the page without settings.
    """
    if made := st.session_state.pop(_MADE, None):
        enter_lesson(made)
    st.session_state[_FIRST] = _ADDRESS not in st.session_state
    st.session_state[_FRESH] = st.session_state[_FIRST] or _went_back()
    if st.session_state[_FRESH]:
        return _read(lesson_of)
    if st.query_params.to_dict() != st.session_state[_ADDRESS]:
        st.query_params.from_dict(st.session_state[_ADDRESS])
    return [], False


def note_page(at: str) -> None:
    """Note which page is drawn, by its title. What was uploaded on another is dropped."""
    before = page()
    st.session_state[_PAGE] = at
    st.session_state[_ARRIVED] = before != at
    if before not in ("", at):
        forget_upload()


def page() -> str:
    """Return the title of the page that was drawn last, empty if none was."""
    return st.session_state.get(_PAGE, "")


def arrives() -> bool:
    """Tell whether one comes to this page with this run of the script."""
    return st.session_state[_ARRIVED]


def _went_back() -> bool:
    """Tell whether the browser's Back or Forward asked for this run of the script.

    Only the browser knows: the link of any other rerun may be older than the widgets it comes with.
    """
    context = st.runtime.scriptrunner.get_script_run_ctx()
    return getattr(context, "is_history_navigation", False)


def _read(lesson_of: Callable[[str], Lesson | None]) -> tuple[list[str], bool]:
    """Take over all that the link says."""
    params = st.query_params.to_dict()
    named = params.get("lesson")
    found = lesson_of(named[:64]) if named else None
    st.session_state[_ADDRESS] = params
    run, others, shown = (params.get(name, "") for name in ("run", "with", "study"))
    if not run and params == st.session_state.setdefault(_OPENED, params):
        run = st.session_state.get(_BEGAN, "")
    show_study(shown[:64] or None)
    set_views_from_link(
        {name: params[name][:64] for name in VIEW_NAMES if name in params}, not params
    )
    settings = {name: value for name, value in params.items() if _is_setting(name)}
    set_lesson(found)
    config, problems = found.take(settings) if found else with_settings(settings, initial_config())
    load(config)
    choose_runs([run[:64], *(name[:64] for name in others.split(",") if name)] if run else [])
    wrong = [problem.sentence(with_path=True) for problem in problems]
    return [*wrong, *_meant(params, config)], "run" in params and not settings


def set_from_link(key: str, value: Any) -> None:
    """Let a widget hold what the link says, if it was read just now; else it begins with it."""
    (set_value if st.session_state[_FRESH] else set_default)(key, value)


def is_link_fresh() -> bool:
    """Tell whether this run of the script read the link: the session begins, or went back."""
    return st.session_state[_FRESH]


def begins() -> bool:
    """Tell whether the session begins with this run of the script."""
    return st.session_state[_FIRST]


def begin_with_run(name: str) -> None:
    """Put a run on the screen that the session's first link did not name. It is there again when
    Back leads to that link."""
    st.session_state[_BEGAN] = name
    show_run(name)


def _is_setting(name: str) -> bool:
    """Tell whether a parameter of a link is a setting. Those that chats, mail and course systems
    add are left alone."""
    section, dot, _ = name.partition(".")
    return bool(dot) and section in RunConfig.model_fields


def _meant(params: Mapping[str, str], config: RunConfig) -> list[str]:
    """Return a question for each parameter that is no setting, but could be one without its
    section."""
    paths = {_letters(name_of(leaf.path)): leaf.path for leaf in walk(config)}
    return [
        f"There is no setting {name[:60]!r} here. Did you mean {path}?"
        for name, value in params.items()
        if not _is_setting(name)
        and (path := paths.get(_letters(name_of(name))))
        and not with_settings({path: value}, config)[1]
    ]


def _letters(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def enter_lesson(taken: Lesson | None) -> None:
    """Take a lesson from its start, or leave the one that was taken. In a callback."""
    set_lesson(taken)
    choose_runs([])
    forget_tries()
    show_study(None)
    if taken:
        reset(taken.start)


def enter_lesson_next(taken: Lesson) -> None:
    """Take a lesson when the page is drawn next; now its widgets keep what they hold."""
    st.session_state[_MADE] = taken


def link_of(config: RunConfig | None, to: str = "") -> dict[str, str]:
    """Return the query parameters that carry a config, the chosen runs and the study to a page,
    this one if none is named.

    Where there is no config, those of the last one.
    """
    taken = lesson()
    if config:
        link = taken.changed_settings(config) if taken else config.settings()
    else:
        link = dict(st.session_state.get(_WRITTEN, {}))
    for name in ("run", "with", "study", "lesson", *VIEW_NAMES):
        link.pop(name, None)
    if taken:
        link["lesson"] = taken.name[:_RUN_DIGITS]
    names = [name[:_RUN_DIGITS] for name in chosen_runs()]
    if names:
        link["run"] = names[0]
        # A link of a run alone stands for the run's settings.
        if config and not any(map(_is_setting, link)) and not config.name.startswith(names[0]):
            link["optimizer.name"] = config.optimizer.name
    if names[1:]:
        link["with"] = ",".join(names[1:])
    if named := study():
        link["study"] = named[:_RUN_DIGITS]
    return link | views_of(to or page())


def address_of(url: str, page: str) -> str:
    """Return the address of the app, of that of one of its pages."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix(f"/{page}")
    return f"{parts.scheme or 'http'}://{parts.netloc}{path}"


def address() -> dict[str, str]:
    """Return the parameters of this page's address, as they were opened or last written."""
    return dict(st.session_state[_ADDRESS])


def link_to_page(config: RunConfig | None, to: str) -> dict[str, str]:
    """Return the link of another page, to be given to the browser on the way there."""
    st.session_state[_ADDRESS] = link_of(config, to)
    return address()


def write_link(config: RunConfig | None) -> None:
    """Keep the address in step with the settings and the runs, so that it can be copied.

    The link that was opened stays as it is until something changes, and so does that which came
    along from another page: else Back would lead to it, and it to where one was.
    """
    link, address = link_of(config), st.session_state[_ADDRESS]
    before = st.session_state.get(_WRITTEN, {})
    st.session_state[_WRITTEN] = link
    if st.session_state[_FRESH] or (st.session_state[_ARRIVED] and _is_said(link, before, address)):
        return
    if link not in (before, address):
        st.query_params.from_dict(link)
        st.session_state[_ADDRESS] = link


def _is_said(link: dict[str, str], before: dict[str, str], address: dict[str, str]) -> bool:
    """Tell whether an address that stood for another page's link stands for this page's too: it may
    say what part of the other page was looked at, but must say what part of this one is."""
    plain = [{k: v for k, v in one.items() if k not in VIEW_NAMES} for one in (link, before)]
    return plain[0] == plain[1] and all(
        address.get(name) == link[name] for name in VIEW_NAMES if name in link
    )

"""The link: read once, when a session begins, and kept in step with what is on the screen."""

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from playground.config import RunConfig, with_settings
from playground.lessons import Lesson
from playground.ui.state.looking import (
    VIEW_NAMES,
    choose,
    chosen,
    show_study,
    study,
    view,
    views,
)
from playground.ui.state.uploaded import forget_upload
from playground.ui.state.visiting import lesson, set_lesson
from playground.ui.state.widgets import load, recall_all, reset, usual

_PAGE, _WRITTEN, _MADE = "app.page", "app.written", "app.made"
_RUN_DIGITS = 16


def begin(page: str, lesson_of: Callable[[str], Lesson | None]) -> tuple[list[str], bool]:
    """Read the link when the session begins, and bring the settings along to another page.

    ``lesson_of`` finds a lesson by its name's first digits. Returns a sentence for each thing wrong
    with the link, and whether it named a run only. What ``lesson_of`` raises leaves the link to be
    read again.
    """
    came_from = st.session_state.get(_PAGE)
    if made := st.session_state.pop(_MADE, None):
        enter(made)
    if came_from is not None:
        st.session_state[_PAGE] = page
        if came_from != page:
            recall_all()
            forget_upload()
        return [], False
    params = st.query_params.to_dict()
    named = params.pop("lesson", None)
    found = lesson_of(named[:64]) if named else None
    st.session_state[_PAGE] = page
    run, others = params.pop("run", None), params.pop("with", "")
    if shown := params.pop("study", None):
        show_study(shown[:64])
    for name in VIEW_NAMES:
        if name in params:
            view(name, params.pop(name)[:64])
    settings = {key: value for key, value in params.items() if not key.startswith("embed")}
    if found:
        set_lesson(found)
        config, problems = found.take(settings)
    else:
        config, problems = with_settings(settings, usual())
    load(config)
    if run:
        choose([run[:64], *(name[:64] for name in others.split(",") if name)])
    return problems, bool(run) and not settings


def enter(taken: Lesson | None) -> None:
    """Take a lesson from its start, or leave the one that was taken. In a callback."""
    set_lesson(taken)
    choose([])
    show_study(None)
    if taken:
        reset()


def enter_next(taken: Lesson) -> None:
    """Take a lesson when the page is drawn next; now its widgets keep what they hold."""
    st.session_state[_MADE] = taken


def link_of(config: RunConfig | None, page: str = "") -> dict[str, str]:
    """The query parameters that carry a config, the chosen runs and the study to a page, this one
    where none is named.

    Where there is no config, those of the last one.
    """
    taken = lesson()
    if config:
        link = taken.chosen(config) if taken else config.settings()
    else:
        link = dict(st.session_state.get(_WRITTEN, {}))
    for name in ("run", "with", "study", "lesson", *VIEW_NAMES):
        link.pop(name, None)
    if taken:
        link["lesson"] = taken.name[:_RUN_DIGITS]
    names = [name[:_RUN_DIGITS] for name in chosen()]
    if names:
        link["run"] = names[0]
    if names[1:]:
        link["with"] = ",".join(names[1:])
    if named := study():
        link["study"] = named[:_RUN_DIGITS]
    return link | views(page or st.session_state.get(_PAGE, ""))


def address_of(url: str, page: str) -> str:
    """The address of the app, of that of one of its pages."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix(f"/{page}")
    return f"{parts.scheme or 'http'}://{parts.netloc}{path}"


def write_link(config: RunConfig | None) -> None:
    """Keep the address in step with the settings and the runs, so that it can be copied."""
    link = link_of(config)
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    st.session_state[_WRITTEN] = link

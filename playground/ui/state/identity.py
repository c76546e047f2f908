"""Who sits before the browser, with which rights, in which lesson; and what they were refused."""

import hashlib
from zoneinfo import ZoneInfo

import streamlit as st

from playground.config.lessons import Lesson

_LESSON, _VISITOR = "app.lesson", "app.visitor"
_HIDDEN = "app.hidden"
_COOKIE = "_streamlit_xsrf"
_REFUSED, _REFUSALS = "app.refused", "app.refusals"
_teachers: set[str] = set()
"""The visitors who gave the key: a reload, or another tab, need not ask for it again."""


def session() -> str:
    """Return a name for this session; each tab has its own."""
    context = st.runtime.scriptrunner.get_script_run_ctx()
    return context.session_id if context else ""


def is_connected(session: str) -> bool:
    """Tell whether a session's page is still connected."""
    return not st.runtime.exists() or st.runtime.get_instance().is_active_session(session)


def visitor() -> str:
    """Return a name for the person before the browser: the same after a reload and in another tab.

    It is the hash of the random number in the cookie that Streamlit gives every browser against
    forged requests, or of the session if there is no such cookie. Others cannot know it.
    """
    if _VISITOR not in st.session_state:
        secret = _token(str(st.context.cookies.get(_COOKIE, ""))) or session()
        st.session_state[_VISITOR] = hashlib.sha256(secret.encode()).hexdigest()[:32]
    return st.session_state[_VISITOR]


def lacks_cookie() -> bool:
    """Tell whether a browser came without that cookie, as from a page inside another site's."""
    context = st.context
    return bool(context.headers) and not _token(str(context.cookies.get(_COOKIE, "")))


def _token(cookie: str) -> str:
    """Return what stays the same of Streamlit's cookie, ``2|mask|masked number|time``; empty if
    it is another one."""
    parts = cookie.strip('"').split("|")
    try:
        mask, masked = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return ""
    if parts[0] != "2" or not mask or len(masked) < 8:
        return ""
    return bytes(byte ^ mask[place % len(mask)] for place, byte in enumerate(masked)).hex()


def zone() -> ZoneInfo | None:
    """Return the time zone of the browser; None if it names none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (KeyError, ValueError, OSError):  # it is text from outside, and looked up as a file
        return None


def lesson() -> Lesson | None:
    """Return the lesson that this session takes."""
    return st.session_state.get(_LESSON)


def set_lesson(lesson: Lesson | None) -> None:
    """Take a lesson, or none."""
    st.session_state[_LESSON] = lesson


def hide_test(hidden: bool) -> None:
    """Keep the test figures from this session, or no longer."""
    st.session_state[_HIDDEN] = hidden


def is_test_hidden() -> bool:
    """Tell whether this session must not see test figures, as its lesson keeps them."""
    return st.session_state.get(_HIDDEN, False)


def is_teacher() -> bool:
    """Tell whether this visitor gave the teacher's key, since the app was started."""
    return visitor() in _teachers


def set_teacher(is_one: bool) -> None:
    """Give this visitor the teacher's rights, or take them away."""
    (_teachers.add if is_one else _teachers.discard)(visitor())


def keep_error(sentence: str) -> None:
    """Keep why a request was refused, to be shown once."""
    st.session_state[_REFUSED] = sentence
    st.session_state[_REFUSALS] = error_count() + 1


def error_count() -> int:
    """Return how many requests of this session were refused."""
    return st.session_state.get(_REFUSALS, 0)


def take_error() -> str:
    """Return why the last request was refused, once."""
    return st.session_state.pop(_REFUSED, "")

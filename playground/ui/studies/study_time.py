"""How long a sweep or a search takes, said before it is started."""

from collections.abc import Callable

from playground import formats
from playground.errors import UserError
from playground.service import Engine
from playground.service.study_eta import StudyEta
from playground.store import StoreError
from playground.ui.run import time_estimate


def show(engine: Engine, text: str, eta: Callable[[], StudyEta]) -> None:
    """Write ``text`` and how long what is missing takes."""
    time_estimate.write("", lambda: _behind(text, *_told(engine, eta)), text)


def _behind(text: str, said: str, again: float | None) -> tuple[str, float | None]:
    return _joined(text, said), again


def _told(engine: Engine, eta: Callable[[], StudyEta]) -> tuple[str, float | None]:
    """Return what can be said now, and after how many seconds there may be more to say."""
    try:
        found = eta()
    except (UserError, StoreError):  # told elsewhere on the page
        return "", None
    stored = f"{found.stored:,} of them stored already" if found.stored else ""
    if found.seconds == 0:
        return "stored already: shown at once", None
    if found.seconds is not None:
        return _joined(stored, f"{_takes(found)}{_others(engine)}"), None
    if engine.problem or not found.is_awaited:
        return stored, None
    text, again = time_estimate.awaited(engine)
    return _joined(stored, text), again


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, texts))


def _takes(found: StudyEta) -> str:
    assert found.seconds is not None
    bound = "at most " if found.is_bound and found.seconds >= 1 else ""
    guess = ", estimated from the networks' size" if found.is_estimate else ""
    return f"{bound}{formats.wait(found.seconds)}{guess}"


def _others(engine: Engine) -> str:
    return ", longer while other runs are on" if engine.count else ""

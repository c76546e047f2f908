"""Who may do what: a visitor stops their own runs only, and who gave the teacher's key all."""

import hashlib
import hmac
import threading
import time
from typing import Any

from playground import environment
from playground.service import Engine
from playground.ui import state
from playground.ui.errors import shows_errors

_one_at_a_time = threading.Lock()
SLOW = 0.5
"""Seconds that a wrong key takes, for all who try one: nobody guesses many."""
NO_TEACHER = (
    "This app has no teacher: start it with `PLAYGROUND_TEACHER_KEY=...`, a key of your own, and "
    "enter that on the page Lesson."
)
_OTHERS = "Others asked for this too, so it goes on for them."


def teacher_key() -> str:
    """Return the key of this app's teacher; empty if there is none."""
    key = environment.read().teacher_key
    return key.get_secret_value() if key else ""


def become_teacher(text: str) -> bool:
    """Give this visitor the teacher's rights, if this is the key."""
    key = teacher_key()
    # Hashed first, so that the time says nothing of the key's length either.
    given, right = (hashlib.sha256(one.encode()).digest() for one in (text, key))
    found = hmac.compare_digest(given, right) and bool(key)
    if not found:
        with _one_at_a_time:
            time.sleep(SLOW)
    state.set_teacher(found)
    return found


def is_in_charge() -> bool:
    """Tell whether this visitor may make lessons and delete runs: the teacher, and anyone if
    the app has none."""
    return state.is_teacher() or not teacher_key()


def only_theirs(what: str) -> str:
    """Explain why this visitor cannot stop ``what``, and how they could."""
    text = f"Somebody else {what}: only they, or the teacher, can stop it."
    return text if teacher_key() else f"{text} {NO_TEACHER}"


def stop_button(
    place: Any, engine: Engine, name: str, on: bool = True, key: str | None = None
) -> None:
    """Draw the button that stops a run, if it is ``on`` and this visitor's, or they the teacher."""
    held = on and engine.has_run(name)
    own = held and (state.is_teacher() or engine.owns(name, state.visitor()))
    why = None
    if on and not held:
        why = "Another program trains this run: stop it there."
    elif held and not own:
        why = only_theirs("asked for this run")
    place.button(
        "Stop", icon=":material/stop:", disabled=not own, on_click=stop, args=(engine, name),
        help=why, key=key,
    )  # fmt: skip


@shows_errors(state.keep_error)
def stop(engine: Engine, *names: str) -> None:
    """Stop runs as far as this visitor may; to be called in a callback."""
    goes_on = False
    # Those that wait first, so that none of them begins meanwhile.
    for name in sorted(names, key=engine.place, reverse=True):
        if state.is_teacher():
            engine.stop(name)
        elif engine.owns(name, state.visitor()):
            goes_on |= not engine.give_up(name, state.visitor())
    if goes_on:
        state.keep_error(_OTHERS)


def may_stop_study(studies: Any, name: str) -> bool:
    """Tell whether this visitor may stop a sweep or a search; ``studies`` are the engine's of a
    kind."""
    return state.is_teacher() or studies.is_of(name, state.visitor())


@shows_errors(state.keep_error)
def stop_study(studies: Any, name: str) -> None:
    """Stop a sweep or a search as far as this visitor may; to be called in a callback."""
    if not studies.stop(name, None if state.is_teacher() else state.visitor()):
        state.keep_error(_OTHERS)

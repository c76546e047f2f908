"""The guess before the first run: asked for, and then told beside what came out."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config.lessons import GUESSED, Guess, Lesson
from playground.store import Participant, Run, StoreError
from playground.ui import state
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame
from playground.ui.lesson import guesses
from playground.ui.run import findings


def draw(page: Frame, lesson: Lesson, guess: Guess, participant: Participant) -> None:
    """Ask for the guess; once it is made and a run of this visitor finished, say whether it was
    right, and how the class guessed."""
    st.markdown(f"**Guess first:** {labels.plain(guess.question)}")
    if participant.guess is None:
        _ask(page, lesson, guess)
        return
    knows = has_come_out(page, lesson)
    run = page.run if page.run and page.run.scores["train"] and not page.run.is_active else None
    st.markdown(_outcome(guess, participant.guess, knows, run))
    if not knows:
        return
    if run and (text := why(page, run)):
        st.markdown(f"Your run: {text}")
    with page.sidebar.places.beside, shows_errors():
        counts = page.engine.lessons.guesses(lesson)
        reached = measured_value(guess, run) if run else None
        guesses.draw(guess, counts, True, participant.guess, reached)


def why(page: Frame, run: Run) -> str:
    """Return why a run came to what it did: what its figures show first; empty if there is nothing
    to say. The figures stand with the run."""
    found = findings.of_run(page.engine, run)
    return labels.plain(found[0].sentence) if found else ""


def has_come_out(page: Frame, lesson: Lesson) -> bool:
    """Tell whether this visitor guessed and has a finished run in the lesson."""
    try:
        return page.participant.guess is not None and page.engine.lessons.has_trained(
            lesson, state.visitor()
        )
    except StoreError:
        return False


def measured_value(guess: Guess, run: Run) -> float | None:
    """Return what a run came to of the number that was guessed; None if it did not."""
    if guess.choices:
        return None
    if guess.of == "epochs":
        return float(run.epochs)
    scores = run.scores[guess.of.removesuffix("_accuracy")]
    return scores.accuracy * 100 if scores else None


def say(what: Callable[[Lesson, str, str], None], lesson: Lesson, text: str) -> None:
    """Tell the lesson a name or a guess, and draw the page again; or say why it is refused."""
    with shows_errors():
        what(lesson, state.visitor(), text)
        st.rerun()


def _ask(page: Frame, lesson: Lesson, guess: Guess) -> None:
    row: Any = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    answer: str | None
    if guess.choices:
        answer = row.radio(
            "Your guess", guess.choices, index=None, key="lesson.guess",
            format_func=labels.plain, label_visibility="collapsed", horizontal=True,
        )  # fmt: skip
    else:
        answer = row.text_input(
            f"Your guess: {GUESSED[guess.of]} (0 to {guess.most:,})", key="lesson.guess",
            width=340,
        ).strip()  # fmt: skip
    pressed = row.button("Guess", key="lesson.guessed", type="primary", disabled=not answer)
    if pressed and answer:
        say(page.engine.lessons.guess, lesson, answer)


def _outcome(guess: Guess, answer: str, knows: bool, run: Run | None) -> str:
    """Describe the guess; what is right, to whom ``knows``; else what the run came to, if any."""
    said = f"You guessed **{labels.plain(answer)}{_unit(guess)}**"
    if guess.right and knows:
        is_right = answer == guess.right
        return f"{said}. Right." if is_right else f"{said}; it is **{labels.plain(guess.right)}**."
    if run is None:
        return f"{said}."
    if guess.choices:
        return f"{said}. Your run came to {_reached(run)}."
    found = measured_value(guess, run)
    if found is None:
        return f"{said}."
    off = found - float(answer)
    points = "epochs" if guess.of == "epochs" else "points"
    size = f"{abs(off):.1f}".removesuffix(".0")
    less = "fewer" if guess.of == "epochs" else "less"
    far = "just that" if size == "0" else f"{size} {points} {'more' if off > 0 else less}"
    reached = f"{found:.1f}".removesuffix(".0")
    return f"{said}. It came to **{reached}{_unit(guess)}**: {far}."


def _unit(guess: Guess) -> str:
    if guess.choices:
        return ""
    return " epochs" if guess.of == "epochs" else "\u00a0%"


def _reached(run: Run) -> str:
    return " and ".join(
        f"{formats.share(scores.accuracy)} {called}"
        for split, called in (("train", "in training"), ("validation", "in validation"))
        if (scores := run.scores[split])
    )

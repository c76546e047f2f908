"""What stands above Train in a lesson: its question, the guess, and the name on the board."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config.lessons import GUESSED, MAX_LETTERS, Guess, Lesson
from playground.store import Participant, Run, StoreError
from playground.ui import navigation, state
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame


def draw(page: Frame) -> None:
    """Draw the lesson's head; nothing if none is taken."""
    lesson = page.lesson
    if lesson is None:
        return
    participant = page.participant
    with st.container(border=True, gap="small"):
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.markdown(f"#### :material/school: {labels.plain(lesson.title)}")
        row.space("stretch")
        navigation.link(row, "Lesson", page.sidebar.config, "Class board", ":material/leaderboard:")
        _name(row, page, lesson, participant)
        if lesson.question:
            st.markdown(labels.plain(lesson.question))
        if text := describe_rules(lesson):
            st.caption(text)
        if lesson.guess:
            _guess(page, lesson, lesson.guess, participant)
        run = page.run
        if run and run.seconds is not None and not lesson.counts(run.seconds):
            st.caption(
                f":material/timer_off: This run trained for {run.seconds:.1f} s, over the budget: "
                "it is not on the board."
            )


def describe_rules(lesson: Lesson) -> str:
    """Describe what a lesson allows, and what its board ranks by, in one line."""
    texts = []
    if most := lesson.budget.model_copy(update={"seconds": None}).describe():
        texts.append(f"Each run may have {' and '.join(most)}.")
    if (seconds := lesson.budget.seconds) is not None:
        texts.append(f"A run that trains for more than {seconds:g} s is not on the board.")
    if lesson.ranks:
        texts.append("The board ranks by validation accuracy.")
    return " ".join(texts)


def _name(row: Any, page: Frame, lesson: Lesson, participant: Participant) -> None:
    label = labels.plain(participant.nickname) if participant.nickname else "Join the board"
    icon = ":material/badge:" if participant.nickname else ":material/person_add:"
    # Another one once the name is taken: it begins shut.
    key = f"lesson.participant.{participant.nickname}"
    with row.popover(label, icon=icon, key=key), st.form(f"{key}.form", border=False):
        name = st.text_input(
            "Your name on the class board", participant.nickname or "", max_chars=MAX_LETTERS,
            key="lesson.name", placeholder="A nickname",
            help="Everyone in the lesson sees it. Your best run stands beside it.",
        )  # fmt: skip
        if st.form_submit_button("Take this name", type="primary"):
            _say(page.engine.lessons.join, lesson, name)


def _guess(page: Frame, lesson: Lesson, guess: Guess, participant: Participant) -> None:
    st.markdown(f"**Guess first:** {labels.plain(guess.question)}")
    if participant.guess is None:
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
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
            _say(page.engine.lessons.guess, lesson, answer)
        return
    st.markdown(_compare_guess(page, guess, participant.guess))
    if text := describe_guesses(page, lesson, guess):
        st.caption(text)


def _say(what: Callable[[Lesson, str, str], None], lesson: Lesson, text: str) -> None:
    """Tell the lesson a name or a guess, and draw the page again; or say why it is refused."""
    with shows_errors():
        what(lesson, state.visitor(), text)
        st.rerun()


def _compare_guess(page: Frame, guess: Guess, answer: str) -> str:
    """Describe the guess, and what the run on the screen came to."""
    text = f"You guessed **{labels.plain(answer)}{_unit(guess)}**."
    run = page.run
    if run is None or run.is_active or run.scores["train"] is None:
        return text
    if guess.choices:
        return text + f" Your run came to {_reached(run)}."
    found = measured_value(guess, run)
    if found is None:
        return text
    off = found - float(answer)
    points = "epochs" if guess.of == "epochs" else "points"
    size = f"{abs(off):.1f}".removesuffix(".0")
    said = "just that" if size == "0" else f"{size} {points} {'more' if off > 0 else 'less'}"
    reached = f"{found:.1f}".removesuffix(".0")
    return text + f" It came to **{reached}{_unit(guess)}**: {said}."


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


def measured_value(guess: Guess, run: Run) -> float | None:
    """Return what a run came to of that which was guessed; None if it did not."""
    if guess.of == "epochs":
        return float(run.epochs)
    scores = run.scores[guess.of.removesuffix("_accuracy")]
    return scores.accuracy * 100 if scores else None


def describe_guesses(page: Frame, lesson: Lesson, guess: Guess) -> str:
    """Describe how the class guessed, in one line; empty if nobody did."""
    try:
        counts = page.engine.lessons.guesses(lesson)
    except StoreError:
        return ""
    if not guess.choices:
        return ""
    texts = [f"{labels.plain(choice)} ({counts[choice]})" for choice in guess.choices]
    return f"The class guessed: {' · '.join(texts)}" if counts else ""

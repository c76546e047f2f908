"""What stands above Train in a lesson: its question, the guess, and the name on the board."""

from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.config.lessons import MAX_LETTERS, Lesson
from playground.store import Participant
from playground.ui import navigation
from playground.ui.frame import Frame
from playground.ui.lesson import guess


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
            guess.draw(page, lesson, lesson.guess, participant)
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
            guess.say(page.engine.lessons.join, lesson, name)

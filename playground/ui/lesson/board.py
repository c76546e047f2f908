"""The class board: everyone's best run, kept up to date while it is looked at."""

from typing import Any

import streamlit as st

from playground import formats
from playground.analysis import conclusions, labels, names
from playground.config.lessons import Guess, Lesson
from playground.formats import NOTHING
from playground.service import Standing
from playground.ui import rights, state
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame
from playground.ui.lesson import guess, guesses, header
from playground.ui.run import details

POLL = 3.0
"""Seconds between two looks at the board."""
_BARS, _ANSWER = 1, 2
"""How much of the guesses is shown: nothing but their number, how many made each, what is right."""


def show(page: Frame, lesson: Lesson) -> None:
    """Draw the lesson's board, and keep drawing it."""
    st.subheader(f":material/school: {labels.plain(lesson.title)}")
    if lesson.question:
        st.markdown(labels.plain(lesson.question))
    if text := header.describe_rules(lesson):
        st.caption(text)
    st.fragment(_watch, run_every=POLL)(page, lesson, state.is_test_hidden())


@shows_errors()
def _watch(page: Frame, lesson: Lesson, hidden: bool) -> None:
    engine = page.engine
    found = engine.lessons.by_prefix(lesson.name)
    standings = engine.lessons.board(lesson)
    people, runs = engine.lessons.count(lesson)
    if found and hidden != (lesson.keep_test and not found[1]):
        st.rerun()  # the whole page: others belong to the lesson now
    st.markdown(f"**{people}** on the board · **{runs}** different runs tried")
    if lesson.guess:
        _guesses(page, lesson, lesson.guess, standings)
    if not standings:
        st.info(
            "Nobody has a run on the board yet: take a name on the page Train, and train a "
            "network.",
            icon=":material/leaderboard:",
        )
        return
    _table(lesson, standings, hidden)
    if not lesson.ranks:
        st.caption(
            "These runs are not ranked: their settings decide which images measure them, or none "
            "were kept for validation."
        )


def _guesses(page: Frame, lesson: Lesson, asked: Guess, standings: list[Standing]) -> None:
    """Draw how many have guessed; when it is asked for how, and then what is right. Until then
    nobody can guess as the others do."""
    counts = page.engine.lessons.guesses(lesson)
    st.markdown(f"**{counts.total()}** guessed: {labels.plain(asked.question)}")
    key = f"lesson.shown.{lesson.name[:16]}"
    knows, in_charge = guess.has_come_out(page, lesson), rights.is_in_charge()
    shown = max(state.get(key, 0), int(knows))
    if not counts or not (knows or in_charge):
        return
    run, what = page.run, "This run"
    if run is None or not run.is_measured:
        run, what = (standings[0].run, "The first on the board") if standings else (None, "")
    reached = guess.measured_value(asked, run) if run else None
    if shown:
        guesses.draw(asked, counts, shown == _ANSWER, reached=reached, what=what)
    if shown == _ANSWER:
        if asked.right:
            st.markdown(f"Right is **{labels.plain(asked.right)}**.")
        if run and (text := guess.why(page, run)):
            st.markdown(text)
    row = st.container(horizontal=True, gap="small")
    if not shown:
        _show_button(row, key, _BARS, "Show the guesses", ":material/bar_chart:")
    elif shown < _ANSWER and (asked.right or reached is not None):
        label = "Show the right answer" if asked.right else "Show what came out"
        _show_button(row, key, _ANSWER, label, ":material/visibility:")
    if shown > int(knows):
        _show_button(row, key, 0, "Hide", ":material/visibility_off:")


def _show_button(row: Any, key: str, value: int, label: str, icon: str) -> None:
    row.button(label, key=f"{key}.{value}", icon=icon, on_click=state.set_value, args=(key, value))


def _table(lesson: Lesson, standings: list[Standing], hidden: bool) -> None:
    """Draw name and figure first, as a phone shows no more; what is alike of all is left out."""
    runs = [standing.run for standing in standings]
    columns: dict[str, list[str]] = {}
    if lesson.ranks:
        columns["Place"] = [str(standing.place) for standing in standings]
    columns["Name"] = [labels.plain(standing.nickname) for standing in standings]
    for split in ("validation",) if hidden else ("validation", "test"):
        columns[split.capitalize()] = [_percent(standing, split) for standing in standings]
    columns["Changed from the start"] = [describe_changes(lesson, one) for one in standings]
    more = {
        "Epochs": [f"{run.epochs:,}" for run in runs],
        "Parameters": [f"{run.parameters or 0:,}" for run in runs],
        "Runs": [str(standing.tries) for standing in standings],
    }
    columns |= {head: cells for head, cells in more.items() if len(set(cells)) > 1}
    if lesson.budget.seconds is not None:
        columns["Time"] = [formats.seconds(run.seconds or 0) for run in runs]
    st.table(columns, border="horizontal", hide_index=True)
    images = {scores.images for one in standings if (scores := one.run.scores["validation"])}
    if len(images) == 1:
        tries = sum(standing.tries for standing in standings) if lesson.ranks else 0
        flatters = conclusions.of_tries(tries, min(images))
        kept = f" {details.TEST_HIDDEN}" if hidden else ""
        st.caption(f"Accuracy on {images.pop():,} validation images, the best run of each.{kept}")
        if flatters:
            st.caption(flatters)


def describe_changes(lesson: Lesson, standing: Standing) -> str:
    """Describe what somebody changed from the lesson's start, in one sentence, without Markdown."""
    if not standing.run.is_readable:
        return names.OTHER_VERSION
    phrases = labels.of_differences(lesson.start, standing.run.config)
    shown = "; ".join(phrases[:4]) + (f"; and {len(phrases) - 4} more" if len(phrases) > 4 else "")
    return labels.plain(shown) if phrases else "Nothing yet"


def _percent(standing: Standing, split: str) -> str:
    scores = standing.run.scores[split]
    return formats.share(scores.accuracy) if scores else NOTHING

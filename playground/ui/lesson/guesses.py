"""How the class guessed, as bars."""

from collections import Counter
from statistics import median

import streamlit as st

from playground import charts
from playground.config.lessons import GUESSED, Guess
from playground.visible import visible

_WIDTH = 460
"""Pixels at most: what is counted in tens needs no more."""


def draw(
    guess: Guess, counts: Counter[str], answered: bool, mine: str = "",
    reached: float | None = None, what: str = "This run",
) -> None:  # fmt: skip
    """Draw how often each answer was guessed, or a histogram of the numbers; nothing if nobody did.

    ``answered`` shows which answer is right, or what was ``reached`` and by ``what``; ``mine`` is
    the reader's own guess.
    """
    if not counts:
        return
    st.markdown("**How the class guessed**")
    with st.container(width=_WIDTH):
        if guess.choices:
            _answers(guess, counts, guess.right if answered else "", mine)
        else:
            _numbers(guess, counts, reached if answered else None, what)
    if answered and guess.right:
        st.caption(count_right(guess, counts))


def count_right(guess: Guess, counts: Counter[str]) -> str:
    """Say how many guessed right."""
    return f"{counts[guess.right]:,} of {counts.total():,} guessed right."


def _answers(guess: Guess, counts: Counter[str], right: str, mine: str) -> None:
    of = {visible(choice): counts[choice] for choice in guess.choices}
    text = ", ".join(f"{choice} {count:,}" for choice, count in of.items())
    st.vega_lite_chart(
        charts.guess_data(of, visible(right), visible(mine)), charts.guess_spec(),
        key="lesson.guesses",
        alt=f"Bar chart of the class's guesses: {text}."
        + (f" Right is {visible(right)}." if right else ""),
    )  # fmt: skip


def _numbers(guess: Guess, counts: Counter[str], reached: float | None, what: str) -> None:
    numbers = sorted(map(float, counts.elements()))
    most = guess.most
    if guess.of == "epochs":  # hardly anybody guesses thousands
        most = min(most, max(10, 1.2 * max(numbers[-1], reached or 0)))
    count = "1 guess" if len(numbers) == 1 else f"{len(numbers):,} guesses"
    text = f"Histogram of {count} from {numbers[0]:g} to {numbers[-1]:g}, "
    text += f"{median(numbers):g} in the middle."
    st.vega_lite_chart(
        charts.number_data(numbers, reached),
        charts.number_spec(GUESSED[guess.of].capitalize(), most, what), key="lesson.guesses",
        alt=text + (f" {what} came to {reached:.1f}." if reached is not None else ""),
    )  # fmt: skip

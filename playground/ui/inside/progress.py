"""A bar of how far something is that is asked for in parts."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def with_progress(steps: Sequence[T], word: str, of: int = 0, each: int = 1) -> Iterator[T]:
    """Yield steps with a bar of how far they are; of ``of`` things each step does ``each``.
    Streamlit ends it when something else is chosen, and what was asked by then is remembered."""
    bar, total = st.empty(), of or len(steps)
    for at, step in enumerate(steps):
        bar.progress(at / len(steps), text=f"{word}: {at * each:,} of {total:,}")
        yield step
    bar.empty()

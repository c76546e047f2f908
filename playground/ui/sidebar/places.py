"""Where the open settings of a lesson stand: on Train beside the curve, if they are few.

On a phone they come right below the curve: one changes a setting and sees what it did. The drawer
would hide it meanwhile.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import streamlit as st

from playground.config.lessons import Lesson

MOST = 4
"""Open settings that find room beside a curve."""
_LARGE = {"architecture.blocks", "data.file"}
"""What is more than one field."""
_NARROWEST = 140
"""Pixels of a field on the page: two of them fit beside each other on a phone."""

_HERE = nullcontext()


@dataclass(frozen=True)
class Places:
    """The parts of a page that are there before the sidebar is drawn; where it has none, all is
    drawn below each other, and the settings in the sidebar."""

    above: Any = _HERE
    """What the page begins with, over its whole width."""
    result: Any = _HERE
    """The run, at the left; on a phone first."""
    head: Any = None
    """What the open settings begin with; None if they are in the sidebar."""
    settings: Any = None
    """The open settings, one a cell."""
    foot: Any = None
    """Train, below the settings."""
    beside: Any = _HERE
    """What else stands below Train."""
    below: Any = _HERE
    """What follows the run and the settings."""


def draw(lesson: Lesson | None, page: str) -> Places:
    """Draw the places of a page, by its title."""
    if lesson is None or page != "Train" or not _are_few(lesson):
        return Places()
    above = st.container()
    # The run first: on a phone columns stand below each other.
    result, right = st.columns([3, 1], gap="medium")
    with right, st.container(border=True, gap="small", key="lesson.settings"):
        head = st.container(horizontal=True, vertical_alignment="center", gap="small")
        settings = st.grid(2, min_column_width=_NARROWEST)
        foot = st.container()
    return Places(above, result, head, settings, foot, right.container(), st.container())


def _are_few(lesson: Lesson) -> bool:
    return 0 < len(lesson.open) <= MOST and _LARGE.isdisjoint(lesson.open)

"""The colours of the charts, and what they mean. All are seen in a light and in a dark theme."""

from typing import Any

COLORS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#B03030",
    "#8A3FFC",
)
"""What tells several runs apart, by their place. They are Okabe and Ito's, told apart by
colour-blind people. Their yellow is lost on white and their black on a dark page: the last two
stand for them, no closer to the others than those are to each other.
"""
ACCENT = COLORS[0]
"""What stands alone in its chart."""
GREY = "#888888"
"""For rules, frames and what stands behind."""

# Each has a contrast of 3 to 1 with a white and with a dark page, and training differs from what
# it is drawn beside, and right from wrong, in the eyes of colour-blind people too.
TRAINING = "#0072B2"
VALIDATION = "#C08A00"
TEST = "#CF6FA6"
RIGHT = "#009E73"
WRONG = "#D55E00"
POSITIVE, NEGATIVE = COLORS[0], COLORS[3]
"""What speaks for something, and against it; numbers above 0 and below."""
SPLITS = {"Training": TRAINING, "Validation": VALIDATION, "Test": TEST}

DARK = "luminance(background) < 0.5"  # not so if it is transparent: that is paper
TEXT = f"{DARK} ? '#edebe8' : '#2f2d2b'"
FAINT = f"{DARK} ? '#c4c0ba' : '#5c5853'"
GRID = f"{DARK} ? '#3a3733' : '#e4e2de'"


def ink() -> Any:
    """Return the colour of text as a channel's value, in the theme that the chart is drawn in."""
    import altair as alt

    return alt.value(alt.expr(TEXT))


def faded(color: str, opacity: float) -> str:
    """Return a colour, ``#rrggbb``, that lets the page through."""
    parts = (str(int(color[place : place + 2], 16)) for place in (1, 3, 5))
    return f"rgba({','.join(parts)},{opacity:g})"

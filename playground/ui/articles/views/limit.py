"""Is it the network's limit, or too little training? Model 4 after 15 epochs, and after 100."""

import streamlit as st

from playground import formats
from playground.recipes import RECIPES, Series
from playground.recipes.reproduction import gained
from playground.ui.articles.measured import Evidence
from playground.ui.articles.views import by_epoch, known
from playground.ui.frame import Frame

SHORT, LONG = "size-model-4", "size-model-4-long"
_BEFORE = 5
"""Epochs over which it is told how steep the curve still was."""


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the curves of the long run with a line where the short one ends; until there are any,
    say how to get them."""
    short = RECIPES[SHORT].config.run.epochs
    st.markdown("**The network's limit, or too little training?**")
    reported = [_validation(name) for name in (SHORT, LONG)]
    st.markdown(
        f"After {short} epochs the article's Model 4 stands at {reported[0]} of the validation "
        "images and its curve rises more gently. Only more epochs can tell whether that is as far "
        f"as it goes: after {RECIPES[LONG].config.run.epochs} it stands at {reported[1]}."
    )
    for name in (LONG, SHORT):
        found = known.of(name, evidence)
        if found and (lines := by_epoch.lines_of(name, found.curves, "accuracy")):
            break
    else:
        st.info(
            "There are no curves of Model 4 yet: press Run on its card below.",
            icon=":material/show_chart:",
        )
        return
    length = max(map(len, lines.values()))
    short = RECIPES[SHORT].at(found.scale).run.epochs
    mark = short if length > short else None
    st.caption(
        f"{RECIPES[name].title}: {found.source}"
        + (f"; the dashed line is epoch {short}." if mark else ".")
    )
    by_epoch.draw(lines, "accuracy", "articles.limit", RECIPES[name].title, mark=mark)
    validation = lines.get(by_epoch.watched(name))
    if validation and mark:
        slope = gained(validation, short - _BEFORE, short) / _BEFORE
        rest = gained(validation, short, length)
        st.markdown(
            f"Ours: validation rose by {_points(slope)} points an epoch over the {_BEFORE} epochs "
            f"before the line, and by {_points(rest)} points in all after it."
        )


def _points(share: float) -> str:
    return formats.minus(f"{100 * share:.1f}")


def _validation(name: str) -> str:
    (figure,) = [one for one in RECIPES[name].reported if one.key == "validation accuracy"]
    return formats.percent(figure.value or 0)

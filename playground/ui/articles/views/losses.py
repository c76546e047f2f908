"""Both losses after every 100 steps, as article D prints them."""

import streamlit as st

from playground.formats import NOTHING
from playground.recipes import RECIPES, Series
from playground.recipes.reproduction import losses_after
from playground.ui.articles.measured import Evidence
from playground.ui.articles.views import known
from playground.ui.frame import Frame

EVERY = 100


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the table of the first recipe of the series, from what was measured or a run here."""
    name = series.recipes[0]
    st.markdown(f"**Both losses every {EVERY} epochs**")
    found = known.of(name, evidence)
    if found is None:
        st.info(
            f"There is no run of “{RECIPES[name].title}” here yet: press Run on its card, and the "
            "table is drawn when it has ended.",
            icon=":material/table_rows:",
        )
        return
    rows = losses_after(found.curves, EVERY)
    st.table(
        {
            "Epoch": [f"{steps:,}" for steps, _, _ in rows],
            "Training loss": [_shown(train) for _, train, _ in rows],
            "Test loss": [_shown(test) for _, _, test in rows],
        },
        border="horizontal",
        hide_index=True,
    )
    st.caption(
        f"Losses in nats per image; {found.source}. Counted as the article counts: its epoch 0 is "
        "before the first step, and each line is after as many steps. That is the training loss of "
        "our epoch one later (taken in the pass, before its step) and the test loss of our epoch "
        "of that number (taken after it); the test loss before the first step is not measured."
    )


def _shown(loss: float | None) -> str:
    return NOTHING if loss is None else f"{loss:.4f}"

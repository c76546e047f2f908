"""What dropout does to the values of a layer, and to the network's answer."""

import streamlit as st

from playground import charts
from playground.config import RunConfig
from playground.recipes.ideas import layers
from playground.ui import trying
from playground.ui.ideas import ensemble

_RATE, _UNITS = 0.5, 16
"""Shown where the sidebar has no dropout or no hidden layer."""
_BATCHES, _IMAGES, _MOST_UNITS = 3, 8, 24


def show(config: RunConfig) -> None:
    """The masks of three batches, at the sidebar's rate or another one, and the ensemble."""
    mine = config.architecture.dropout
    hidden = config.architecture.hidden
    units = min(hidden[0], _MOST_UNITS) if hidden else _UNITS
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    # Another rate in the sidebar is another widget, which begins with it.
    rate = row.slider(
        "Dropout" + (", as in the sidebar at first" if mine else ""), 0.0, 0.95, mine or _RATE,
        step=0.01, key=f"ideas.dropout.{mine:g}", persist_state="session", width=320,
    )  # fmt: skip
    trying.button(row, "cures-dropout", "ideas.try.dropout")
    st.markdown(
        f"In training, dropout sets each value of a layer to zero with probability {rate:g}, anew "
        "for every image of every batch, and multiplies the others by 1 / (1 − "
        f"{rate:g}) = {1 / (1 - rate):.3g}, so that their mean stays. No unit can count on another "
        "one, so the network learns by heart less easily; when it predicts, nothing is dropped."
    )
    masks = layers.masks(rate, _BATCHES, _IMAGES, units)
    for number, (column, kept) in enumerate(zip(st.columns(_BATCHES), masks, strict=True), start=1):
        dropped = int(kept.size - kept.sum())
        told = f"{dropped} of {kept.size} values set to zero ({dropped / kept.size:.0%})"
        column.markdown(f"**Batch {number}**")
        column.vega_lite_chart(
            charts.mask_data(kept),
            charts.mask_spec(),
            key=f"ideas.dropout.mask.{number}",
            alt=f"Table of {_IMAGES} images by {units} units: {told}.",
        )
        column.caption(told)
    whose = f"the first hidden layer's {hidden[0]:,}" if hidden else "a layer's"
    st.caption(
        f"Masks drawn by a random generator for {units} of {whose} units and {_IMAGES} images a "
        "batch."
    )
    ensemble.show(rate)

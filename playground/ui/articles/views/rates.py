"""Which learning rates are tried first, and our recipes' rates among them."""

import streamlit as st

from playground import charts
from playground.analysis import labels
from playground.config.sweeps import Axis, Sweep
from playground.recipes import RECIPES, Series
from playground.ui.articles import running
from playground.ui.articles.measured import Evidence
from playground.ui.frame import Frame

ADVISED = ("0.1", "0.01", "0.001", "0.0001", "0.00001")
"""Article E: in its author's experience rates lie between 0.1 and 0.00001."""
FIRST = {"momentum": "cures-momentum", "adam": "cures-base"}
"""The optimizers it tries first, and the recipe whose rate is swept."""


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw a logarithmic line for each optimizer of the series, and two sweeps."""
    marks = [
        (
            labels.of_kind("optimizer", RECIPES[name].config.optimizer.name),
            RECIPES[name].config.optimizer.learning_rate,
            RECIPES[name].title,
        )
        for name in series.recipes
    ]
    low, high = float(ADVISED[-1]), float(ADVISED[0])
    st.markdown("**Which learning rate? From 0.1 to 0.00001; momentum or Adam first**")
    st.vega_lite_chart(
        charts.rate_data(marks),
        charts.rate_spec((low, high)),
        key="articles.rates",
        alt="Learning rates on a logarithmic line, the advised span from "
        f"{ADVISED[-1]} to {ADVISED[0]}: "
        + ", ".join(f"{optimizer} {rate:g}" for optimizer, rate, _ in marks)
        + ".",
    )
    st.markdown(
        "No optimizer is always best. The article's advice: begin with momentum or Adam; rates "
        f"usually lie between {ADVISED[0]} and {ADVISED[-1]} (the band). The points are the rates "
        f"of the recipes below. The buttons try {len(ADVISED)} rates of the band, each ten times "
        "smaller than the last."
    )
    row = st.container(horizontal=True, gap="small")
    for optimizer, name in FIRST.items():
        sweep = Sweep(
            base=evidence.config(RECIPES[name]),
            axes=(Axis(path="optimizer.learning_rate", values=ADVISED),),
        )
        label = f"Try {len(ADVISED)} rates of {labels.of_kind('optimizer', optimizer)}"
        running.sweep_button(page, row, sweep, f"articles.rates.{optimizer}", label)

"""Dropout as an ensemble: the mean of many masked networks against the whole one."""

import numpy as np
import streamlit as st

from playground import charts
from playground.data.datasets import digits
from playground.recipes.ideas import ensemble
from playground.ui.ideas import images


def show(rate: float) -> None:
    """How close the mean of masked networks comes to the whole network, for a rate of dropout."""
    found = _measured(rate)
    percent, points = 100 * found.accuracy, 100 * found.difference
    whole = 100 * found.whole
    st.markdown("**One network that stands for many**")
    st.markdown(
        "Each mask leaves another smaller network. Averaging the answers of many networks (an "
        "*ensemble*) is nearly always better than one of them. Dropout trains all of them at once, "
        "with shared weights, and the whole network without masks answers about as their mean "
        "would, at the cost of one."
    )
    learned, tested = len(images.learned()), len(images.tested())
    shown = ensemble.SIZES.index(100)
    left, right = st.columns(2)
    left.markdown("**Right on the test digits**")
    left.vega_lite_chart(
        charts.ensemble_data(ensemble.SIZES, percent, "%"),
        charts.ensemble_spec("Accuracy (% of test images)", ensemble.SIZES, whole),
        key="ideas.ensemble.accuracy",
        alt="Line chart of accuracy by how many masked networks are averaged: "
        + _told(percent, "%")
        + f". The whole network: {whole:.1f}%.",
    )
    right.markdown("**Distance to the whole network's probabilities**")
    right.vega_lite_chart(
        charts.ensemble_data(ensemble.SIZES, points, " points"),
        charts.ensemble_spec(
            "Mean difference (percentage points)",
            ensemble.SIZES,
            None,
            max(1.0, float(np.ceil(points.max()))),
        ),
        key="ideas.ensemble.difference",
        alt="Line chart of the mean difference of probabilities from the whole network's, in "
        "percentage points: " + _told(points, "") + ".",
    )
    st.markdown(
        f"One masked network is right on **{percent[0]:.1f}%** of the test digits (mean of "
        f"{ensemble.MASKS}), the mean of 100 on **{percent[shown]:.1f}%**, the whole network on "
        f"**{whole:.1f}%**. The probabilities of that mean are {points[shown]:.2f} percentage "
        f"points from the whole network's, those of one masked network {points[0]:.2f}: the whole "
        "network comes close to the ensemble's mean, but is not quite the same."
        if rate
        else "With a rate of 0 nothing is left out: every network is the whole one."
    )
    st.caption(
        f"A network of 64-{ensemble.UNITS}-10 with ReLU, trained here with dropout {rate:g} on "
        f"its hidden units for {ensemble.EPOCHS} epochs of {learned:,} digits, measured on "
        f"{tested} others (one of them is {1 / tested:.1%}). A masked network has its own units "
        f"left out for all images; of smaller ensembles it is the mean over all that "
        f"{ensemble.MASKS} networks allow."
    )


def _told(values: np.ndarray, unit: str) -> str:
    pairs = zip(ensemble.SIZES, values, strict=True)
    return ", ".join(f"{size} {value:.2f}{unit}" for size, value in pairs)


@st.cache_data(show_spinner="Training a small network …", max_entries=128)
def _measured(rate: float) -> ensemble.Measured:
    pixels, labels = images.pixels(), digits.load().labels
    train, test = images.learned(), images.tested()
    weights = ensemble.trained(pixels[train], labels[train], rate)
    return ensemble.measured(weights, pixels[test], labels[test], rate)

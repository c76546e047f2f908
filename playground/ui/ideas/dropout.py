"""What dropout does to the values of a layer, and how the whole network stands for many."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.config import RunConfig
from playground.data.datasets import digits
from playground.recipes.ideas import digit_scores, ensemble, layers
from playground.ui import navigation

_RATE, _UNITS = 0.5, 16
"""Shown if the sidebar has no dropout or no hidden layer."""
_BATCHES, _IMAGES, _MAX_UNITS = 3, 8, 24


def show(config: RunConfig) -> None:
    """Draw the masks of three batches, at the sidebar's rate or another one, and the ensemble."""
    mine = config.architecture.dropout
    hidden = config.architecture.hidden
    units = min(hidden[0], _MAX_UNITS) if hidden else _UNITS
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    # Another rate in the sidebar is another widget, which begins with it.
    rate = row.slider(
        "Dropout" + (", as in the sidebar at first" if mine else ""), 0.0, 0.95, mine or _RATE,
        step=0.01, key=f"ideas.dropout.{mine:g}", persist_state="session", width=320,
    )  # fmt: skip
    navigation.try_recipe_button(row, "cures-dropout", "ideas.try.dropout")
    st.markdown(
        f"In training, dropout sets each value of a layer to zero with probability {rate:g}, anew "
        "for every image of every batch, and multiplies the others by 1 / (1 − "
        f"{rate:g}) = {1 / (1 - rate):.3g}, so that their mean stays. No unit can count on another "
        "one, so the network memorises less easily; when it predicts, nothing is dropped."
    )
    masks = layers.dropout_masks(rate, _BATCHES, _IMAGES, units)
    for number, (column, kept) in enumerate(zip(st.columns(_BATCHES), masks, strict=True), start=1):
        dropped = int(kept.size - kept.sum())
        share = formats.share(dropped / kept.size, 0)
        text = f"{dropped} of {kept.size} values set to zero ({share})"
        column.markdown(f"**Batch {number}**")
        column.vega_lite_chart(
            charts.mask_data(kept),
            charts.mask_spec(),
            key=f"ideas.dropout.mask.{number}",
            alt=f"Table of {_IMAGES} images by {units} units: {text}.",
        )
        column.caption(text)
    whose = f"the first hidden layer's {hidden[0]:,}" if hidden else "a layer's"
    st.caption(
        f"Masks drawn by a random generator for {units} of {whose} units and {_IMAGES} images a "
        "batch."
    )
    _show_ensemble(rate)


def _show_ensemble(rate: float) -> None:
    """Draw how close the mean of masked networks comes to the whole network, for a rate of
    dropout."""
    found = _measured_ensemble(rate)
    points = 100 * found.difference
    st.markdown("**One network that stands for many**")
    st.markdown(
        "Each mask leaves another smaller network. Averaging the answers of many networks (an "
        "*ensemble*) is nearly always better than one of them. Dropout trains all of them at once, "
        "with shared weights, and the whole network without masks answers about as their mean "
        "would, at the cost of one."
    )
    learned, tested = len(digit_scores.train_numbers()), len(digit_scores.test_numbers())
    shown = ensemble.SIZES.index(100)
    one, hundred, whole = map(
        formats.share, (found.accuracy[0], found.accuracy[shown], found.whole)
    )
    left, right = st.columns(2)
    left.markdown("**Right on the test digits**")
    left.vega_lite_chart(
        charts.ensemble_data(ensemble.SIZES, 100 * found.accuracy, "\u00a0%"),
        charts.ensemble_spec("Accuracy (% of test images)", ensemble.SIZES, 100 * found.whole),
        key="ideas.ensemble.accuracy",
        alt="Line chart of accuracy by how many masked networks are averaged: "
        + _values_text(100 * found.accuracy, "\u00a0%")
        + f". The whole network: {whole}.",
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
        "percentage points: " + _values_text(points, "") + ".",
    )
    st.markdown(
        f"One masked network is right on **{one}** of the test digits (mean of {ensemble.MASKS}), "
        f"the mean of 100 on **{hundred}**, the whole network on **{whole}**. The "
        f"probabilities of that mean are {points[shown]:.2f} percentage points from the whole "
        f"network's, those of one masked network {points[0]:.2f}: the "
        "whole network comes close to the ensemble's mean, but is not quite the same."
        if rate
        else "With a rate of 0 nothing is left out: every network is the whole one."
    )
    st.caption(
        f"A network of 64-{ensemble.UNITS}-10 with ReLU, trained here with dropout {rate:g} on "
        f"its hidden units for {ensemble.EPOCHS} epochs of {learned:,} digits, measured on "
        f"{tested} others (one of them is {formats.share(1 / tested)}). A masked network has its "
        f"own units left out for all images; of smaller ensembles it is the mean over all that "
        f"{ensemble.MASKS} networks allow."
    )


def _values_text(values: np.ndarray, unit: str) -> str:
    pairs = zip(ensemble.SIZES, values, strict=True)
    return ", ".join(f"{size} {value:.2f}{unit}" for size, value in pairs)


@st.cache_data(show_spinner="Training a small network …", max_entries=128)
def _measured_ensemble(rate: float) -> ensemble.EnsembleFigures:
    pixels, labels = digit_scores.pixels(), digits.load().labels
    train, test = digit_scores.train_numbers(), digit_scores.test_numbers()
    weights = ensemble.train(pixels[train], labels[train], rate)
    return ensemble.measure(weights, pixels[test], labels[test], rate)

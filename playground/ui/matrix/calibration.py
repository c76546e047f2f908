"""Whether a network is as often right as it is sure."""

import streamlit as st

from playground import charts
from playground.analysis.evaluation import Calibration


def draw(figures: Calibration, split: str) -> None:
    """The reliability diagram, with the calibration error in words."""
    st.subheader("Is it as right as it is sure?")
    chart, text = st.columns([1.15, 1], gap="large")
    told = [
        f"at {confidence:.0%} confidence {accuracy:.0%} right"
        for confidence, accuracy in zip(figures.confidence, figures.accuracy, strict=True)
    ]
    chart.vega_lite_chart(
        charts.calibration_data(figures),
        charts.calibration_spec(),
        key="matrix.calibration",
        alt=f"Reliability diagram of the {split} images: {', '.join(told)}.",
    )
    text.markdown(
        f"**Expected calibration error: {figures.error * 100:.1f}%**, at the end of the run\n\n"
        "Each point holds the images whose predicted class got about that probability (their "
        "confidence); its height is the share that was right. On the dashed line a network is "
        "right as often as it is sure; below it, it is too sure of itself.\n\n"
        f"The error is the mean distance from that line over all {int(figures.images.sum()):,} "
        f"{split} images, in ten bins."
    )

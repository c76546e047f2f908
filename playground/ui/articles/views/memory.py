"""The table of a network's layers with the memory they take, as article C prints it."""

import streamlit as st

from playground.network import lay_out, listed, memory, outputs
from playground.recipes import RECIPES, Series
from playground.ui.articles.measured import Evidence
from playground.ui.frame import Frame


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Tell the sizes of the first network of the series, its layers folded away below."""
    name = series.recipes[0]
    config = RECIPES[name].config
    assert config.data.shape
    height, width, colours = config.data.shape
    made = lay_out(config.architecture, (colours, height, width), len(config.data.classes))
    of, lines = memory(made), listed(made)
    st.markdown("**What it takes of memory, as torchsummary counts**")
    sizes = {
        "Parameters": f"{made.parameters:,}",
        "Input image": f"{of.image:.2f} MB",
        "Outputs, forward and backward": f"{of.outputs:.2f} MB",
        "Parameters in memory": f"{of.parameters:.2f} MB",
        "In all": f"{of.total:.2f} MB",
    }
    st.table({"": list(sizes), RECIPES[name].title: list(sizes.values())}, border="horizontal",
             hide_index=True)  # fmt: skip
    without = outputs(tuple(line for line in lines if not line.is_padding))
    st.caption(
        "Of one image; 4 bytes a number, 1 MB = 1024² bytes. Listed are the layers that are "
        "objects of their own in the article's code: its padding is, its ReLUs are not. Outputs "
        "count twice, and the logits once more at the end. With padding as part of the "
        f"convolution, as a reader advised, the outputs would take {without:.2f} MB."
    )
    with st.expander(f"The table of its {len(lines)} layers", type="compact"):
        st.table(
            {
                "No": list(map(str, range(1, len(lines) + 1))),
                "Layer": [line.title for line in lines],
                "Output": [" × ".join(map(str, line.output)) for line in lines],
                "Parameters": [f"{line.parameters:,}" for line in lines],
            },
            border="horizontal",
            hide_index=True,
        )

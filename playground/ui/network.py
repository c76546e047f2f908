"""The network of the sidebar as a table of layers."""

import pandas as pd
import streamlit as st

from playground.ui.sidebar import Drawn


def show(drawn: Drawn) -> None:
    """The layers, with what they put out and how many parameters they have."""
    if drawn.plan is None:
        st.info("There is no network to show: see the message in the sidebar.")
        return
    plan = drawn.plan
    st.markdown(
        f"**{plan.parameters:,} parameters**: from an image of {_shape(plan.input_shape)} to one "
        f"logit for each of {plan.classes} classes."
    )
    table = pd.DataFrame(
        [
            {
                "Layer": layer.title,
                "Output": _shape(layer.output),
                "Parameters": f"{layer.parameters:,}" if layer.parameters else "–",
                "How they come about": layer.arithmetic,
            }
            for layer in plan.layers
        ],
        index=pd.RangeIndex(1, len(plan.layers) + 1),
    )
    st.table(table, border="horizontal", alt="The layers of the network, from image to logits")


def _shape(shape: tuple[int, ...]) -> str:
    """A shape as channels × height × width, or as a number of values."""
    sizes = [f"{size:,}" for size in shape]
    return " × ".join(sizes) if len(sizes) > 1 else f"{sizes[0]} values"

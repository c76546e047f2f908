"""The layers of a network as a table, and what its numbers take of memory."""

import streamlit as st

from playground import formats
from playground.formats import NOTHING
from playground.network import Plan, memory

_MIN_MB = 0.1
"""MB below which memory is given in KB."""


def show(plan: Plan) -> None:
    """Draw the layers, with what they put out and how many parameters they have."""
    # A Markdown table, not st.table: that would import pandas for the first page.
    rows = [
        (
            layer.title,
            formats.shape(layer.output),
            f"{layer.parameters:,}" if layer.parameters else NOTHING,
            layer.arithmetic,
        )
        for layer in plan.layers
    ]
    head = ("Layer", "Output", "Parameters", "How they come about")
    lines = [head, ("---", "---", "--:", "---"), *rows]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    _memory(plan)


def _memory(plan: Plan) -> None:
    """Draw what the network's numbers take, and how that was counted."""
    of = memory(plan)
    st.markdown(
        f"**Memory:** {plan.parameters:,} parameters take {_amount(of.parameters)}, the outputs "
        f"for one image {_amount(of.outputs)}; with the image that is "
        f"**{_amount(of.total)}** in all."
    )
    st.caption(
        "As torchsummary counts: 4 bytes a number, 1 KB = 1024 bytes and 1 MB = 1024 KB, outputs "
        "twice (forward and backward), padding as a layer of its own, activations not. Gradients "
        "of the weights and the optimizer's own numbers come on top; a batch takes the outputs "
        "once for each image."
    )


def _amount(megabytes: float) -> str:
    """Format memory in MB, or in KB if that would round to nearly nothing."""
    return f"{megabytes:.2f} MB" if megabytes >= _MIN_MB else f"{1024 * megabytes:.2f} KB"

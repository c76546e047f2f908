"""What batch norm does to the values of a layer."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.config import RunConfig
from playground.data.datasets import digits
from playground.recipes.ideas import layers
from playground.ui import navigation

_UNITS, _SHOWN = 32, 4


def show(_config: RunConfig) -> None:
    """Draw four hidden units' values over a batch of digits, before and after."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    images = row.select_slider(
        "Images in the batch", (8, 32, 128, 512), 128, key="ideas.batch", persist_state="session",
        width=240,
    )  # fmt: skip
    scale = row.slider(
        "Scale α", -3.0, 3.0, 1.0, step=0.1, key="ideas.norm.scale", persist_state="session",
        width=160,
    )  # fmt: skip
    shift = row.slider(
        "Shift β", -3.0, 3.0, 0.0, step=0.1, key="ideas.norm.shift", persist_state="session",
        width=160,
    )  # fmt: skip
    navigation.try_recipe_button(row, "cures-batch-norm", "ideas.try.batch_norm")
    st.markdown(
        "For each unit, batch norm takes the mean over the batch off its values and divides them "
        "by their standard deviation; two learned numbers then scale and shift what is left (when "
        "it predicts, both are those remembered from training). So the next layer "
        "meets values of the same size whatever the weights before it do, and training bears "
        "a larger learning rate."
    )
    st.latex(r"\hat x = \alpha \, \frac{x - \text{mean}}{\text{standard deviation}} + \beta")
    st.markdown(
        "Afterwards the mean is β and the standard deviation the size of α. **Nobody chooses them: "
        "each unit (in a convolution each channel) has its own two, trained like any weight**, "
        "from α = 1 and β = 0 on; PyTorch calls them the layer's `weight` and `bias`. So the "
        "network can take the normalising back where it does harm. An article calls them "
        "hyperparameters, which are chosen before training; these are not. Move the sliders to see "
        "what training could make of them, here the same for all units."
    )
    before = _values(images)
    after = layers.normalize(before, scale, shift)
    names = tuple(f"Unit {number}" for number in range(1, _SHOWN + 1))
    panels = {"Before": before, "After": after}
    for column, (title, values) in zip(st.columns(2), panels.items(), strict=True):
        text = "; ".join(
            f"{name.lower()} mean {_round(mean)}, standard deviation {_round(deviation)}"
            for name, mean, deviation in zip(names, values.mean(0), values.std(0), strict=True)
        )
        column.markdown(f"**{title} batch norm**")
        column.vega_lite_chart(
            charts.normalizing_data(values, names),
            charts.normalizing_spec(
                f"Value {title.lower()} batch norm",
                names,
                _around(values) if title == "After" else None,
            ),
            key=f"ideas.batch_norm.{title}",
            alt=f"Histogram of {_SHOWN} units' values {title.lower()} batch norm: {text}.",
        )
        column.caption(text.capitalize() + ".")
    st.caption(
        f"{images} of the digits' images with raw pixels, through a first dense layer of {_UNITS} "
        f"units before training (Xavier weights, biases 0). The {_SHOWN} units range from the "
        "lowest mean to the highest; the two axes differ."
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _values(images: int) -> np.ndarray:
    """Return the shown units' values over a batch of digits: float64 (images, units)."""
    data = digits.load()
    chosen = np.random.default_rng(0).permutation(len(data.images))[:images]
    pixels = data.images[chosen].reshape(images, -1)
    return layers.spread_units(layers.hidden_values(pixels, _UNITS), _SHOWN)


def _around(values: np.ndarray) -> tuple[int, int]:
    """Return ends of an axis for the values: the same for all but the farthest, so that they
    move."""
    return min(-6, int(np.floor(values.min()))), max(6, int(np.ceil(values.max())))


def _round(number: float) -> str:
    """Format a number with one digit after the point, and no minus before zero."""
    return formats.minus(f"{round(number, 1) + 0.0:.1f}")

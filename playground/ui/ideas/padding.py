"""What padding does at the edge of a picture, and to its size."""

from typing import Any

import numpy as np
import streamlit as st

from playground import charts
from playground.config import CNN, RunConfig, Setting
from playground.data.datasets import digits
from playground.recipes import RECIPES
from playground.recipes.ideas import digit_scores, layers
from playground.ui import inputs, navigation

_STAGES = ("image", "conv 1", "pool 1", "conv 2", "pool 2", "conv 3", "pool 3")
NETWORKS = {
    "The tutorial's": "tutorial",
    "Deeper": "tutorial-deeper",
    "Deeper and wider": "tutorial-wider",
}
"""The article's networks, and their recipes: none has padding, and a 2×2 pooling follows each
convolution."""


def show(_config: RunConfig) -> None:
    """Draw a convolution with padding, with zeros by hand and without; and pictures that shrink."""
    data = digits.load()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    asked = Setting.of_number(
        "Digit (its number)", 0, len(data.images) - 1, digit_scores.EXAMPLE_DIGIT
    )
    image = int(inputs.number_or_default(row, asked, "ideas.padding.image", width=160))
    name = row.selectbox(
        "Weights of the 3×3 convolution", list(layers.KERNELS), key="ideas.padding.kernel",
        persist_state="session", width=260,
    )  # fmt: skip
    navigation.try_recipe_button(row, "tutorial-deeper", "ideas.try.padding")
    kernel = np.array(layers.KERNELS[name])
    picture = data.images[image, ..., 0].astype(int)
    st.markdown(
        "A 3×3 convolution needs eight neighbours around a pixel, and pixels at the edge lack "
        "some. **Padding 1 takes zeros in their place**, so the picture keeps its size. Putting "
        "the zeros there by hand and convolving without padding does just the same. Without "
        "either, the picture loses a row or column on each side."
    )
    _pictures(picture, kernel)
    st.markdown("**Without padding pictures shrink from layer to layer**")
    _sizes()


def _pictures(picture: np.ndarray, kernel: np.ndarray) -> None:
    by_hand = layers.zero_padded(picture)
    results = {
        "Padding 1 in the layer": layers.convolve(picture, kernel, padding=1),
        "Zeros by hand, then no padding": layers.convolve(by_hand, kernel),
        "No padding at all": layers.convolve(picture, kernel),
    }
    first, second, last = st.columns(3)
    _draw(first, "The picture", picture, digits.TOP)
    _draw(second, "The picture with zeros by hand", by_hand, digits.TOP, rim=1)
    last.markdown("**The weights**")
    lines = r" \\ ".join(" & ".join(str(one) for one in line) for line in kernel.tolist())
    last.latex(rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}")
    last.caption(
        "Each number below is the sum of nine products: these weights times a pixel and its "
        "neighbours, in place."
    )
    top = max(1, *(int(np.abs(result).max()) for result in results.values()))
    for column, (title, result) in zip(st.columns(3), results.items(), strict=True):
        _draw(column, title, result.astype(int), top)
    same, hand, _ = results.values()
    st.markdown(
        f"Largest difference between the first two: **{np.abs(same - hand).max():g}**. The third "
        f"is what they have inside, {picture.shape[0] - 2}×{picture.shape[1] - 2} in place of "
        f"{picture.shape[0]}×{picture.shape[1]}. In PyTorch the first is "
        "`Conv2d(…, 3, padding=1)`, the second `ConstantPad2d(1, 0)` and `Conv2d(…, 3)`, as an "
        "article had it: one more line for each layer, and the same numbers."
    )


def _draw(place: Any, title: str, picture: np.ndarray, top: int, rim: int = 0) -> None:
    height, width = picture.shape
    with place:
        st.markdown(f"**{title}**, {height}×{width}")
        st.vega_lite_chart(
            charts.pixel_data(picture, rim),
            charts.pixel_spec(height, float(top)),
            key=f"ideas.padding.{title}",
            alt=f"{title}, {height} by {width} pixels with values from {picture.min()} to "
            f"{picture.max()}.",
        )


def convolutions(recipe: str) -> list[tuple[int, int]]:
    """Read the channels and the kernel (pixels a side) of each convolution of a recipe of NETWORKS,
    in order."""
    network = RECIPES[recipe].config.architecture
    assert isinstance(network, CNN)
    return [(channels, one.kernel) for one in network.blocks for channels in one.channels]


def _sizes() -> None:
    networks = {name: convolutions(recipe) for name, recipe in NETWORKS.items()}
    kernels = {name: [size for _, size in found] for name, found in networks.items()}
    sides = {name: layers.side_lengths(sizes, padded=False) for name, sizes in kernels.items()}
    sides["Any of them, padded"] = layers.side_lengths(max(kernels.values(), key=len), padded=True)
    left, right = st.columns(2)
    side_texts = {name: ", ".join(str(side) for side in found) for name, found in sides.items()}
    left.vega_lite_chart(
        charts.side_data(sides, _STAGES),
        charts.side_spec(tuple(sides), _STAGES),
        key="ideas.padding.sides",
        alt="Line chart of the picture's side in pixels after each convolution and pooling. "
        + ". ".join(f"{name}: {found}" for name, found in side_texts.items())
        + ".",
    )
    lines = []
    for name, found in networks.items():
        channels = found[-1][0]
        without = sides[name][-1]
        padded = layers.side_lengths(kernels[name], padded=True)[-1]
        lines.append(
            f"- **{name}**: {channels} channels of {without}×{without} = "
            f"{channels * without**2:,} numbers; with padding {channels} of {padded}×{padded} = "
            f"{channels * padded**2:,}."
        )
    right.markdown(
        "What is left of a 32×32 picture for the first dense layer, in the three networks of the "
        "tutorial's article (a 2×2 pooling halves the side after each convolution):\n\n"
        + "\n".join(lines)
        + "\n\nOne more convolution left the deeper network fewer numbers to look at than before; "
        "the article blames that for its lower accuracy, and makes up for it with channels. "
        "(It writes 558 for the last one; the network has 72·3·3 = 648.)"
    )

"""From the scores of one image to an answer, and from answers to the accuracy."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.charts import pictures
from playground.config import RunConfig, Setting
from playground.data.datasets import digits
from playground.recipes.ideas import digit_scores
from playground.ui import inputs, navigation

_BATCHES = {10: 10, 50: 10, 100: 20, 449: 25}
"""Images in a batch, and how many of them are drawn in a line."""


def show(_config: RunConfig) -> None:
    """Draw scores, softmax, argmax and right or wrong for one digit; then the mean over a batch."""
    data = digits.load()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    asked = Setting.of_number(
        "Digit (its number)", 0, len(data.images) - 1, digit_scores.EXAMPLE_DIGIT
    )
    image = int(inputs.number_or_default(row, asked, "ideas.scores.image", width=160))
    navigation.try_recipe_button(row, "digits-mlp", "ideas.try.scores")
    st.markdown(
        "A classifier gives each class a **score**, also called a logit. The class with the "
        "highest score is its answer, and the **accuracy** is the share of images "
        "whose answer is right."
    )
    _one(image)
    st.markdown("**4. Accuracy: the mean over a batch**")
    _batch()
    st.caption(
        "The scores are not a network's here, but the simplest there are: minus the squared "
        "distance of the 64 pixels (0 to 1) to the mean image of each class, taken over "
        f"{len(digit_scores.train_numbers()):,} training digits; every fourth digit, "
        f"{digit_scores.EXAMPLE_DIGIT} too, is kept for the test. A "
        "network computes better scores; the steps after them are these. An "
        "article calls what its network puts out probabilities: without a softmax they are scores, "
        "which PyTorch's cross-entropy loss takes as they are."
    )


def _one(image: int) -> None:
    data = digits.load()
    given = _scores()[image]
    shares = digit_scores.softmax(given)
    answer, label = int(given.argmax()), int(data.labels[image])
    is_right = answer == label
    first, second, third = st.columns([1, 2, 2])
    first.markdown(f"**Digit {image}**")
    first.image(
        pictures.encoded(pictures.strip(data.images[[image]], data.max_pixel, height=160)),
        caption=f"Label: {label}",
        output_format="PNG",
        alt=f"Digit number {image}, a handwritten {label}",
    )
    drawn = {
        "1. The scores": ("Score", given, ".1f", None),
        "2. Softmax: scores as probabilities": ("Probability", shares, ".0%", (0.0, 1.0)),
    }
    for column, (title, (axis, values, form, domain)) in zip(
        (second, third), drawn.items(), strict=True
    ):
        text = ", ".join(f"{k} {value:{form}}" for k, value in enumerate(values))
        column.markdown(f"**{title}**")
        column.vega_lite_chart(
            charts.score_data(values, data.classes),
            charts.score_spec(axis, form, domain),
            key=f"ideas.scores.{axis}",
            alt=f"Bar chart of ten classes' {axis.lower()} for digit {image}: {text}.",
        )
    judgement = "right: 1" if is_right else "wrong: 0"
    st.markdown(
        f"**3. Argmax: which class has the highest?** Class **{answer}**, with score "
        f"{formats.minus(f'{given[answer]:.1f}')} and probability "
        f"{formats.share(shares[answer], 0)}. The label is {label}, so the answer is "
        f"**{judgement}**. Softmax keeps the order of the scores, so the answer is the "
        "same with it or without it."
    )


def _batch() -> None:
    data = digits.load()
    count = st.select_slider(
        "Test digits in the batch", list(_BATCHES), 50, key="ideas.scores.batch",
        persist_state="session", width=320,
    )  # fmt: skip
    chosen = _shuffled()[:count]
    labels, given = data.labels[chosen], _scores()[chosen]
    answers, ones = given.argmax(1), digit_scores.right(given, labels)
    columns = _BATCHES[count]
    st.vega_lite_chart(
        charts.answer_data(answers, labels, chosen, columns),
        charts.answer_spec(-(-count // columns), columns),
        key="ideas.scores.answers",
        alt=f"Table of {count} test digits with the class each is given: {ones.sum()} right, "
        f"{count - ones.sum()} wrong.",
    )
    first = " + ".join(str(one) for one in ones[:8])
    st.markdown(
        f"A 1 for each that is right, a 0 for each that is wrong, then the mean: ({first} + …) / "
        f"{count} = {ones.sum()} / {count} = **{formats.share(ones.mean())}**."
    )
    # Without colours: Streamlit's one of comments is too faint on white (3.6 : 1).
    st.code(
        "answers = scores.argmax(axis=1)  # of each row (image) the column (class)\n"
        "right = answers == labels        # True counts as 1, False as 0\n"
        "accuracy = right.mean()",
        language=None,
        wrap_lines=True,
    )


def _shuffled() -> np.ndarray:
    """Return the test digits in a random order that is always the same: a writer's stand
    together."""
    return np.random.default_rng(0).permutation(digit_scores.test_numbers())


@st.cache_data(show_spinner=False, max_entries=1)
def _scores() -> np.ndarray:
    """Return the scores of every digit, float64 (1797, 10)."""
    data = digits.load()
    pixels, train = digit_scores.pixels(), digit_scores.train_numbers()
    return digit_scores.scores(pixels, digit_scores.class_means(pixels[train], data.labels[train]))

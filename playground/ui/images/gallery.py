"""A gallery of images with what one or two runs made of them, page by page.

One element of HTML a page: turned in the browser it took a fourth of the time of native elements
(24 cards: median 122 against 440 ms, 2 cores, Streamlit 1.67).
"""

import base64
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

import numpy as np
import streamlit as st

from playground import formats
from playground.analysis.predictions import Predictions
from playground.charts import colors, pictures
from playground.data.datasets import Dataset

PER_PAGE = 24
"""Whole rows of 2, 3, 4, 6 and 8 cards."""

# 128 pixels are a multiple of 8, 16, 32 and 64, so that every pixel of an image is a square.
_STYLE = (
    f"<style>.gallery {{--right: {colors.RIGHT}; --wrong: {colors.WRONG}}}"
    + """
.gallery {display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(min(9.25rem, 45%), 1fr));
  font-size: .8125rem; line-height: 1.35}
.gallery figure {margin: 0; padding: .5rem; min-width: 0; border-radius: .5rem;
  border: 1px solid color-mix(in srgb, currentColor 20%, transparent)}
.gallery figure.wrong {border: 2px solid var(--wrong); padding: calc(.5rem - 1px)}
.gallery img {display: block; width: 128px; max-width: 100%; margin: 0 auto .4rem;
  image-rendering: pixelated}
.gallery .line {display: flex; justify-content: space-between; gap: .4rem}
.gallery .line > :first-child {overflow: hidden; text-overflow: ellipsis; white-space: nowrap}
.gallery .head > :first-child, figure.wrong .head {font-weight: 600}
.gallery .run {margin-top: .4rem; padding-top: .3rem;
  border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent)}
.gallery ul {list-style: none; margin: .15rem 0 0; padding: 0; font-size: inherit}
.gallery ul li {margin: 0 0 .2rem; padding: 0; font-size: inherit}
.gallery .true {font-weight: 600}
.gallery .bar {display: block; height: 4px;
  background: color-mix(in srgb, currentColor 12%, transparent)}
.gallery .bar i {display: block; height: 100%;
  background: color-mix(in srgb, currentColor 55%, transparent)}
.gallery .true .bar i {background: var(--right)}
</style>"""
)

Named = tuple[str, Predictions]
"""What a run is called on a card, and what it made of the images."""


def show(
    dataset: Dataset,
    classes: Sequence[str],
    predictions: Predictions,
    positions: np.ndarray,
    key: str,
    other: Named | None = None,
    name: str = "A",
    per_page: int = PER_PAGE,
) -> None:
    """Draw one page of the images at these positions, in their order, and the way to the others.

    ``predictions`` has image numbers. With ``other``, of the same images, a card tells what the
    run ``name`` and the other one predicted. Other positions begin at page 1.
    """
    if not len(positions):
        st.caption("There is no such image.")
        return
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    number = 1
    if len(positions) > per_page:
        with row:
            # Another list is another widget, which begins at page 1.
            these = zlib.crc32(positions.tobytes())
            pages = -(-len(positions) // per_page)
            number = st.pagination(pages, key=f"{key}.page.{these:x}")
    first = (number - 1) * per_page
    some = positions[first : first + per_page]
    row.caption(f"{_range(first, len(some), len(positions))} · ✓ the true class", width="content")
    runs = [(name, predictions), *([other] if other else [])]
    assert predictions.indices is not None
    draw(dataset, classes, runs, predictions.indices[some])


def draw(
    dataset: Dataset, classes: Sequence[str], runs: Sequence[Named], numbers: Iterable[int]
) -> None:
    """Draw a card for each image, by its number in the data set, with what each run predicted."""
    cards = "".join(card(dataset, classes, runs, int(number)) for number in numbers)
    st.html(f'{_STYLE}<div class="gallery">{cards}</div>')


def card(dataset: Dataset, classes: Sequence[str], runs: Sequence[Named], number: int) -> str:
    """Render one image as HTML: its picture, number and true class, and the top 3 classes of a run.

    Of several runs, which all have the image, each tells its first class. The true class follows
    if it is not among them.
    """
    true = int(dataset.labels[number])
    names = [escape(name) for name in classes]
    alone = len(runs) == 1
    alt, text, wrong = [f"Image {number}, true class {names[true]}"], "", ""
    for name, predictions in runs:
        position = predictions.at(number)
        assert position is not None
        top = predictions.top_classes(position, 3 if alone else 1)
        guess, confidence = top[0]
        if true not in dict(top):
            top.append((true, float(predictions.probabilities[position, true])))
        wrong = "" if guess == true else "✗ wrong"
        who = "" if alone else f"{escape(name)} "
        alt.append(f"{who}predicted {names[guess]} with {escape(formats.share(confidence, 0))}")
        text += "" if alone else _line("head run", escape(name), wrong or "right")
        text += f"<ul>{''.join(_bar(names[c], share, c == true) for c, share in top)}</ul>"
    return (
        f'<figure class="{"wrong" if alone and wrong else "right"}">'
        f'<img src="{_source(dataset, number)}" alt="{", ".join(alt)}"/><figcaption>'
        + _line("head", f"#{number}", (wrong or "right") if alone else "")
        + f'<div class="line"><span title="{names[true]}">true: {names[true]}</span></div>'
        + text
        + "</figcaption></figure>"
    )


def _bar(name: str, share: float, is_true: bool) -> str:
    percent = escape(formats.share(share, 0))
    tick = '<span role="img" aria-label="true class">✓</span> ' if is_true else ""
    return (
        f'<li class="{"true" if is_true else ""}"><div class="line">'
        f'<span title="{name}">{tick}{name}</span><span>{percent}</span></div>'
        f'<span class="bar"><i style="width:{share:.1%}"></i></span></li>'
    )


def _line(kind: str, left: str, right: str) -> str:
    return f'<div class="line {kind}"><span title="{left}">{left}</span><span>{right}</span></div>'


def _source(dataset: Dataset, number: int) -> str:
    image = dataset.images[number]
    return _png(image.tobytes(), image.shape, dataset.max_pixel)


# Most pages show the same images again at the next run of the script, and each takes 0.2 ms.
@lru_cache(maxsize=512)
def _png(pixels: bytes, shape: tuple[int, ...], max_pixel: int) -> str:
    """Encode an image, uint8, as the source of an HTML picture."""
    image = np.frombuffer(pixels, np.uint8).reshape(shape)
    return f"data:image/png;base64,{base64.b64encode(pictures.png(image, max_pixel)).decode()}"


def _range(first: int, count: int, total: int) -> str:
    if total == 1:
        return "1 image"
    if count == total:
        return f"{total:,} images"
    return f"Images {first + 1:,} to {first + count:,} of {total:,}"

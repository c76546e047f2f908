"""The view of why an image is taken for a class: methods of attribution side by side."""

import base64
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.charts import pictures
from playground.inside import Explanation
from playground.ui.inside.subject import Subject
from playground.worker import questions

_SIDE = 160
"""Pixels of a map."""
_ALIKE = 0.7
"""Rank correlation from which a map is said to survive the shuffling."""
_STYLE = f"""<style>
.why {{ display: flex; flex-wrap: wrap; gap: 1.25rem 2rem; }}
.why section {{ flex: 1 1 {3 * _SIDE + 40}px; min-width: min({2 * _SIDE}px, 100%); }}
.why h4 {{ margin: 0 0 0.25rem; font-size: 1rem; }}
.why p {{ margin: 0 0 0.5rem; font-size: 0.875rem; }}
.why .row {{ display: flex; flex-wrap: wrap; gap: 0.5rem; }}
.why figure {{ margin: 0; width: {_SIDE}px; }}
.why img {{ width: {_SIDE}px; height: auto; image-rendering: pixelated; display: block; }}
.why figcaption {{ font-size: 0.8125rem; margin-top: 0.25rem; }}
</style>"""


def draw(place: Any, subject: Subject) -> None:
    """Draw what speaks for the class that the network says, and for another one."""
    assert subject.pixels is not None
    shares = subject.ask_of_image(questions.PREDICT)[0]
    subject.say(shares)
    order = np.argsort(-shares, kind="stable")
    says = int(order[0])
    known = int(order[1]) if subject.label in (None, says) else int(subject.label or 0)
    with place:
        st.markdown(f"Why **{subject.named(says)}**? Blue speaks for a class, orange against it.")
        among = [int(one) for one in order if one != says]
        # A key for each image: another one has another class to ask about first.
        other = st.selectbox(
            "And why not", among, index=among.index(known), format_func=subject.named,
            key=f"inside.other.{says}.{known}", width=260,
        )  # fmt: skip
        maps = [subject.ask_of_image(questions.EXPLAIN, target=target) for target in (says, other)]
        methods = zip(*maps, strict=True)
        st.html(
            f'{_STYLE}<div class="why">'
            + "".join(_method(subject, one, two, says, other) for one, two in methods)
            + "</div>"
        )


def _method(
    subject: Subject, one: Explanation, two: Explanation, says: int, other: int
) -> str:  # fmt: skip
    """Render a method: the two maps, the check, and what it shows and where it misleads."""
    head = f"<section><h4>{escape(one.title)}</h4>"
    if one.map is None or two.map is None or one.shuffled is None:
        return f"{head}<p>{escape(one.missing)}</p></section>"
    most = float(max(np.abs(one.map).max(), np.abs(two.map).max()))
    names = [subject.loaded.classes[number] for number in (says, other)]
    figures = [
        _figure(subject, one.map, most, f"For {names[0]}", one.title),
        _figure(subject, two.map, most, f"For {names[1]}", one.title),
        _figure(
            subject, one.shuffled, float(np.abs(one.shuffled).max()),
            f"Check: for {names[0]}, last layer mixed up (with a scale of its own)", one.title,
        ),
    ]  # fmt: skip
    return (
        f"{head}<p>{escape(one.shows)} <em>Careful:</em> {escape(one.misleads)}</p>"
        f'<div class="row">{"".join(figures)}</div><p>{escape(_check(one))}</p></section>'
    )


def _check(one: Explanation) -> str:
    if not np.isfinite(one.likeness):
        return "Check: one of the two maps is the same everywhere, so they cannot be compared."
    alike = (
        f"Check: with the last layer's weights mixed up, the places that speak for and against are "
        f"{'largely' if one.likeness >= _ALIKE else 'not'} the same (rank correlation "
        f"{formats.number(one.likeness, 2)}; 1 is all the same, 0 is chance)"
    )
    if one.likeness >= _ALIKE:
        return f"{alike}. So much of it comes from the picture, not from what was learnt last."
    return f"{alike}. So it depends on what was learnt."


def _figure(subject: Subject, values: np.ndarray, most: float, caption: str, title: str) -> str:
    assert subject.pixels is not None
    picture = pictures.over(subject.pixels, subject.dataset.max_pixel, values, most)
    source = base64.b64encode(pictures.encoded(picture)).decode()
    return (
        f'<figure><img src="data:image/png;base64,{source}" '
        f'alt="{escape(title)}: {escape(caption)}"/>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )

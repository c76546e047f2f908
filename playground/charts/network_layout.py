"""Where the boxes and texts of a network's drawing stand, from the image down to the classes.

Heights are in pixels. Widths are shares of the widest box: how wide that is depends on the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import prod, sqrt
from textwrap import wrap
from typing import Any

from playground import formats

BOXES = ("Image", "Convolution", "Whitening", "Dense", "Classes")
"""Families drawn to scale; others are thin slices below the box whose values they change."""
BADGES = {"new": 34, "changed": 62}
"""Marks of a layer, and how wide they are in pixels."""
_TITLE, _DETAIL, _BADGE, _LABEL = 19, 17, 18, 22
"""Heights of a line of text."""
_GAP, _PADDING, _BETWEEN, _BELOW_BADGE = 14, 10, 1, 4
_SLICE, _UNITS = 6, 10
"""Heights of a slice, and of a box of units, which has no channels."""
_TITLE_LETTERS, _DETAIL_LETTERS = 33, 40
"""In a line of text, so that it fits beside the boxes on a phone."""


@dataclass(frozen=True)
class LayerBox:
    """A layer, the image or the classes, as they are drawn."""

    title: str
    family: str
    output: tuple[int, ...]
    """(channels, height, width), or (units,)."""
    parameters: int = 0
    arithmetic: str = ""
    """How the parameters come about."""
    section: str = ""
    """The panel that it stands in, such as ``Block 1``; none if it is empty."""
    mark: str = ""
    """``new`` or ``changed``; nothing if it is as it was."""
    was: str = ""
    """Its title before, if it is changed."""
    before: str = ""
    """Title, output and parameters before, as far as they differ."""
    note: str = ""
    """Written in place of output and parameters."""


_Row = tuple[LayerBox, ...]
"""A layer and the slices that follow it."""


class Drawing:
    """All that is drawn, and how high it is."""

    def __init__(self, layers: Sequence[LayerBox]) -> None:
        """Lay out the layers, in their order."""
        self.marks: list[dict[str, Any]] = []
        """Boxes, lines of text and so on: what they are is ``part``."""
        self.height = 0.0
        self._widest = max(_side(one.output) for one in layers if one.family in BOXES)
        self._half = 0.0
        self._parameters = sum(one.parameters for one in layers)
        self._mark("header", 0, _TITLE, text="Share of the parameters")
        for section, rows in groupby(_rows(layers), lambda row: row[0].section):
            self._add_section(section, list(rows))
        self.height -= _GAP

    def _add_section(self, section: str, rows: list[_Row]) -> None:
        top = self.height
        self.height += _LABEL if section else 0
        for _, alike in groupby(rows, _look):
            self._add_rows(list(alike))
        if section:
            self.height += _PADDING - _GAP
            self._mark("panel", top, self.height)
            self._mark("section", top, top + _LABEL, text=section)
            self.height += _GAP

    def _add_rows(self, alike: list[_Row]) -> None:
        """Draw rows that look alike: all their boxes on the left, once in words on the right."""
        boxes = [(one, _thickness(one)) for row in alike for one in row]
        texts = list(_texts(alike))
        stack = sum(thickness + _BETWEEN for _, thickness in boxes)
        height = max(stack, sum(line for line, _ in texts))
        top = self.height + (height - stack) / 2
        for layer, thickness in boxes:
            self._add_box(layer, top, top + thickness)
            top += thickness + _BETWEEN
        self._add_share(alike, self.height, self.height + height)
        top = self.height + (height - sum(line for line, _ in texts)) / 2
        for line, marks in texts:
            for mark in marks:
                self._mark(top=top, bottom=top + line, **mark)
            top += line
        self.height += height + _GAP

    def _add_share(self, alike: list[_Row], top: float, bottom: float) -> None:
        """Draw how much of the network's parameters stand here."""
        if count := sum(one.parameters for row in alike for one in row):
            share = count / self._parameters
            self._mark("share", top, bottom, share=share, text=formats.share(share, 0))

    def _add_box(self, layer: LayerBox, top: float, bottom: float) -> None:
        if layer.family != "Flatten":  # which only puts the values in a row
            self._half = _side(layer.output) / self._widest
        for edge in (top, bottom):
            self._mark("flow", edge, edge, half=self._half)
        count = f"{layer.parameters:,} = {layer.arithmetic}" if layer.parameters else ""
        self._mark(
            "box",
            top,
            bottom,
            half=self._half,
            family=layer.family,
            mark=layer.mark,
            layer=layer.title,
            output=formats.shape(layer.output),
            parameters=count or layer.arithmetic or formats.NOTHING,
            before=layer.before or ("not there" if layer.mark == "new" else "the same"),
        )

    def _mark(self, part: str, top: float, bottom: float, **values: Any) -> None:
        self.marks.append({"part": part, "top": top, "bottom": bottom} | values)


def _rows(layers: Sequence[LayerBox]) -> Iterator[_Row]:
    """Yield each box with the slices below it; what begins a section begins a row."""
    row: list[LayerBox] = []
    for layer in layers:
        if row and (layer.family in BOXES or layer.section != row[0].section):
            yield tuple(row)
            row = []
        row.append(layer)
    yield tuple(row)


def _look(row: _Row) -> _Row:
    """Return what rows that are drawn alike have in common."""
    return tuple(
        replace(one, parameters=0, arithmetic="", before=one.before if one.mark else "")
        for one in row
    )


def _texts(alike: list[_Row]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield lines of text, each with its height."""
    first, *others = alike[0]
    marked = [one for one in alike[0] if one.mark]
    if first.mark == "new" and len(marked) == len(alike[0]):
        marked = [first]
    for one in marked:
        words = {"part": "detail", "text": _told(one, one is first), "left": BADGES[one.mark] + 8}
        yield _BADGE, [{"part": "badge", "text": one.mark, "left": BADGES[one.mark]}, words]
        yield _BELOW_BADGE, []
    title = f"{len(alike)} × {first.title}" if len(alike) > 1 else first.title
    for line in wrap(title.replace(" × ", "\u00a0×\u00a0"), _TITLE_LETTERS):
        yield _TITLE, [{"part": "title", "text": line}]
    details = [formats.shape(first.output)]
    if count := sum(row[0].parameters for row in alike):
        details.append(f"{count:,} parameters" + (" in all" if len(alike) > 1 else ""))
    shape = first.output
    after = []
    for one in others:
        more = f" (+{one.parameters:,})" if one.parameters else ""
        shown = f" → {formats.shape(one.output)}" if one.output != shape else ""
        after.append(one.title + more + shown)
        shape = one.output
    for text in (first.note or _joined(details), _joined(after)):
        for line in wrap(text, _DETAIL_LETTERS):
            yield _DETAIL, [{"part": "detail", "text": line.removesuffix("\u00a0·")}]


def _told(layer: LayerBox, is_titled: bool) -> str:
    """Say beside its mark which layer is new, or what one was before it was changed; of one whose
    title stands below, only what is not said there."""
    if layer.mark == "new":
        return "" if is_titled else layer.title
    was = layer.was.split(" ")
    if is_titled:
        same = [one == other for one, other in zip(was, layer.title.split(" "), strict=False)]
        was = was[(*same, False).index(False) :]
    return f"before: {' '.join(was) or layer.before}"


def _joined(items: list[str]) -> str:
    """Return items in a line that breaks between them, or before what one puts out."""
    unbroken = (item.replace(" ", "\u00a0").replace("\u00a0→", " →") for item in items)
    return "\u00a0· ".join(unbroken)


def _side(output: tuple[int, ...]) -> float:
    """Return the side of an image in pixels, or the root of a number of units: as long as the side
    of an image of so many pixels."""
    return sqrt(prod(output[1:] if len(output) == 3 else output))


def _thickness(layer: LayerBox) -> float:
    """Return how high a layer is drawn: by the root of its channels."""
    if layer.family not in BOXES:
        return _SLICE
    return 3 + 1.6 * sqrt(layer.output[0]) if len(layer.output) == 3 else _UNITS

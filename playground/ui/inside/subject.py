"""What is looked at: a run's network, and an image of the data set or one's own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.config import Setting
from playground.data.datasets import Dataset
from playground.service import Engine
from playground.ui import inputs, state
from playground.ui.images import own_picture
from playground.ui.run import split_picker
from playground.ui.run.loaded_run import LoadedRun

_SIDE = 300
"""Pixels of what stands at the left on a desktop."""
_NUMBER, _MISTAKE, _PICTURE = "Number", "Mistake", "Upload"


@dataclass(frozen=True)
class Subject:
    """A network and an image."""

    engine: Engine
    loaded: LoadedRun
    pixels: np.ndarray | None
    """uint8 (height, width, channels) up to the data set's ``max_pixel``; None if a view looks at
    the network as a whole."""
    label: int | None = None
    """Its class, if that is known."""
    place: Any = st
    """Where views are drawn."""
    epoch: int | None = None
    """After which the network is looked at; None: as the run left it."""
    left: Any = st
    """Where the image was chosen."""
    beside: "Subject | None" = None
    """A second run's network, of the same data."""

    @property
    def dataset(self) -> Dataset:
        """The data that the network was trained on."""
        assert self.loaded.dataset is not None
        return self.loaded.dataset

    @property
    def split(self) -> str:
        """The images that views look at: the test's, or the validation's if those are hidden."""
        if not state.is_test_hidden():
            return "test"
        return split_picker.splits_of(self.loaded)[0]

    def named(self, number: int) -> str:
        """Return a class's name, as text of a page."""
        return labels.plain(self.loaded.classes[number])

    def say(self, shares: np.ndarray) -> None:
        """Write what the network says below the image: its probabilities, float32 (classes,)."""
        says, share = int(shares.argmax()), formats.share(float(shares.max()), 0)
        self.left.markdown(f"The network says **{self.named(says)}** ({labels.plain(share)}).")

    def ask(self, function: str, timeout: float = 60, **arguments: Any) -> Any:
        """Ask the network, as ``Engine.ask`` does; what was asked before is remembered. Raises
        UserError."""
        run = self.loaded.run
        if self.epoch is not None:
            arguments = {"epoch": self.epoch} | arguments
        return _answer(run.name, run.ended, function, arguments, self.engine, timeout)

    def ask_of_image(self, function: str, timeout: float = 60, **arguments: Any) -> Any:
        """Ask the network about the image. Raises UserError."""
        assert self.pixels is not None
        return self.ask(function, timeout, pixels=self.pixels[None], **arguments)


# What is asked is part of the key, as a run's name and the time of its end are. What a network of
# CIFAR10 puts out takes up to 1 MB.
@st.cache_data(max_entries=120, show_spinner="Asking the network …")
def _answer(
    run: str, ended: float | None, function: str, arguments: dict[str, Any], _engine: Engine,
    _timeout: float,
) -> Any:  # fmt: skip
    return _engine.ask(run, function, _timeout, **arguments)


def choose(engine: Engine, loaded: LoadedRun, epoch: int | None) -> Subject | None:
    """Draw the choice of an image at the left; None if none is chosen yet. Raises UserError."""
    dataset = loaded.dataset
    assert dataset is not None
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=_SIDE), st.container(width="stretch")
    grey = dataset.input_shape[0] == 1
    ways = [_NUMBER, _MISTAKE, *([own_picture.DRAWING] if grey else []), _PICTURE]
    way = inputs.one_of(left, "Image", ways, "inside.from")
    subject = Subject(engine, loaded, None, place=right, epoch=epoch)
    if way == own_picture.DRAWING:
        pixels, label = own_picture.drawn(left, right, loaded, dataset), None
    elif way == _PICTURE:
        pixels, label = own_picture.uploaded(left, left, loaded, dataset), None
    else:
        ask = _numbered if way == _NUMBER else _mistaken
        if (number := ask(left, subject)) is None:
            return None
        pixels, label = dataset.images[number], int(dataset.labels[number])
        caption = f"{subject.named(label)} (number {number:,} of the data set)"
        _show_image(left, subject, pixels, caption)
    if pixels is None:
        return None
    if label is None and pixels.min() == pixels.max():
        right.info(own_picture.ONE_SHADE)
        return None
    return Subject(engine, loaded, pixels, label, right, epoch, left=left)


def _numbered(place: Any, subject: Subject) -> int | None:
    """Ask for an image by its place among those of the split, from 1."""
    numbers = _numbers(subject)
    if not len(numbers):
        place.info("This run has no such images.")
        return None
    label = f"{subject.split} image, 1 to {len(numbers):,}".capitalize()
    setting = Setting.of_number(label, 1, len(numbers), 1)
    at = _typed(place, setting, f"inside.number.{subject.split}")
    return int(numbers[at - 1])


def _mistaken(place: Any, subject: Subject) -> int | None:
    """Ask for a mistake by its place among them, the most confident first."""
    part = subject.loaded.parts.get(subject.split)
    if part is None or part.indices is None:
        place.info(f"What this run made of the {subject.split} images was not kept.")
        return None
    wrong = part.where(wrong=True)
    if not len(wrong):
        place.info(f"There is no mistake among the {subject.split} images.")
        return None
    ordered = part.ordered(wrong, "confident")
    label = f"Mistake of {len(ordered):,} in the {subject.split}"
    setting = Setting.of_number(label, 1, len(ordered), 1)
    return int(part.indices[ordered[_typed(place, setting, "inside.mistake") - 1]])


def _typed(place: Any, setting: Setting, key: str) -> int:
    """Ask for a whole number with buttons for the one before and the next."""
    most = int(setting.high or 1)
    if not 1 <= (state.get(key) or 1) <= most:
        state.set_value(key, 1)
    return int(place.number_input(setting.label, 1, most, key=key, persist_state="session"))


def _numbers(subject: Subject) -> np.ndarray:
    from playground.ui.run import loaded_run

    split = loaded_run.split_of(subject.dataset, subject.loaded.run.config.data)
    return getattr(split, subject.split)


def _show_image(place: Any, subject: Subject, pixels: np.ndarray, caption: str) -> None:
    from playground.charts import pictures

    place.image(
        pictures.strip(pixels[None], subject.dataset.max_pixel, 160), caption=caption,
        output_format="PNG", alt=caption,
    )  # fmt: skip

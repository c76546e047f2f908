"""What the inside of a network looks like, as a worker tells it: plain arrays, without torch."""

from dataclasses import dataclass

import numpy as np

UNCHANGED = ("dropout", "channel_dropout", "flatten")
"""Kinds of layers that change no number once training has ended."""


@dataclass(frozen=True)
class LayerOutput:
    """What one layer makes of one image."""

    place: int
    """Of the layer, in the order in which they are computed, from 0."""
    block: int
    """The number of its block, from 1; 0 if it is in none."""
    kind: str
    title: str
    shape: tuple[int, ...]
    """(channels, height, width) or (units,)"""
    low: float
    high: float
    zeros: float
    """Share of its outputs that are 0, from 0 to 1."""
    channels: np.ndarray
    """Those in ``maps``, int64, the strongest (largest mean absolute output) first; of a layer
    without maps all units, in order."""
    maps: np.ndarray
    """float32 (channels, height, width), or (units,)."""


@dataclass(frozen=True)
class NetworkOutputs:
    """What every layer of a network makes of one image."""

    layers: tuple[LayerOutput, ...]
    logits: np.ndarray
    """float32 (classes,)"""
    probabilities: np.ndarray
    """float32 (classes,)"""


@dataclass(frozen=True)
class Channel:
    """A channel or unit of a layer, with what it looks for."""

    weights: np.ndarray | None
    """float32 (channels of its input, height, width): the kernel, or a unit's weights laid out as
    its input is; (inputs,) if that has no shape; None if no layer with weights makes it."""
    weights_of: int
    """The place of the layer that has them."""
    sees_image: bool
    """Whether that layer looks at the image itself, and no other one before it."""
    is_dense: bool
    """Whether that is a dense layer, whose weights for a unit stand in one row."""
    bias: float | None
    map: np.ndarray
    """float32 (height, width), what it makes of the image; (1,) of a unit."""
    exciting: np.ndarray
    """Numbers of the images that excite it most, int64, the strongest first; none if they were not
    asked for."""
    strengths: np.ndarray
    """float32, its largest output for each of them."""
    searched: int
    """Images among which they were found."""


@dataclass(frozen=True)
class Explanation:
    """What one method of attribution says of why an image is taken for a class."""

    method: str
    title: str
    shows: str
    misleads: str
    map: np.ndarray | None
    """float32 (height, width): what speaks for the class above 0, against it below; None if the
    method has nothing to say of such a network."""
    missing: str
    """Why there is none, as a sentence."""
    shuffled: np.ndarray | None
    """The same of the network with its last layer's weights shuffled."""
    likeness: float
    """The rank correlation of the two maps, -1 to 1: near 1, the method does not depend on what the
    last layer learnt; nan if one of them is the same everywhere."""


@dataclass(frozen=True)
class ImageMap:
    """Images as points, by the outputs of the last hidden layer."""

    numbers: np.ndarray
    """Of the images, int64 (n,)."""
    points: np.ndarray
    """float32 (n, 2)"""
    labels: np.ndarray
    """int64 (n,)"""
    predicted: np.ndarray
    """int64 (n,)"""
    explained: float
    """Share of the variance that two directions hold; nan if they are no such directions."""


@dataclass(frozen=True)
class Edit:
    """A change by hand: a number of a layer's weights or biases, or a unit that is switched off."""

    place: int
    """Of the layer, in the order in which they are computed."""
    what: str
    """``weight``, ``bias`` or ``off``."""
    index: tuple[int, ...]
    """Of the number in the weights; (unit,) of a bias or a unit."""
    value: float = 0.0


@dataclass(frozen=True)
class LayerUnits:
    """The units (channels of a convolution) of a hidden layer, behind its activation."""

    place: int
    """Of the layer behind which they stand, mostly an activation, in the order in which layers are
    computed."""
    block: int
    """The number of its block, from 1; 0 if it is in none."""
    title: str
    """Of the layer with weights before it."""
    units: int
    dead: np.ndarray
    """Those that put out 0 for every image, int64."""
    zeros: float
    """Share of all outputs that are 0."""
    saturated: float
    """Share that is near the ends of tanh or sigmoid; nan of other activations."""
    images: int


@dataclass(frozen=True)
class LayerHistory:
    """A layer with weights through training, a row an epoch that is kept; nan where something was
    not recorded, as of a last epoch that nobody knew to be the last."""

    place: int
    block: int
    title: str
    epochs: np.ndarray
    """int64 (epochs,)"""
    weights: np.ndarray
    """float32 (epochs, 7): smallest, 5 %, 25 %, median, 75 %, 95 %, largest."""
    gradients: np.ndarray
    """The same of the gradient of the epoch's last batch; of a large layer, of some of its
    numbers."""
    steps: np.ndarray
    """float32 (epochs,): the length of the epoch's last step, as a share of the weights'."""

"""A setting's value in a few words, such as ``dropout 0.3`` or ``no batch norm``: what the names of
runs are made of, and how blocks of convolutions are told wherever they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from playground import formats
from playground.config import (
    CNN,
    KINDS,
    ConfigError,
    ConvBlock,
    Part,
    RunConfig,
    Setting,
    from_values,
    setting_of,
    settings_of,
)
from playground.config.paths import item_of, name_of, parent_of, section_of, value_at

BLOCKS = "architecture.blocks"
_DIGITS = 4
"""That a number keeps, unless it must be told from another."""


class Phrase(NamedTuple):
    """What is said of a setting."""

    text: str
    missing: bool = False
    """Whether ``text`` is what is not there, such as ``dropout``."""

    def __str__(self) -> str:
        return f"no {self.text}" if self.missing else self.text


@dataclass(frozen=True)
class _Words:
    """How a setting is told."""

    said: str
    """Has {} for the value."""
    off: str = ""
    """What is missing if the value is 0, none or off."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What is said if the value is one of these words."""
    share: bool = False
    """Whether the number is read as a percentage."""


_WORDS = {
    "data.train_images": _Words("{} images"),
    "data.validation": _Words(
        "validation {}",
        off="validation",
        values={"end": "validation on the last images", "test": "validation on the test images"},
    ),
    "data.validation_fraction": _Words("{} for validation", share=True),
    "data.test_fraction": _Words("{} for the test", share=True),
    "data.validation_from": _Words(
        "validation from {}",
        values={
            "pool": "validation from all images",
            "chosen": "validation from the training images only",
        },
    ),
    "data.scaling": _Words(
        "pixels {}", values={"raw": "raw pixels", "standard": "standardised pixels"}
    ),
    "data.flip": _Words("flip", off="flip"),
    "data.crop": _Words("shift {}", off="shift"),
    "data.cutout": _Words("cutout {}", off="cutout"),
    "data.label_noise": _Words("label noise {}", off="label noise", share=True),
    "architecture.activation": _Words("{}", off="activation"),
    "architecture.dropout": _Words("dropout {}", off="dropout"),
    "architecture.dropout_at": _Words("dropout {}"),
    "architecture.batch_norm": _Words("batch norm", off="batch norm"),
    "architecture.initialization": _Words(
        "{} initialisation", values={"pytorch": "PyTorch initialisation"}
    ),
    "architecture.bias": _Words("initial bias {}", values={"pytorch": "PyTorch biases"}),
    "architecture.whitening": _Words("whitening", off="whitening"),
    "architecture.pyramid_activation": _Words("pyramid with {}", off="activation in the pyramid"),
    "architecture.pyramid_batch_norm": _Words("pyramid batch norm {}", off="pyramid batch norm"),
    "architecture.head": _Words(
        "{}", values={"flatten": "flattened", "global_average": "global pooling"}
    ),
    "architecture.blocks.kernel": _Words("kernel {}"),
    "architecture.blocks.padding": _Words("same padding", off="padding"),
    "architecture.blocks.batch_norm": _Words(
        "batch norm {}", off="batch norm", values={"each": "batch norm"}
    ),
    "architecture.blocks.pool": _Words("{} pooling", off="pooling"),
    "architecture.blocks.pool_at": _Words("pooling {}"),
    "architecture.blocks.dropout": _Words("dropout {}", off="dropout"),
    "architecture.blocks.dropout_kind": _Words("dropout of {}"),
    "architecture.blocks.dropout_at": _Words("dropout {}"),
    "optimizer.learning_rate": _Words("rate {}"),
    "optimizer.momentum": _Words("momentum {}", off="momentum"),
    "optimizer.learning_rate_decay": _Words("rate decay {}", off="rate decay"),
    "schedule.every": _Words("every {}"),
    "schedule.epochs": _Words("over {}"),
    "regularization.weight_decay": _Words("weight decay {}", off="weight decay"),
    "regularization.l1": _Words("L1 penalty {}", off="L1 penalty"),
    "regularization.l2": _Words("L2 penalty {}", off="L2 penalty"),
    "regularization.penalty_on": _Words(
        "penalty on {}",
        values={"all": "penalty on all weights", "hidden": "penalty on hidden layers only"},
    ),
    "regularization.label_smoothing": _Words("label smoothing {}", off="label smoothing"),
    "regularization.gradient_clip": _Words("gradient clipping {}", off="gradient clipping"),
    "regularization.early_stopping.watch": _Words("early stopping by {}", off="early stopping"),
    "regularization.early_stopping.keep": _Words("weights of the {} epoch"),
    "run.epochs": _Words("{}"),
    "run.batch_size": _Words("batch {}", values={"full": "full batch"}),
    "run.device": _Words("on {}", values={"auto": "on the fastest device"}),
    "run.test_time_flip": _Words("tested mirrored too", off="test of mirrored images"),
}
"""By dotted path, a block's without its number. Others are told by their label and value."""
_OF_DENSE_LAYERS = ("architecture.dropout", "architecture.batch_norm")
"""What a CNN has in its blocks too, under the same label."""
_OFF = (0, "none", "off", False)
_USUAL = ConvBlock()
_PROPER = ("Xavier", "Kaiming", "PyTorch", "CPU", "CUDA", "MPS")


def number(value: float, exact: bool = False) -> str:
    """Write a number as people read it: 10,000, 0.001, 0.00001, 2 × 10⁻⁷; of one that is not whole
    four digits, or all of them if ``exact``."""
    if isinstance(value, int):
        return formats.minus(f"{value:,}")
    digits = len(Decimal(repr(value)).as_tuple().digits) if exact else _DIGITS
    return formats.number(value, digits)


def share(value: float, exact: bool = False) -> str:
    """Write a share as a percentage, such as ``20 %``, with a space at which no line breaks."""
    return f"{number(float(100 * Decimal(repr(value))), exact)}\u00a0%"


def of_path(config: RunConfig, path: str, exact: bool = False) -> Phrase | None:
    """Say what a config has at a path: a setting's, a kind's (``optimizer.name``), a block's
    (``architecture.blocks.0.kernel``), or that of a field of all blocks, without a number.

    None if it has no such setting, or if that has no effect beside the others.
    """
    if path.startswith(f"{BLOCKS}.") and item_of(path) is None:
        return of_blocks(getattr(config.architecture, "blocks", ()), name_of(path), exact)
    value, part = value_at(config, path), value_at(config, parent_of(path))
    if value is None or name_of(path) in part.inactive_fields():
        return None
    if name_of(path) in part.init_only:  # the width, which is not kept, but what it made
        return Phrase(channels_of(getattr(part, "blocks", ())))
    if path == BLOCKS:
        return Phrase(blocks_in_words(value, exact))
    setting = setting_of(config, path)
    if setting is None:
        return of_kind(section_of(path), value)
    if (block := item_of(path)) is not None:
        return Phrase(f"block {block + 1}: {_of_field(setting, value, exact)}")
    if path == "architecture.hidden" and isinstance(config.architecture, CNN):
        return dense(config.architecture)
    phrase = _of_value(setting, path, value, exact)
    if path in _OF_DENSE_LAYERS and isinstance(config.architecture, CNN):
        return phrase._replace(text=f"dense {phrase.text}")  # blocks have their own
    return phrase


def of_kind(section: str, kind: str) -> Phrase:
    """Say which kind a section is, such as ``SGD`` or ``cosine schedule``."""
    called = KINDS[section][kind].called()
    if section != "schedule":
        return Phrase(called.partition(":")[0])
    if kind == "constant":
        return Phrase("schedule", missing=True)
    return Phrase(f"{_lower(called)} schedule")


def dense(architecture: Part) -> Phrase | None:
    """Say which dense layers a CNN has after its blocks."""
    if not isinstance(architecture, CNN):
        return None
    if not architecture.hidden:
        return Phrase("dense layers", missing=True)
    return Phrase(f"dense {_joined(architecture.hidden)}")


def blocks_in_words(blocks: Sequence[ConvBlock], exact: bool = False) -> str:
    """Tell blocks of convolutions, such as ``3 blocks 32-64-128, batch norm``."""
    told = [channels_of(blocks)]
    for name, setting in settings_of(ConvBlock).items():
        changed = any(getattr(one, name) != setting.default for one in blocks)
        if changed and name != "channels":
            told.append(str(of_blocks(blocks, name, exact)))
    return ", ".join(told)


def channels_of(blocks: Sequence[ConvBlock]) -> str:
    """Tell how many blocks there are and how many channels each makes: ``3 blocks 32-64-128``."""
    channels = "-".join(block.in_a_line for block in blocks)
    return f"{formats.counted(len(blocks), 'block')} {channels}" if blocks else "no blocks"


def written_blocks(text: str) -> str:
    """Tell blocks that are written as links write them."""
    try:
        config = from_values({"architecture": {"kind": "cnn", "blocks": text}})
    except ConfigError:
        return "blocks that cannot be read"
    return blocks_in_words(getattr(config.architecture, "blocks", ()))


def of_blocks(
    blocks: Sequence[ConvBlock], name: str, exact: bool = False, usual: ConvBlock = _USUAL
) -> Phrase | None:
    """Say what blocks have in a field: ``dropout 0.3``, ``dropout 0.2-0.3-0.4``, or ``block 2:
    dropout 0.3`` if the others are as a ``usual`` block; None if it has no effect in any."""
    setting = settings_of(ConvBlock)[name]
    places: dict[Any, list[int]] = {}
    for place, block in enumerate(blocks, start=1):
        if name not in block.inactive_fields():
            places.setdefault(getattr(block, name), []).append(place)
    if not places:
        return None
    if len(places) == 1:
        (value,) = places
        return _of_value(setting, f"{BLOCKS}.{name}", value, exact)
    others = {value: at for value, at in places.items() if value != getattr(usual, name)}
    if setting.kind in ("whole", "number") and len(others) > 1:
        series = "-".join(number(getattr(block, name), exact) for block in blocks)
        return Phrase(_words(setting, f"{BLOCKS}.{name}").said.format(series))
    return Phrase(
        ", ".join(
            f"{formats.plural('block', len(at))} {_places(at)}: {_of_field(setting, value, exact)}"
            for value, at in others.items()
        )
    )


def _of_field(setting: Setting, value: Any, exact: bool) -> Phrase:
    return _of_value(setting, f"{BLOCKS}.{name_of(setting.path)}", value, exact)


def _of_value(setting: Setting, path: str, value: Any, exact: bool) -> Phrase:
    words = _words(setting, path)
    if words.off and (value in _OFF):
        return Phrase(words.off, missing=True)
    if isinstance(value, str):
        if value in words.values:
            return Phrase(words.values[value])
        text = _lower(setting.called(value))
    elif isinstance(value, tuple):
        text = _joined(value) or "none"
    elif words.share:
        text = share(value, exact)
    else:
        text = number(value, exact)
        if setting.unit == "epochs":
            text += f" {formats.plural('epoch', int(value))}"
    return Phrase(words.said.format(text))


@cache
def _words(setting: Setting, path: str) -> _Words:
    if path in _WORDS:
        return _WORDS[path]
    label = _lower(setting.label)
    return _Words(label, off=label) if setting.kind == "switch" else _Words(f"{label} {{}}")


def _lower(text: str) -> str:
    """Write a label's first letter small, unless its first word is a name, such as ReLU."""
    first, *_ = text.split(" ")
    named = first.startswith(_PROPER) or not first[1:].islower()
    return (text if named else text[0].lower() + text[1:]).replace(",", "")


def _joined(widths: Sequence[int]) -> str:
    return "-".join(map(str, widths))


def _places(at: Sequence[int]) -> str:
    """Write the numbers of blocks, such as ``1 and 3`` or ``2–4``."""
    if len(at) > 2 and all(after - before == 1 for before, after in pairwise(at)):
        return f"{at[0]}–{at[-1]}"
    return formats.listed([str(one) for one in at])

"""RunConfig: the whole of a run's settings, its canonical form and its name."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Self, Union

from pydantic import Discriminator, Tag, model_validator

from playground.config.data import Data
from playground.config.datasets import Digits
from playground.config.network import CNN, MLP, Architecture
from playground.config.optimizer import Adam, Optimizer
from playground.config.part import ConfigError, Kind, Part, kinds_of
from playground.config.paths import section_of, walk
from playground.config.regularization import Regularization, Run
from playground.config.schedule import Constant, Schedule
from playground.config.setting import setting_of
from playground.errors import Problem
from playground.formats import NOTHING

DATA_KINDS = kinds_of(Data)
OPTIMIZER_KINDS = kinds_of(Optimizer)
KINDS: dict[str, Mapping[str, type[Kind]]] = {
    "data": DATA_KINDS,
    "architecture": kinds_of(Architecture),
    "optimizer": OPTIMIZER_KINDS,
    "schedule": kinds_of(Schedule),
}
"""The parts that come in kinds: part -> the tag's value -> its class."""


def _any_of(section: str, default: str) -> Any:
    """Make a union of a section's kinds, told apart by their tag; without one it is ``default``."""
    kinds = KINDS[section]
    tag = kinds[default].tag
    assert tag

    def read_tag(value: Any) -> Any:
        return value.get(tag, default) if isinstance(value, Mapping) else getattr(value, tag, None)

    tagged: Any = tuple(Annotated[cls, Tag(name)] for name, cls in kinds.items())
    return Annotated[Union[tagged], Discriminator(read_tag)]  # noqa: UP007  # made of a tuple


if TYPE_CHECKING:  # a checker knows no union that is made of a list
    DataConfig, OptimizerConfig, ScheduleConfig = Data, Optimizer, Schedule
    ArchitectureConfig = MLP | CNN
else:
    DataConfig = _any_of("data", default="digits")
    ArchitectureConfig = _any_of("architecture", default="mlp")
    OptimizerConfig = _any_of("optimizer", default="adam")
    ScheduleConfig = _any_of("schedule", default="constant")


class RunConfig(Part):
    """Everything that decides a run. Equal configs give equal runs on the same machine's CPU."""

    data: DataConfig = Digits()
    architecture: ArchitectureConfig = MLP()
    optimizer: OptimizerConfig = Adam()
    schedule: ScheduleConfig = Constant()
    regularization: Regularization = Regularization()
    run: Run = Run()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        watch = self.regularization.early_stopping.watch
        if watch.startswith("validation") and self.data.validation == "none":
            message = (
                "Early stopping watches the validation images, but there are none: choose some "
                "under Data, or let it watch the training loss."
            )
            raise ConfigError(
                [Problem("regularization.early_stopping.watch", message, is_sentence=True)]
            )
        return self

    def canonical(self) -> str:
        """Write the one JSON text of this config: sorted keys, no spaces, and all but added fields.

        An added field (``Part.added_fields``) is left out while it has the value that was meant
        before there was the field, or has no effect. So a new field changes no name: runs stored
        under their names, their families, and what was measured of the recipes stay found. Three
        rules follow. A field that is added to a part is entered in its ``added_fields``. The value
        that is entered with it never changes, since it is not written down with the runs that have
        it. And a part that has every field but an added one is read as such JSON, with the value
        from before, while a part that names a few of its fields, as links and files written by hand
        do, takes the default.
        """
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    @property
    def name(self) -> str:
        """The run's name: the SHA-256 of the canonical JSON, 64 hex digits."""
        return _name(self)

    def with_seed(self, seed: int) -> "RunConfig":
        """Return the same config with another seed."""
        return self.model_copy(update={"run": self.run.model_copy(update={"seed": seed})})

    @property
    def family(self) -> str:
        """The name of this config whatever its seed: 64 hex digits."""
        return self.with_seed(0).name

    def settings(self) -> dict[str, str]:
        """List the settings that differ from the defaults, by dotted path, as text: a link's
        content.

        Reading them back with :func:`with_settings` gives an equal config.
        """
        return dict(_settings(self))


@cache
def beginning(data: str) -> RunConfig:
    """Give what a run on the data set of that kind begins with: a network that suits it, an
    optimizer and the rest."""
    kind = DATA_KINDS[data]
    own = kind.begins_with.get("data", {})
    return RunConfig(**{**kind.begins_with, "data": kind(**own)})


# A page asks for the same few names and links again and again: ten times in a rerun, 1.2 ms.
@lru_cache(maxsize=1024)
def _name(config: RunConfig) -> str:
    return hashlib.sha256(config.canonical().encode()).hexdigest()


@lru_cache(maxsize=1024)
def _settings(config: RunConfig) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for section in type(config).model_fields:
        part = getattr(config, section)
        usual = _usual(type(part), section)
        for leaf in walk(part, section):
            if leaf.value != usual[leaf.path]:
                found[leaf.path] = as_text(leaf.value)
        if section in KINDS and part.tag is not None:
            kind = getattr(part, part.tag)
            if kind != getattr(getattr(RunConfig(), section), part.tag):
                found[f"{section}.{part.tag}"] = kind
    return found


@cache
def _usual(part: type[Part], path: str) -> Mapping[str, Any]:
    """Give the defaults of a part that stands at ``path``, by dotted path."""
    return {leaf.path: leaf.value for leaf in walk(part(), path)}


def as_text(value: Any) -> str:
    """Write a setting's value as links and ``--set`` do."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        if all(isinstance(item, int) for item in value):
            return "-".join(map(str, value)) or "none"
        blocks = [item.model_dump(mode="json", exclude_defaults=True) for item in value]
        return json.dumps(blocks, separators=(",", ":"))
    return str(value)


def label_at(config: RunConfig, path: str) -> str:
    """Give what a setting, one of a block's (``architecture.blocks.0.kernel``) or of all blocks
    (``architecture.blocks.*.kernel``), or a kind is called; the path itself if there is nothing."""
    if setting := setting_of(config, path):
        return setting.full_label
    kinds = KINDS.get(section_of(path), {})
    tags = {f"{section_of(path)}.{kind.tag}": kind.kinds_label for kind in kinds.values()}
    return tags.get(path, path)


def problem_at(config: RunConfig, path: str, message: str) -> Problem:
    """Make a problem with what stands at a path, of what is said of it after its name."""
    return Problem(path, message, label=label_at(config, path))


def differences(a: RunConfig, b: RunConfig) -> dict[str, tuple[str, str]]:
    """List the settings in which two configs differ: dotted path -> (text in a, text in b).

    A setting that one of them does not have is shown as ``–``.
    """
    left, right = flat(a), flat(b)
    return {
        path: (left.get(path, NOTHING), right.get(path, NOTHING))
        for path in [*left, *(path for path in right if path not in left)]
        if left.get(path) != right.get(path)
    }


def flat(config: Part) -> dict[str, str]:
    """Write every setting that a config holds as text, by dotted path."""
    return {leaf.path: as_text(leaf.value) for leaf in walk(config) if not leaf.init_only}

"""Every setting of a config in words, section by section: for cards, reports and comparisons."""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.analysis import labels, phrases
from playground.config import CNN, ConvBlock, RunConfig, as_text, flat, label_at, setting_of
from playground.config.paths import walk

SECTIONS = {
    "data": "Data",
    "architecture": "Network",
    "optimizer": "Optimizer",
    "schedule": "Learning rate schedule",
    "regularization": "Regularization",
    "run": "Run",
}


@dataclass(frozen=True)
class SettingSummary:
    """A setting in words."""

    path: str
    label: str
    value: str
    changed: bool
    """Whether it differs from the default."""
    inactive: bool
    """Whether it has no effect beside the others."""


def summarize(config: RunConfig) -> dict[str, list[SettingSummary]]:
    """Describe every setting in words, by section; what kind a section is comes first, blocks one
    by one."""
    return {
        label: sorted(_of_part(config, section), key=lambda one: one.path != _tag(config, section))
        for section, label in SECTIONS.items()
    }


def _tag(config: RunConfig, section: str) -> str:
    return f"{section}.{getattr(config, section).tag}"


def _of_part(config: RunConfig, section: str) -> Iterator[SettingSummary]:
    changed = config.settings()
    for leaf in walk(getattr(config, section), section):
        if leaf.path == "architecture.blocks":
            yield from _of_blocks(config, leaf.path, leaf.value)
        elif not leaf.init_only:
            text = as_text(leaf.value)
            yield _summary(config, leaf.path, text, leaf.path in changed, leaf.inactive)


def _of_blocks(
    config: RunConfig, path: str, blocks: tuple[ConvBlock, ...]
) -> Iterator[SettingSummary]:
    usual = [flat(block) for block in CNN().blocks]
    told = phrases.channels_of(blocks)
    yield SettingSummary(path, "Blocks", told, blocks != CNN().blocks, False)
    for number, block in enumerate(blocks):
        default = usual[number] if number < len(usual) else {}
        for name, text in flat(block).items():
            at = f"{path}.{number}.{name}"
            yield _summary(
                config, at, text, text != default.get(name), name in block.inactive_fields()
            )


def _summary(
    config: RunConfig, path: str, text: str, changed: bool, inactive: bool
) -> SettingSummary:
    setting = setting_of(config, path)
    unit = f" {setting.unit}" if setting and setting.unit and text.isdigit() else ""
    value = labels.of_value(config, path, text)
    return SettingSummary(path, label_at(config, path), value + unit, changed, inactive)

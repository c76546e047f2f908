"""How settings and their values are called on the page."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import tzinfo

from playground import formats
from playground.config import (
    CNN,
    KINDS,
    ConvBlock,
    RunConfig,
    Setting,
    flat,
    setting_of,
    settings_of,
)
from playground.config import differences as config_differences
from playground.config.paths import item_of, section_of
from playground.formats import NOTHING
from playground.store import Run
from playground.visible import isolated


def of_kind(section: str, kind: str) -> str:
    """Return what a kind of a section, such as the optimizer ``sgd``, is called."""
    cls = KINDS[section].get(kind)
    return cls.called() if cls else kind


def plain(text: str) -> str:
    """Escape text that others wrote (a link, a file's class names), to be shown as it is: no
    Markdown, and nothing that hides or turns the words beside it."""
    escaped = re.sub(r"([\\`*_\[\]<>#|~$:&])", r"\\\1", isolated(text))
    # What looks like an address becomes a link even if it is escaped, unless it is broken by a
    # character that has no width.
    return re.sub(r"(?i)(?<=\bwww)(?=\.)|(?<=:)(?=//)|(?=@)", "\u2060", escaped)


def escape_invisible(text: str) -> str:
    """Return text with what cannot be seen as its number, such as ``\\u202e``."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def of_kinds(section: str) -> str:
    """Return what the kinds of a section are called."""
    return next(iter(KINDS[section].values())).kinds_label


def of_differences(old: RunConfig, new: RunConfig) -> list[str]:
    """Describe what changed from one config to another, a phrase for each setting."""
    return [f"{label} {before} → {after}" for label, before, after in changes(old, new)]


def changes(old: RunConfig, new: RunConfig) -> list[tuple[str, str, str]]:
    """Return (setting, before, after) for each setting that changed, in words.

    A setting that only one of two kinds has is left out at its default: it follows from the kind.
    """
    chosen = old.settings().keys() | new.settings().keys()
    found = []
    for path, (before, after) in config_differences(old, new).items():
        setting = setting_of(new, path) or setting_of(old, path)
        if NOTHING in (before, after) and path not in chosen:
            continue
        if setting and setting.kind == "blocks":
            blocks = [getattr(one.architecture, "blocks", ()) for one in (old, new)]
            found += _block_changes(*blocks)
        else:
            values = (v if v == NOTHING else _text(setting, path, v) for v in (before, after))
            found.append((_label(setting, path), *values))
    return found


def _block_changes(
    old: Sequence[ConvBlock], new: Sequence[ConvBlock]
) -> list[tuple[str, str, str]]:
    """Return what changed in the blocks of convolutions, block by block."""
    found = []
    if len(old) != len(new):
        found.append(("Blocks", str(len(old)), str(len(new))))
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        texts = flat(before), flat(after)
        for name, setting in settings_of(ConvBlock).items():
            values = [text[name] for text in texts]
            if values[0] != values[1]:
                before_text, after_text = (_text(setting, name, value) for value in values)
                found.append((f"Block {number}: {setting.label}", before_text, after_text))
    return found


def of_path(config: RunConfig, path: str) -> str:
    """Return what a setting, one of a block's (``architecture.blocks.0.kernel``), or a kind is
    called."""
    label = _label(setting_of(config, path), path)
    block = item_of(path)
    return label if block is None else f"Block {block + 1}: {label}"


def of_paths(config: RunConfig, paths: Iterable[str]) -> dict[str, str]:
    """Return what settings are called, told apart if two have one name."""
    found = {path: of_path(config, path) for path in paths}
    often = Counter(found.values())
    return {
        path: label if often[label] == 1 else f"{label} ({section_of(path)})"
        for path, label in found.items()
    }


def of_value(config: RunConfig, path: str, text: str) -> str:
    """Return a value of a setting, or of a block's, as links write it, in words."""
    setting = setting_of(config, path)
    if setting is not None and setting.kind == "switch":
        return {"true": "on", "false": "off"}.get(text, text)
    return _text(setting, path, text)


def _label(setting: Setting | None, path: str) -> str:
    return setting.label if setting else of_kinds(section_of(path))


def of_current_value(config: RunConfig, path: str) -> str:
    """Return a setting's value in words; ``–`` if this config has no such setting."""
    text = flat(config).get(path)
    return NOTHING if text is None else _text(setting_of(config, path), path, text)


def _text(setting: Setting | None, path: str, value: str) -> str:
    """Return a value as links write it, in words; without a setting the path is that of a kind."""
    if setting is None:
        return of_kind(section_of(path), value)
    if setting.kind == "choice" or setting.word == value:
        return setting.called(value)
    return value.removesuffix(".0")


OTHER_VERSION = "Settings of another version"

_IN_SUMMARY = (
    "data.name",
    "data.file",
    "architecture.kind",
    "architecture.hidden",
    "optimizer.name",
    "optimizer.learning_rate",
    "run.epochs",
)


def of_settings(config: RunConfig, but: Collection[str] = ()) -> list[str]:
    """Describe what of a config differs from the defaults, a phrase for each setting."""
    phrases = []
    for path, text in config.settings().items():
        setting = setting_of(config, path)
        if path in but:
            continue
        if setting and setting.kind == "blocks":
            blocks = _block_changes(CNN().blocks, getattr(config.architecture, "blocks", ()))
            phrases += [f"{label} {after}" for label, _, after in blocks]
        elif setting is None or setting.kind == "choice":
            phrases.append(f"{_label(setting, path)}: {_text(setting, path, text)}")
        else:
            phrases.append(f"{_label(setting, path)} {_text(setting, path, text)}")
    return phrases


def of_run(
    run: Run, splits: Sequence[str] = ("validation", "test"), zone: tzinfo | None = None
) -> str:
    """Return a stored run in one line: what it reached, what it is, and when it was asked for."""
    reached: list[str] = [run.status] if run.status != "finished" else []
    for split in splits:
        if not reached and (scores := run.scores[split]):
            reached.append(f"{split} {scores.accuracy:.1%}")
    return " · ".join([*reached, title(run), formats.when(run.submitted, zone)])


def title(run: Run) -> str:
    """Return what a run is called: by a person, or by its settings."""
    if run.title or not run.is_readable:
        return isolated(run.title) or OTHER_VERSION
    return " · ".join([summary(run.config), *of_settings(run.config, _IN_SUMMARY)])


def explain_removed(run: Run) -> str:
    """Explain what is gone of a run and how to have it back; empty if nothing is."""
    if not run.removed:
        return ""
    return (
        f"Its {run.removed} were removed to make room on the disk; its figures stay. “Train "
        "again”, on the page Train, brings back the rest."
    )


STACKED = (
    "A sweep trained this run in one stack with others: its figures may differ in the last digits "
    "from those of the same run trained alone."
)


def short(run: Run) -> str:
    """Describe a run's data, network, optimizer and epochs in one line."""
    return summary(run.config) if run.is_readable else OTHER_VERSION


def differences_from_defaults(run: Run) -> str:
    """Describe what of a run's settings differs from the defaults, in one line."""
    return "; ".join(of_settings(run.config)) if run.is_readable else ""


def summary(config: RunConfig) -> str:
    """Return a config in one line, such as ``Digits · MLP 32-16 · Adam 0.001 · 30 epochs``."""
    return " · ".join(
        [
            isolated(config.data.in_a_line),
            config.architecture.in_a_line,
            f"{type(config.optimizer).called()} {config.optimizer.learning_rate:g}",
            formats.counted(config.run.epochs, "epoch"),
        ]
    )

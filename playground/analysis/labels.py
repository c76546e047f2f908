"""How settings and their values are called on the page."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

from playground.analysis.phrases import (
    BLOCKS,
    blocks_in_words,
    channels_of,
    number,
    of_blocks,
    written_blocks,
)
from playground.config import (
    KINDS,
    ConvBlock,
    RunConfig,
    Setting,
    flat,
    label_at,
    setting_of,
    settings_of,
)
from playground.config import differences as config_differences
from playground.config.paths import section_of, walk
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
    One that has no effect in one of both is left out too: that follows from another.
    """
    chosen = old.settings().keys() | new.settings().keys()
    without_effect = {leaf.path for one in (old, new) for leaf in walk(one) if leaf.inactive}
    found = []
    for path, (before, after) in config_differences(old, new).items():
        setting = setting_of(new, path) or setting_of(old, path)
        if path in without_effect or (NOTHING in (before, after) and path not in chosen):
            continue
        if path == BLOCKS:
            blocks = [getattr(one.architecture, "blocks", None) for one in (old, new)]
            found += _block_changes(*blocks)
        else:
            values = (v if v == NOTHING else _text(setting, path, v) for v in (before, after))
            told = (_label(setting, path), *values)
            found.insert(0, told) if path == "data.name" else found.append(told)
    return found


def _block_changes(
    old: Sequence[ConvBlock] | None, new: Sequence[ConvBlock] | None
) -> list[tuple[str, str, str]]:
    """Return what changed in the blocks of convolutions: field by field if there are more or fewer,
    else block by block, or in all at once if it is the same in all."""
    if not old or not new:
        texts = [NOTHING if one is None else blocks_in_words(one) for one in (old, new)]
        return [("Blocks", texts[0], texts[1])]
    found = []
    for name, setting in settings_of(ConvBlock).items():
        texts = [[_text(setting, name, flat(one)[name]) for one in each] for each in (old, new)]
        pairs = list(zip(*texts, strict=False))
        changed = {
            place: pair
            for place, pair in enumerate(pairs, 1)
            if pair[0] != pair[1]
            and not any(name in one[place - 1].inactive_fields() for one in (old, new))
        }
        if name == "channels" and (len(changed) > 1 or len(old) != len(new)):
            found.append(("Blocks", channels_of(old), channels_of(new)))
        elif len(old) != len(new):
            before, after = (str(of_blocks(one, name, exact=True) or NOTHING) for one in (old, new))
            found += [("Blocks", before, after)] if before != after else []
        elif len(changed) == len(pairs) > 1 and len(set(pairs)) == 1:
            found.append((f"{setting.label} in all blocks", *pairs[0]))
        else:
            found += [(f"Block {at}: {setting.label}", *pair) for at, pair in changed.items()]
    return found


def of_paths(config: RunConfig, paths: Iterable[str]) -> dict[str, str]:
    """Return what settings are called, told apart if two have one name."""
    found = {path: label_at(config, path) for path in paths}
    often = Counter(found.values())
    return {
        path: label if often[label] == 1 else f"{label} ({section_of(path)})"
        for path, label in found.items()
    }


def of_value(config: RunConfig, path: str, text: str) -> str:
    """Return a value of a setting, or of a block's, as links write it, in words."""
    return _text(setting_of(config, path), path, text)


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
    if setting.kind == "blocks":
        return written_blocks(value)
    if setting.kind == "choice" or setting.word == value:
        return setting.called(value)
    if setting.kind == "switch":
        return {"true": "on", "false": "off"}.get(value, value)
    if setting.kind in ("whole", "number"):
        with suppress(ValueError):  # what is typed into a field is no number yet
            return number(json.loads(value), exact=True)
    return value


def of_settings(config: RunConfig) -> list[str]:
    """Describe what of a config differs from the defaults, a phrase for each setting."""
    phrases = []
    for path, text in config.settings().items():
        setting = setting_of(config, path)
        colon = ":" if setting is None or setting.kind in ("choice", "blocks") else ""
        phrases.append(f"{_label(setting, path)}{colon} {_text(setting, path, text)}")
    return phrases


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

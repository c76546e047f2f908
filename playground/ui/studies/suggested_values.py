"""What a sweep or a search begins with: the settings it offers, and values around what the sidebar
has."""

from collections.abc import Collection, Sequence

from playground.analysis import labels
from playground.config import KINDS, RunConfig, Setting, as_text, with_settings
from playground.config.paths import name_of, section_of, value_at
from playground.config.sweeps import paths_of

USUAL_SETTINGS = ("optimizer.learning_rate", "architecture.hidden")
"""Settings that are varied if nobody chose any."""
_COMMON = (
    *USUAL_SETTINGS,
    "optimizer.name",
    "architecture.dropout",
    "architecture.activation",
    "architecture.batch_norm",
    "architecture.width",
    "architecture.blocks.*.batch_norm",
    "architecture.blocks.*.dropout",
    "architecture.blocks.*.kernel",
    "regularization.weight_decay",
    "run.batch_size",
    "schedule.kind",
)
_RANGES: dict[str, tuple[float, float, bool]] = {
    "dropout": (0, 0.5, False),
    "weight_decay": (1e-6, 0.01, True),
    "l1": (1e-6, 0.01, True),
    "l2": (1e-6, 0.01, True),
    "label_smoothing": (0, 0.2, False),
    "label_noise": (0, 0.4, False),
    "gradient_clip": (0.1, 10, True),
    "momentum": (0.5, 0.99, False),
    "alpha": (0.8, 0.999, False),
    "beta1": (0.8, 0.99, False),
    "beta2": (0.9, 0.9999, False),
    "rho": (0.5, 0.99, False),
    "epsilon": (1e-10, 1e-4, True),
    "learning_rate_decay": (1e-6, 0.1, True),
    "factor": (0.1, 0.9, False),
    "final": (0, 0.5, False),
    "rise": (0.1, 0.5, False),
    "crop": (0, 4, False),
    "cutout": (0, 8, False),
    "kernel": (1, 5, False),
    "width": (0.5, 2, True),
}
"""Ranges of settings by their own name: lowest, highest, whether logarithmic."""
_VALUES = {
    "hidden": ("16", "32", "32-16", "64-32", "128-64"),
    "channels": ("8", "16", "32", "64"),
    "pyramid": ("none", "6-12", "6-12-24"),
    "batch_size": ("16", "32", "64", "128"),
    "train_images": ("200", "500", "1000"),
    "bias": ("pytorch", "0", "0.1"),
}
_LISTED = {
    "learning_rate": ("0.001", "0.005", "0.01", "0.05", "0.1"),
    "test_fraction": ("0.10", "0.18", "0.25", "0.32", "0.40"),
    "validation_fraction": ("0.1", "0.2", "0.3"),
    "dropout": ("0", "0.2", "0.4", "0.6"),
    "weight_decay": ("0", "0.0001", "0.001", "0.01"),
    "l1": ("0", "0.0001", "0.001", "0.01"),
    "l2": ("0", "0.0001", "0.001", "0.01"),
    "label_smoothing": ("0", "0.05", "0.1", "0.2"),
    "label_noise": ("0", "0.1", "0.2", "0.4"),
    "gradient_clip": ("0", "0.1", "1", "10"),
    "batch_size": ("16", "32", "64", "128", "full"),
    "split_seed": ("0", "1", "2"),
    "least_gain": ("0", "0.001", "0.01"),
    "initial_accumulator": ("0", "0.1", "1"),
    "kernel": ("1", "3", "5"),
    "width": ("0.5", "1", "2"),
}
"""Lists of values by the setting's own name: those of the digits article's tables among them."""
_POINTS = 4
_MAX_CHOICES = 5
_USUAL_KINDS = {"optimizer.name": ("sgd", "momentum", "rmsprop", "adam")}


def settings_to_vary(config: RunConfig, never: Collection[str]) -> list[str]:
    """Return the settings that can be varied, without those of ``never``; the common ones first."""
    paths = [path for path in paths_of(config) if path not in never]
    return [path for path in _COMMON if path in paths] + [
        path for path in paths if path not in _COMMON
    ]


def is_range(setting: Setting | None) -> bool:
    """Tell whether a range of numbers is asked for, and not a list of values."""
    return setting is not None and setting.kind in ("whole", "number") and not setting.word


def range_of(config: RunConfig, path: str, setting: Setting) -> tuple[float, float, bool]:
    """Return the lowest, the highest and whether logarithmic: around the sidebar's value if none
    is usual."""
    name = name_of(path)
    if name in _RANGES:
        return _RANGES[name]
    value = float(value_at(config, path, setting.default))
    if name == "learning_rate":
        return max(value / 10, 1e-6), min(max(value * 100, 0.01), 1.0 if value < 1 else 100), True
    low = setting.low if setting.low is not None else 0.0
    high = setting.high if setting.high is not None else value * 4 or 1.0
    if setting.kind == "whole":
        return max(low, value // 2), min(high, max(value * 2, value + 2)), False
    return max(low, value / 2), min(high, value * 2 or 1.0), False


def sweep_values(config: RunConfig, path: str, setting: Setting | None) -> list[str]:
    """Return some values to sweep: those there are, or a few across the usual range."""
    name = name_of(path)
    if name in _LISTED:
        return list(_LISTED[name])
    if setting is None or not is_range(setting):
        return search_values(config, path, setting)
    low, high, log = range_of(config, path, setting)
    steps = [step / (_POINTS - 1) for step in range(_POINTS)]
    points = [
        low * (high / low) ** step if log and low > 0 else low + (high - low) * step
        for step in steps
    ]
    if setting.kind == "whole":
        return [str(number) for number in dict.fromkeys(map(round, points))]
    return list(dict.fromkeys(f"{point:.4g}" for point in points))


def choices_of(path: str, setting: Setting | None) -> tuple[str, ...]:
    """Return the values there are; empty if any can be written."""
    if setting is None:
        return tuple(KINDS[section_of(path)])
    return ("false", "true") if setting.kind == "switch" else setting.choices


def search_values(config: RunConfig, path: str, setting: Setting | None) -> list[str]:
    """Return the values a list begins with, the sidebar's among them."""
    found = value_at(config, path)
    own = "" if found is None else as_text(found)  # blocks may differ
    all_of_them = choices_of(path, setting)
    if all_of_them:
        usual = _USUAL_KINDS.get(path, all_of_them)
        several = [value for value in usual if value != own][: _MAX_CHOICES - 1]
        several = _that_differ(config, path, [own, *several])
        return [value for value in all_of_them if value in several or value == own]
    usual = _VALUES.get(name_of(path), ())
    return list(dict.fromkeys([*usual, *([own] if own and own not in usual else [])]))


def _that_differ(config: RunConfig, path: str, values: Sequence[str]) -> list[str]:
    """Return the values without those that are the same run as one before them."""
    runs = {with_settings({path: value}, config)[0].name: value for value in reversed(values)}
    return list(runs.values())


def key_of(config: RunConfig, path: str) -> str:
    """Return the end of a widget's key, with the kind in it: each optimizer has ranges of its
    own."""
    section = section_of(path)
    if section not in KINDS:
        return path
    part = getattr(config, section)
    return path.replace(section, f"{section}.{getattr(part, part.tag)}", 1)


def label_of(setting: Setting | None, label: str) -> str:
    """Return a setting's name with its unit."""
    unit = setting.unit if setting and setting.unit not in label.lower() else ""
    return labels.plain(label + (f" ({unit})" if unit else ""))

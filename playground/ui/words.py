"""How settings and their values are called on the page."""

import re
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from playground.config import (
    ConfigError,
    Part,
    RunConfig,
    Setting,
    flat,
    from_json,
    settings_of,
)
from playground.config import differences as config_differences
from playground.runs import Run

_VALUES = {
    "digits": "Digits (8×8, grey)",
    "cifar10": "CIFAR10 (32×32, colour)",
    "npz": "Own images (.npz)",
    "mlp": "MLP: dense layers",
    "cnn": "CNN: convolutions",
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "amsgrad": "AMSGrad",
    "adamw": "AdamW",
    "unit": "0 to 1",
    "symmetric": "−1 to 1",
    "raw": "Raw pixels",
    "standard": "Mean 0, deviation 1",
    "end": "The last ones",
    "random": "Drawn at random",
    "test": "The test images",
    "one_cycle": "One cycle",
    "warm_up": "Warm-up",
    "pytorch": "PyTorch's own",
    "xavier_uniform": "Xavier, uniform",
    "xavier_normal": "Xavier, normal",
    "kaiming_uniform": "Kaiming, uniform",
    "kaiming_normal": "Kaiming, normal",
    "same": "Same size",
    "cpu": "CPU",
    "cuda": "CUDA (NVIDIA GPU)",
    "mps": "MPS (Apple GPU)",
    "auto": "Fastest there is",
    "before_dense": "Before the dense layers",
    "after_first": "After the first dense layer",
    "after_each": "After each hidden layer",
    "before_output": "Before the last layer",
    "each": "After each convolution",
    "first": "After the first convolution",
    "input": "Before the block",
    "before_pool": "Before the pooling",
    "after_pool": "After the pooling",
    "dense": "Dense layers only",
    "values": "Single values",
    "channels": "Whole channels",
    "last_two": "After the last two",
    "all": "All",
    "full": "Full batch",
}
_KIND_LABELS = {
    "data": "Data set",
    "architecture": "Network",
    "optimizer": "Optimizer",
    "schedule": "Learning rate schedule",
}


def of_value(value: object) -> str:
    """A choice in words."""
    text = str(value)
    return _VALUES.get(text, text.replace("_", " ").capitalize())


def plain(text: str) -> str:
    """Text that others wrote (a link, a file's class names), to be shown as it is: no Markdown."""
    return re.sub(r"([\\`*_\[\]<>#|~$:])", r"\\\1", text)


def of_kind(section: str) -> str:
    """What the kinds of a section are called."""
    return _KIND_LABELS[section]


def of_setting(config: RunConfig, path: str) -> Setting | None:
    """What is known of a dotted path of this config; None for a kind such as ``data.name``."""
    part: Part = config
    *parents, last = path.split(".")
    for step in parents:
        part = getattr(part, step)
    return settings_of(type(part)).get(last)


def of_differences(old: RunConfig, new: RunConfig) -> list[str]:
    """What changed from one config to another, a phrase for each setting."""
    return [
        f"{label} {before} → {after}" if before else label
        for label, before, after in changes(old, new)
    ]


def changes(old: RunConfig, new: RunConfig) -> list[tuple[str, str, str]]:
    """(setting, before, after) for each setting that both configs have and that differs.

    Blocks of convolutions are too long to be told: their values are empty.
    """
    found = []
    for path, (before, after) in config_differences(old, new).items():
        if "–" in (before, after):  # follows from another kind, which is told by itself
            continue
        setting = of_setting(new, path)
        if setting and setting.kind == "blocks":
            found.append(("the blocks of convolutions", "", ""))
        else:
            found.append((of_path(new, path), *(_text(setting, v) for v in (before, after))))
    return found


def of_path(config: RunConfig, path: str) -> str:
    """What a setting or a kind is called."""
    setting = of_setting(config, path)
    return setting.label if setting else of_kind(path.partition(".")[0])


def of_text(config: RunConfig, path: str) -> str:
    """A setting's value in words; ``–`` where this config has no such setting."""
    text = flat(config).get(path)
    return "–" if text is None else _text(of_setting(config, path), text)


def _text(setting: Setting | None, value: str) -> str:
    if setting is None or setting.kind == "choice" or setting.word == value:
        return of_value(value)
    return value.removesuffix(".0")


_IN_SUMMARY = (
    "data.name",
    "data.file",
    "architecture.kind",
    "architecture.hidden",
    "architecture.blocks",
    "optimizer.name",
    "optimizer.learning_rate",
    "run.epochs",
)


def of_settings(config: RunConfig, but: Collection[str] = ()) -> list[str]:
    """What of a config differs from the defaults, a phrase for each setting."""
    phrases = []
    for path, text in config.settings().items():
        setting = of_setting(config, path)
        if path in but:
            continue
        label = of_path(config, path)
        if setting and setting.kind == "blocks":
            phrases.append(label)
        elif setting is None or setting.kind == "choice":
            phrases.append(f"{label}: {_text(setting, text)}")
        else:
            phrases.append(f"{label} {_text(setting, text)}")
    return phrases


def of_run(run: Run) -> str:
    """A stored run in one line: what it reached, what it is, and when it was asked for."""
    reached = [f"{run.status}"] if run.status != "finished" else []
    if test := run.scores["test"]:
        reached.append(f"test {test.accuracy:.1%}")
    return " · ".join([*reached, called(run), when(run.submitted)])


def called(run: Run) -> str:
    """What a run is called: by a person, or by its settings."""
    if run.title:
        return run.title
    config = _config(run.config_json)
    if config is None:
        return "Settings of another version"
    return " · ".join([summary(config), *of_settings(config, _IN_SUMMARY)])


def short(run: Run) -> str:
    """A run's data, network, optimizer and epochs in one line."""
    config = _config(run.config_json)
    return summary(config) if config else "Settings of another version"


def differs(run: Run) -> str:
    """What of a run's settings differs from the defaults, in one line."""
    config = _config(run.config_json)
    return "; ".join(of_settings(config)) if config else ""


def when(time: float) -> str:
    """A moment on this machine's clock, such as ``21 Nov 14:05``."""
    moment = datetime.fromtimestamp(time)
    return moment.strftime("%d %b %H:%M").lstrip("0")


@lru_cache(maxsize=1024)
def _config(config_json: str) -> RunConfig | None:
    """A stored config, remembered, as lists draw the same ones again and again."""
    try:
        return from_json(config_json)
    except ConfigError:
        return None


def summary(config: RunConfig) -> str:
    """A config in one line, such as ``Digits · MLP 32-16 · Adam 0.001 · 30 epochs``."""
    network = config.architecture
    dense = "-".join(map(str, network.hidden))
    if network.kind == "cnn":
        blocks = " ".join("-".join(map(str, block.channels)) for block in network.blocks)
        layers = " · ".join(filter(None, [blocks, f"dense {dense}" if dense else ""]))
    else:
        layers = dense
    layers = layers or "no hidden layer"
    data = {"digits": "Digits", "cifar10": "CIFAR10"}.get(config.data.name)
    epochs = f"{config.run.epochs:,} epoch" + ("s" if config.run.epochs > 1 else "")
    return " · ".join(
        [
            data or config.data.file,
            f"{network.kind.upper()} {layers}",
            f"{of_value(config.optimizer.name)} {config.optimizer.learning_rate:g}",
            epochs,
        ]
    )

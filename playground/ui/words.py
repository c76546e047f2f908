"""How settings and their values are called on the page."""

import re

from playground.config import Part, RunConfig, Setting, settings_of
from playground.config import differences as config_differences

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
    phrases = []
    for path, (before, after) in config_differences(old, new).items():
        if "–" in (before, after):  # follows from another kind, which is told by itself
            continue
        setting = of_setting(new, path)
        label = setting.label if setting else of_kind(path.partition(".")[0])
        if setting and setting.kind == "blocks":
            phrases.append("the blocks of convolutions")
        elif setting is None or setting.kind == "choice" or setting.word in (before, after):
            phrases.append(f"{label} {of_value(before)} → {of_value(after)}")
        else:
            phrases.append(f"{label} {before} → {after}")
    return phrases


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

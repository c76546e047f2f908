"""How settings and their values are called on the page."""

from playground.config import KINDS, RunConfig, settings_of
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


def of_kind(section: str) -> str:
    """What the kinds of a section are called."""
    return _KIND_LABELS[section]


def of_path(path: str) -> str:
    """A setting's label, such as ``Learning rate`` for ``optimizer.learning_rate``."""
    section, _, rest = path.partition(".")
    parts = list(KINDS[section].values()) if section in KINDS else []
    if section in KINDS and rest == parts[0].tag:
        return of_kind(section)
    if section not in KINDS:
        parts = [type(getattr(RunConfig(), section))]
    for part in parts:
        found = settings_of(part).get(rest.partition(".")[0])
        if found and found.kind == "part":
            found = settings_of(type(found.default)).get(rest.partition(".")[2])
        if found:
            return found.label
    return path


def of_differences(old: RunConfig, new: RunConfig) -> list[str]:
    """What changed from one config to another, a phrase for each setting."""
    phrases = []
    for path, (before, after) in config_differences(old, new).items():
        if "–" in (before, after):  # follows from another kind, which is told by itself
            continue
        if path.endswith("blocks"):
            phrases.append("the blocks of convolutions")
            continue
        phrases.append(f"{of_path(path)} {before} → {after}")
    return phrases


def summary(config: RunConfig) -> str:
    """A config in one line, such as ``Digits · MLP 32-16 · Adam 0.001 · 30 epochs``."""
    network = config.architecture
    if network.kind == "cnn":
        shape = [" ".join("-".join(map(str, block.channels)) for block in network.blocks)]
        shape += ["-".join(map(str, network.hidden))] if network.hidden else []
        layers = " · dense ".join(part for part in shape if part)
    else:
        layers = "-".join(map(str, network.hidden)) or "no hidden layer"
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

"""The articles' and demonstrations' networks written in plain PyTorch, independently of the
playground's plans."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import nn

Build = Callable[..., nn.Module]


def _tutorial() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def _deeper() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(128, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def _wider() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 18, 2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(18, 72, 2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(648, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def _grid(channels: str, units: str) -> nn.Module:
    c, d = int(channels), int(units)
    return nn.Sequential(
        *(nn.Conv2d(3, c, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(15 * 15 * c, d), nn.ReLU(), nn.Dropout(0.4), nn.Linear(d, 10)),
    )


def _model_2() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 10, 3), nn.ReLU(), nn.Conv2d(10, 10, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(14 * 14 * 10, 256), nn.ReLU(), nn.Dropout(0.4)),
        nn.Linear(256, 10),
    )


def _model_3(width: float = 1) -> nn.Module:
    c, d = int(32 * width), int(256 * width)
    e = round(153 * width)
    return nn.Sequential(
        *(nn.Conv2d(3, c, 3), nn.ReLU(), nn.Conv2d(c, c, 3), nn.ReLU(), nn.Dropout(0.2)),
        nn.MaxPool2d(2),
        *(nn.Conv2d(c, 2 * c, 3), nn.ReLU(), nn.Conv2d(2 * c, 2 * c, 3), nn.ReLU()),
        *(nn.Dropout(0.2), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(5 * 5 * 2 * c, d), nn.ReLU(), nn.Dropout(0.2)),
        *(nn.Linear(d, e), nn.ReLU(), nn.Linear(e, 10)),
    )


def _pyramid(width: float = 1) -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 6, 1), nn.Conv2d(6, 12, 1)]
    layers += [nn.Conv2d(12, 24, 1), nn.BatchNorm2d(24), nn.Conv2d(24, 48, 1), nn.BatchNorm2d(48)]
    before = 48
    for full in (64, 128, 256):
        channels = int(full * width)
        layers += [nn.Conv2d(before, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
        for _ in range(2):
            layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
        before = channels
    last = round(100 * width)
    layers += [nn.BatchNorm2d(before), nn.Conv2d(before, last, 1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(last, 10, 4))


def _digits(*widths: int, pixels: int = 64) -> Build:
    def build() -> nn.Module:
        sizes = (pixels, *widths, 10)
        return nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))

    return build


def _cures(norm: bool = False) -> Build:
    def build(width: float = 1) -> nn.Module:
        layers: list[nn.Module] = []
        before = 3
        for full in (32, 64, 128):
            channels = int(full * width)
            layers += [nn.Conv2d(before, channels, 3, padding=1)]
            layers += [nn.BatchNorm2d(channels)] * norm + [nn.ReLU(), nn.MaxPool2d(2)]
            before = channels
        dense = int(128 * width)
        layers += [nn.Flatten(), nn.Dropout(0.5), nn.Linear(4 * 4 * before, dense), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(dense, 10))

    return build


def _tiny(width: float = 1) -> nn.Module:
    return _cures()(1 / 16)


def _fast() -> nn.Module:
    layers: list[nn.Module] = []  # the whitened first layer's 24 filters are not trained
    before = 24
    for channels in (64, 256, 256):
        layers += [nn.Conv2d(before, channels, 3, padding=1), nn.MaxPool2d(2)]
        layers += [nn.BatchNorm2d(channels), nn.GELU()]
        layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.GELU()]
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


def _minute() -> nn.Module:
    layers: list[nn.Module] = []  # as above
    for before, channels in ((24, 32), (32, 64), (64, 64), (64, 128)):
        layers += [nn.Conv2d(before, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


def _shifted_cnn(first: int, second: int, dense: int) -> Build:
    def build() -> nn.Module:
        return nn.Sequential(
            *(nn.Conv2d(1, first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(4 * 4 * second, dense), nn.ReLU(), nn.Linear(dense, 10)),
        )

    return build


def _normalized() -> nn.Module:
    layers: list[nn.Module] = []
    for before in (64, 32, 32):
        layers += [nn.Linear(before, 32), nn.BatchNorm1d(32), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(32, 10))


_USUAL = _digits(32, 16)
_DEEP = _digits(64, 64, 64, 64, pixels=256)
NETWORKS: dict[str, Build] = {
    "cifar10-cnn": _cures(),
    "cifar10-fast": _fast,
    "cifar10-minute": _minute,
    "tutorial": _tutorial,
    "tutorial-deeper": _deeper,
    "tutorial-wider": _wider,
    "size-grid": _grid,
    "size-grid-scaled": _grid,
    "size-model-2": _model_2,
    "size-model-3": _model_3,
    "size-model-4": _model_3,
    "size-model-4-long": _model_3,
    "size-too-much": _model_3,
    "pyramid": _pyramid,
    "pyramid-dropout": _pyramid,
    "pyramid-relu": _pyramid,
    "digits-first": _USUAL,
    "digits-mlp": _USUAL,
    **{f"digits-rate-{rate}": _USUAL for rate in ("0.001", "0.005", "0.05", "0.1")},
    **{f"digits-test-{share}": _USUAL for share in ("0.10", "0.18", "0.32", "0.40")},
    **{f"digits-epochs-{epochs}": _USUAL for epochs in (301, 501, 1501, 2001)},
    "digits-width-16-10": _digits(16, 10),
    "digits-width-16-16": _digits(16, 16),
    "digits-width-64-64": _digits(64, 64),
    "digits-width-128-64": _digits(128, 64),
    "digits-depth-16": _digits(16),
    "digits-depth-32-16-16": _digits(32, 16, 16),
    "digits-depth-32-32-16-16": _digits(32, 32, 16, 16),
    "digits-depth-64-64-32-32-16-16": _digits(64, 64, 32, 32, 16, 16),
    **{f"digits-{name}": _USUAL for name in ("adam", "amsgrad", "adagrad", "rmsprop")},
    **{f"cures-{n}": _cures() for n in ("base", "dropout", "weight-decay", "early-stopping")},
    "cures-batch-norm": _cures(norm=True),
    **{f"cures-{name}": _cures() for name in ("sgd", "momentum", "rmsprop")},
    **{f"cures-images-{images}": _cures() for images in (2500, 10000)},
    **{f"cures-too-{what}": _cures() for what in ("strong", "short")},
    "cures-too-small": _tiny,
    "demo-overfitting": _digits(64, pixels=256),
    **{f"demo-rate-{rate}": _USUAL for rate in ("low", "good", "high")},
    **{f"demo-dropout-{word}": _shifted_cnn(8, 16, 64) for word in ("off", "on")},
    **{f"demo-norm-off{fast}": _digits(32, 32, 32) for fast in ("", "-fast")},
    **{f"demo-norm-on{fast}": _normalized for fast in ("", "-fast")},
    **{f"demo-labels-{word}": _digits(256) for word in ("random", "true")},
    "demo-linear-flat": _digits(pixels=256),
    **{f"demo-linear-{word}": _DEEP for word in ("deep", "relu")},
    **{f"demo-data-{images}": _digits(64) for images in (50, 200, 1000)},
    **{f"demo-stopping-{word}": _digits(128) for word in ("off", "on")},
    "demo-chance-a": _USUAL,
    "demo-chance-b": _digits(32, 20),
    "demo-shifted-dense": _digits(128, pixels=256),
    "demo-shifted-cnn": _shifted_cnn(16, 32, 32),
}
NARROWER = {
    **{name: 1 / 2 for name in NETWORKS if name.startswith("cures-")},
    **{f"size-{name}": 1 / 4 for name in ("model-3", "model-4", "model-4-long", "too-much")},
    **{name: 1 / 8 for name in NETWORKS if name.startswith("pyramid")},
}
"""How wide the quick forms' layers are that are narrower than the articles'."""


def parameters_of(name: str, values: Sequence[str] = (), quick: bool = False) -> int:
    """How many numbers training adjusts in the network of a recipe, or of one of its family."""
    width = (NARROWER[name],) if quick and name in NARROWER else ()
    return sum(parameter.numel() for parameter in NETWORKS[name](*values, *width).parameters())

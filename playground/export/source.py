"""A config as Python source: what the script's template is given, and how it is laid out."""

import logging
import subprocess
import sys
from collections import ChainMap
from dataclasses import dataclass
from math import ceil
from typing import Any

import jinja2

from playground.config import RunConfig
from playground.config.call import substitute
from playground.config.data import SCALINGS, Augmentation
from playground.config.network import INITIALIZATIONS
from playground.data.datasets import Dataset, Split
from playground.data.datasets.scaling import mean_and_std
from playground.export.optimizers import optimizer_of, passes_weight_decay, schedule_of
from playground.export.quoting import quoted
from playground.export.subject import ExportError
from playground.network import Layer, Plan, duration
from playground.network.chunks import (
    WHITENING_IMAGES,
    LayerParts,
    evaluation_batch,
    parts_of,
)
from playground.results import Execution

log = logging.getLogger(__name__)
_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("playground.export"),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=jinja2.StrictUndefined,
)
_PENALIZED = {"all": "", "dense": " of the dense layers", "hidden": " of the hidden dense layers"}


@dataclass(frozen=True)
class Source:
    """What decides a script's text."""

    config: RunConfig
    dataset: Dataset
    split: Split
    plan: Plan
    way: Execution
    device: str
    """The kind of device, such as ``cpu``."""

    def python(self, notebook: bool = False) -> str:
        """Return the script, formatted, without a docstring. A notebook's has cells, each after a
        line ``# %% name``."""
        return format_code(self.rendered(notebook))

    def rendered(self, notebook: bool = False) -> str:
        """Return the same before it is formatted, with imports that it may not need."""
        template = _TEMPLATES.get_template("script.py.jinja")
        values = self._values(notebook)
        body = _TEMPLATES.from_string(self.config.data.loading.body).render(values)
        return template.render(notebook=notebook, load_images=body, **values)

    def _values(self, notebook: bool) -> dict[str, Any]:
        config, plan, data = self.config, self.plan, self.config.data
        part = config.regularization
        counts = {name: len(getattr(self.split, name)) for name in ("train", "validation", "test")}
        size = duration.batch_size_of(config, counts["train"])
        whole = size == counts["train"]
        on_gpu = self.device != "cpu"
        bias = config.architecture.bias
        drawn = INITIALIZATIONS[config.architecture.initialization].call
        initialization = drawn.source({}, "module.weight") if drawn else ""
        scaling, changes = SCALINGS[data.scaling], data.augmentations()
        pixel = {"max_pixel": str(self.dataset.max_pixel)}
        there = {"cuda": "cuda", "mps": "backends.mps"}
        stopping, last = part.early_stopping, str(config.run.epochs)
        watched = "loss" if stopping.watch == "train_loss" else stopping.watch
        whitening = plan.layers[0].kind == "whitening"
        filters = ["playground.training.modules.whitening_filters"] if whitening else []
        named = [layer.call.target for layer in plan.layers]
        named = [name for name in named if name.startswith("playground.")]
        dense = sum(layer.kind == "dense" for layer in plan.layers)
        steps = ceil(duration.trained_on(config, plan, counts["train"]) / size)
        groups = {
            "The data": self._of_data(counts) | (self._of_notebook() if notebook else {}),
            "Training": self._of_training(None if whole else size),
            "How it is computed: the last digits hang on it": self._of_computing(),
        }
        schedule, scheduler = schedule_of(config, steps, ChainMap(*groups.values()))
        groups["Training"] |= schedule
        changed_imports, changing = quoted(change.function for change in changes)
        layer_imports, own_layers = quoted([*named, *filters])
        return {
            "data": data,
            "counts": counts,
            "height": plan.input_shape[1],
            "width": plan.input_shape[2],
            "channels": plan.input_shape[0],
            "shape": ", ".join(map(str, plan.input_shape)),
            "max_pixel": self.dataset.max_pixel,
            "own_test": self.dataset.test_start is not None,
            "images": len(self.dataset.labels),
            "loading": data.loading,
            "folder": data.loading.folder,
            "scaling": {
                "measures": scaling.measures,
                "about": scaling.about.format(max_pixel=self.dataset.max_pixel),
                "factor": substitute(scaling.factor, pixel),
                "shift": substitute(scaling.shift, pixel),
            },
            "changes": [_change(one) for one in changes],
            "changing": changing,
            "own_layers": own_layers,
            "more_imports": [*changed_imports, *layer_imports, *self._imports()],
            "parameters": f"{plan.parameters:,}",
            "layers": [_module(layer) for layer in plan.modules],
            "initialization": initialization,
            "bias": None if bias == "pytorch" else bias,
            "prepared": initialization or bias != "pytorch" or on_gpu or self.way.channels_last
            or self.way.most,
            "parts": self._parts(),
            "whitening": ceil(counts["train"] / WHITENING_IMAGES) if whitening else 0,
            "way": self.way,
            "whole": whole,
            "leave_one": plan.needs_two_images and not whole and counts["train"] % size == 1,
            "autocast": self.way.precision == "bfloat16",
            "as_float": ".float()" if self.way.precision == "bfloat16" else "",
            "device": self.device if on_gpu else "",
            "device_kind": "DEVICE.type" if on_gpu else '"cpu"',
            "is_there": there.get(self.device, ""),
            "to_device": ".to(DEVICE)" if on_gpu else "",
            "on_device": ", device=DEVICE" if on_gpu else "",
            "smoothing": bool(part.label_smoothing),
            "penalty": bool(part.l1 or part.l2) and (part.penalty_on != "hidden" or dense > 1),
            "penalty_on": part.penalty_on,
            "penalized": _PENALIZED[part.penalty_on],
            "optimizer": optimizer_of(config, self.device if self.way.fused else None),
            "scheduler": scheduler,
            "stopping": None if stopping.watch == "off" else {
                "watched": watched,
                "rises": watched.endswith("accuracy"),
                "keeps": stopping.keep == "best",
            },
            "epoch": "{epoch}" if len(last) == 1 else f"{{epoch:{len(last)}}}",
            "dollars": any("$" in name for name in self.dataset.classes),
            "mirrored": config.run.test_time_flip,
            "constants": dict(ChainMap(*groups.values())),
            "groups": groups,
        }  # fmt: skip

    def _imports(self) -> list[str]:
        """Return what the calls of the config's kinds need beside the usual imports."""
        config, drawn = self.config, INITIALIZATIONS[self.config.architecture.initialization]
        calls = [layer.call for layer in self.plan.layers]
        calls += filter(None, [config.optimizer.call, config.schedule.call, drawn.call])
        return [call.needed_import for call in calls]

    def _parts(self) -> list[tuple[int, LayerParts]]:
        """Return the layers that may be too large to be computed at once, by their place."""
        layers = [(place, layer) for place, layer in enumerate(self.plan.modules) if layer.weights]
        return [(place, parts_of(layer, self.way.most)) for place, layer in layers if self.way.most]

    def _of_data(self, counts: dict[str, int]) -> dict[str, str]:
        data = self.config.data
        apart = counts["validation"] if data.validation in ("random", "end") else None
        drawn_from = len(self.dataset.labels) - counts["test"]
        if data.validation_from == "pool":
            drawn_from -= apart or 0
        mean = deviation = None
        if SCALINGS[data.scaling].measures:
            mean, deviation = (
                tuple(one.tolist()) for one in mean_and_std(self.dataset, self.split.train)
            )
        own_test = self.dataset.test_start is not None
        return _named(
            FILE=getattr(data, "file", None),
            CLASSES=self.plan.classes,
            TEST_IMAGES=counts["test"] if own_test else None,
            TEST_FRACTION=None if own_test else data.test_fraction,
            IMAGES=None if data.train_images in ("all", drawn_from) else data.train_images,
            VALIDATION_IMAGES=apart,
            WRONG_LABELS=round(counts["train"] * data.label_noise) or None,
            SPLIT_SEED=data.split_seed,
            MEAN=mean,
            DEVIATION=deviation,
            **{one.field.upper(): one.value for one in data.augmentations()},
        )

    def _of_notebook(self) -> dict[str, str]:
        named = _named(CLASS_NAMES=self.dataset.classes)
        folder = {"FOLDER": 'Path("data")'} if self.config.data.loading.folder else {}
        return named | folder

    def _of_training(self, batch_size: int | None) -> dict[str, str]:
        config, part = self.config, self.config.regularization
        stopping = part.early_stopping
        stops = stopping.watch != "off"
        return _named(
            SEED=config.run.seed,
            EPOCHS=config.run.epochs,
            BATCH_SIZE=batch_size,
            LEARNING_RATE=config.optimizer.learning_rate,
            WEIGHT_DECAY=part.weight_decay if passes_weight_decay(config) else None,
            L1=part.l1 or None,
            L2=part.l2 or None,
            LABEL_SMOOTHING=part.label_smoothing or None,
            GRADIENT_CLIP=part.gradient_clip or None,
            PATIENCE=stopping.patience if stops else None,
            LEAST_GAIN=(stopping.least_gain or None) if stops else None,
        )

    def _of_computing(self) -> dict[str, str]:
        return _named(
            THREADS=self.way.threads or None,
            EVALUATION_BATCH=evaluation_batch(self.plan, self.device == "cuda"),
            PIECE=self.way.piece or None,
        )


def _named(**values: Any) -> dict[str, str]:
    """Write numbers with names, as source; those that are None do not occur in the script."""
    return {name: repr(value) for name, value in values.items() if value is not None}


def _module(layer: Layer) -> str:
    """Write a layer as a line of nn.Sequential, with its output's shape if that may be another."""
    line = f"{layer.call.source({})},"
    if not layer.weights and layer.output == layer.input:
        return line
    return f"{line}  # {' x '.join(map(str, layer.output))}"


def _change(one: Augmentation) -> str:
    """Write a change to a batch, as a call."""
    name = one.function.rpartition(".")[2]
    return f"{name}(pixels)" if one.value is None else f"{name}(pixels, {one.field.upper()})"


LONGEST = 30
"""Seconds; it takes a tenth of one."""
TASKS = (["check", "--fix-only", "--select", "F401,I001"], ["format"])
"""What ruff does to a script: it takes out imports that are not used, then lays it out."""
OPTIONS = ("--isolated", "--quiet", "--line-length", "100")


def format_code(code: str) -> str:
    """Return the same code without unused imports, formatted by ruff. Raises ExportError."""
    for task in TASKS:
        command = [sys.executable, "-m", "ruff", *task, *OPTIONS, "-"]
        try:
            done = subprocess.run(
                command, input=code, capture_output=True, text=True, check=True, timeout=LONGEST
            )
        except (OSError, subprocess.SubprocessError) as error:
            log.exception("ruff could not lay out a script: %s", getattr(error, "stderr", ""))
            raise ExportError(
                "The script could not be laid out by ruff: python -m pip install -r "
                "requirements.txt, or try again."
            ) from None
        code = done.stdout
    return code

"""Runs with labels, to which the diagnosis is held, labelled by a rule (labelling_rule.py).

python -m benchmarks.labelled_runs make FOLDER     train them and their companions (an hour)
python -m benchmarks.labelled_runs collect FOLDER  write them to tests/labelled_runs.json
python -m benchmarks.labelled_runs table           write the confusion tables into the page
"""

import json
import math
import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.labelling_rule import CHANCE, labels_of, turn_of, unseen
from playground.analysis import diagnosis
from playground.analysis.diagnosis import Record
from playground.config import KINDS, RunConfig, from_json, with_settings
from playground.results import EpochMetrics, Scores

FILE = Path(__file__).parents[1] / "tests" / "labelled_runs.json"
Settings = dict[str, Any]
PARTS = {"": (170, 24), "more-": (28, 12), "strong-": (28, 0), "fresh-": (132, 6)}
"""How many runs of digits and of CIFAR10, by how their names begin. The second ones are labelled by
someone else; the third ones have strong penalties, of which the first have few; the last ones were
drawn when the first had all been looked at."""
PAGE = Path(__file__).parents[1] / "docs" / "diagnosis.md"
FAMILIES = (
    "usual", "high", "low", "noise", "penalty", "few", "unsure", "short", "narrow",
)  # fmt: skip
"""What a run is drawn to show, in turn; whether it does, only its label says."""
OF_PART = {"strong-": ("strong",), "fresh-": (*FAMILIES, "strong", "burst")}
"""The same, of those whose names begin so."""


def configs() -> dict[str, RunConfig]:
    """Return the runs by their names, such as ``digits-17``; ``more-digits-3`` is a further one."""
    found = {}
    for beginning, counts in PARTS.items():
        for data, count in zip(("digits", "cifar10"), counts, strict=True):
            draw = random.Random(f"{beginning}{data}")
            for number in range(count):
                families = OF_PART.get(beginning, FAMILIES)
                family = families[number % len(families)]
                found[f"{beginning}{data}-{number}"] = _config(draw, data, family)
    return found


def _config(draw: random.Random, data: str, family: str) -> RunConfig:
    settings = (_digits if data == "digits" else _cifar10)(draw, family)
    optimizer, usual = draw.choice(
        (("adam", 0.001), ("adam", 0.003), ("sgd", 0.1), ("momentum", 0.02), ("rmsprop", 0.001))
    )
    times = {"high": 10 ** draw.uniform(0.7, 2.7), "low": 10 ** draw.uniform(-3, -0.7)}
    if family == "burst":
        settings |= {"data.scaling": "raw", "architecture.activation": "relu"}
        times["burst"] = 10 ** draw.uniform(1, 3)
    rate = usual * times.get(family, 10 ** draw.uniform(-0.3, 0.3))
    settings |= {"optimizer.name": optimizer, "optimizer.learning_rate": float(f"{rate:.2g}")}
    settings |= {"run.seed": draw.randrange(1000), "run.device": "cpu"}
    if family == "noise":
        settings["data.label_noise"] = draw.choice((0.1, 0.2, 0.3, 0.5, 0.9))
    if family in ("penalty", "strong"):
        kind = draw.choice(("weight_decay", "l1", "l2"))
        most = {"weight_decay": -0.5, "l1": -1.5, "l2": -0.5}[kind]
        least = most - 2.5 if family == "strong" else -5.0
        settings[f"regularization.{kind}"] = float(f"{10 ** draw.uniform(least, most):.2g}")
    if draw.random() < 0.15:
        settings["schedule.kind"] = draw.choice(("cosine", "triangle"))
    config, problems = with_settings({k: _text(v) for k, v in settings.items()})
    assert not problems, problems
    return config


def _digits(draw: random.Random, family: str) -> Settings:
    found: Settings = {
        "data.name": "digits",
        "data.validation_fraction": draw.choice((0.2, 0.2, 0.3)),
        "data.split_seed": draw.randrange(100),
        "run.batch_size": draw.choice((16, 32, 32, 64, "full")),
        "run.epochs": draw.choice((20, 30, 50, 80)),
        "data.scaling": draw.choice(("unit", "unit", "standard")),
    }
    if found["run.batch_size"] == "full":
        found["run.epochs"] = draw.choice((100, 200, 400))
    if draw.random() < 0.8:
        hidden = draw.choice(((32,), (64, 32), (128, 64), (256,), (32, 32, 32, 32)))
        found |= {"architecture.kind": "mlp", "architecture.hidden": hidden}
        found["architecture.activation"] = draw.choice(("relu", "relu", "tanh", "sigmoid"))
    else:
        found |= {"architecture.kind": "cnn", "architecture.blocks": '[{"channels":[16]}]'}
        found["architecture.hidden"] = (32,)
    if draw.random() < 0.25:
        found["architecture.dropout"] = draw.choice((0.2, 0.5))
    if family in ("few", "noise") or draw.random() < 0.15:
        found["data.train_images"] = draw.choice((60, 120, 250, 500))
        found["run.epochs"] = draw.choice((60, 150, 300))
        found["run.batch_size"] = draw.choice((16, 32))
    if family == "unsure":
        found["data.validation_fraction"] = draw.choice((0.02, 0.03, 0.05, 0.1))
    if family == "short":
        found["run.epochs"] = draw.choice((1, 2, 3, 5, 8))
    if family == "narrow" and found["architecture.kind"] == "mlp":
        found["architecture.hidden"] = draw.choice(((2,), (3,), (16, 2), (4, 4)))
    return found


def _cifar10(draw: random.Random, family: str) -> Settings:
    few = family in ("few", "noise") or draw.random() < 0.3
    images = draw.choice((400, 800, 1500) if few else (3000, 6000))
    seen = draw.choice((20_000, 40_000))
    found: Settings = {
        "data.name": "cifar10",
        "data.train_images": images,
        "data.validation_fraction": 0.02,
        "run.batch_size": draw.choice((32, 64)),
        "run.epochs": max(seen // images, 1),
        "architecture.kind": "cnn",
        "architecture.blocks": draw.choice(
            (
                '[{"channels":[8]},{"channels":[16]}]',
                '[{"channels":[8]},{"channels":[16]},{"channels":[32]}]',
                '[{"channels":[16],"batch_norm":"each"},{"channels":[32],"batch_norm":"each"}]',
            )
        ),
        "architecture.hidden": draw.choice(((), (64,), (128,))),
    }
    if draw.random() < 0.25:
        found |= {"architecture.dropout": 0.5, "architecture.dropout_at": "before_dense"}
    if draw.random() < 0.2:
        found["data.flip"] = True
    if family == "unsure":
        found |= {"data.validation_from": "chosen", "data.train_images": 800}
        found |= {"data.validation_fraction": draw.choice((0.05, 0.1, 0.2)), "run.epochs": 25}
    if family == "short":
        found["run.epochs"] = draw.choice((1, 2, 3))
    if family == "narrow":
        found["architecture.hidden"] = draw.choice(((2,), (3,), (4, 4)))
    return found


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def companions(config: RunConfig) -> dict[str, RunConfig]:
    """Return the runs that tell what another setting would have done."""
    rate, part = config.optimizer.learning_rate, config.regularization
    changes: dict[str, dict[str, str]] = {
        "longer": {
            "run.epochs": str(2 * config.run.epochs),
            "regularization.early_stopping.watch": "off",
        },
        "slower": {"optimizer.learning_rate": f"{rate / 10:.6g}"},
        "faster": {"optimizer.learning_rate": f"{rate * 10:.6g}"},
    }
    usual: Any = KINDS["optimizer"][config.optimizer.name]()
    if not 0.1 <= rate / usual.learning_rate <= 10:
        changes["usual"] = {"optimizer.learning_rate": f"{usual.learning_rate:g}"}
    if part.weight_decay or part.l1 or part.l2:
        none = ("weight_decay", "l1", "l2")
        changes["without penalty"] = {f"regularization.{name}": "0" for name in none}
    found = {name: with_settings(change, config) for name, change in changes.items()}
    return {name: one for name, (one, problems) in found.items() if not problems}


def make(folder: Path, part: int, parts: int) -> None:
    """Train what is missing in the folder, a file a run; of several that share it, one part."""
    from playground import environment

    data = environment.read().data
    for place, (name, config) in enumerate(
        sorted(configs().items(), key=lambda one: "cifar" in one[0])
    ):
        file = folder / f"{name}.json"
        if place % parts != part or file.exists():
            continue
        record = _trained(config, data)
        record["companions"] = {
            other: _outcome(_trained(one, data)) for other, one in companions(config).items()
        }
        temporary = file.with_suffix(".part")
        temporary.write_text(json.dumps(record))
        temporary.rename(file)
        print(name, flush=True)


def _trained(config: RunConfig, data: Path) -> dict[str, Any]:
    """Train a run; gives its figures as a record has them."""
    from playground import training
    from playground.analysis import evaluation, headline

    *_, ended = training.train(config, data)
    result: Any = ended
    split = headline.split_of(config)
    predicted = result.probabilities.get(split)
    matrix = None
    if predicted is not None:
        found = evaluation.confusion(result.labels[split], predicted.argmax(1), predicted.shape[1])
        matrix = found.tolist()
    names = (
        "train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
        "learning_rate", "gradient_norm",
    )  # fmt: skip
    return {
        "config": config.canonical(),
        "status": result.status,
        "best_epoch": result.best_epoch,
        "epochs": [[_rounded(getattr(one, name)) for name in names] for one in result.history],
        "scores": {
            name: [_rounded(one.loss), _rounded(one.accuracy), one.images] if one else None
            for name, one in result.scores.items()
        },
        "confusion": matrix,
        "wrong labels given": _wrong_labels(config, data, result),
    }


def _rounded(value: float | None, digits: int = 5) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def _wrong_labels(config: RunConfig, data: Path, result: Any) -> float | None:
    """Return which share of the training images whose label was made wrong are given that label."""
    if not config.data.label_noise or result.status == "diverged":
        return None
    from safetensors.torch import load

    from playground import training
    from playground.data import datasets
    from playground.training.images import evaluate

    made = training.prepare(config, data)
    weights = Path(result.weights_at).read_bytes() if result.weights_at else result.weights
    made.model.load_state_dict(load(weights))
    given = evaluate(made.model, made.parts["train"], 512, lambda: None).argmax(1).cpu().numpy()
    true = made.dataset.labels[datasets.split(made.dataset, config.data).train]
    wrong = made.labels["train"] != true
    return float((given == made.labels["train"])[wrong].mean()) if wrong.any() else None


def _outcome(record: dict[str, Any]) -> dict[str, float]:
    """Return what a companion came to: its accuracy on unseen and on training images."""
    train = record["scores"]["train"]
    return {"unseen": unseen(record), "train": train[1] if train else CHANCE}


def complete(folder: Path, data: Path) -> None:
    """Train companions that the files in the folder lack, where their label may depend on them."""
    for file in sorted(folder.glob("*.json")):
        record = json.loads(file.read_text())
        others = companions(from_json(record["config"]))
        if (
            "usual" not in others
            or "usual" in record["companions"]
            or record["status"] == "diverged"
        ):
            continue
        record["companions"]["usual"] = _outcome(_trained(others["usual"], data))
        file.write_text(json.dumps(record))
        print(file.stem, flush=True)


def collect(folder: Path) -> None:
    """Write all records, with their labels, into the tests' file."""
    found = {}
    for name in configs():
        record = json.loads((folder / f"{name}.json").read_text())
        labels = labels_of(record)
        record["epochs"] = [[_rounded(value, 4) for value in one[:4]] for one in record["epochs"]]
        found[name] = record | {"labels": labels}
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(one, separators=(',', ':'))}"
        for name, one in found.items()
    )
    FILE.write_text(f"{{\n{lines}\n}}\n")


def record_of(stored: dict[str, Any]) -> Record:
    """Make of a labelled run what a diagnosis looks at."""
    epochs = [
        EpochMetrics(
            number, math.nan if loss is None else loss, right, watched, seen, 0.0, 0.0, 0.0, 0.0
        )
        for number, (loss, right, watched, seen, *_) in enumerate(stored["epochs"], 1)
    ]
    scores = {name: Scores(*one) if one else None for name, one in stored["scores"].items()}
    matrix = None if stored["confusion"] is None else np.array(stored["confusion"])
    return Record(from_json(stored["config"]), stored["status"], epochs, scores, matrix)


@dataclass
class Counts:
    """How the diagnosis answered one question, over some runs."""

    right: int = 0
    false_alarms: int = 0
    missed: int = 0
    silent: int = 0
    unclear: int = 0
    said: int = 0
    """Said of unclear ones."""

    @property
    def precision(self) -> float:
        """Return which share of what it said is so; NaN if it said nothing."""
        told = self.right + self.false_alarms
        return self.right / told if told else math.nan

    @property
    def recall(self) -> float:
        """Return which share of what is so it said; NaN if nothing is."""
        there = self.right + self.missed
        return self.right / there if there else math.nan


LABELLED = [kind for kind in diagnosis.FINDINGS if kind != diagnosis.dead_units.__name__]
"""Findings that can be wrong; dead units are counted."""


def count(stored: Mapping[str, dict[str, Any]]) -> dict[str, Counts]:
    """Hold the diagnosis to the labels of these runs, finding by finding."""
    found = {kind: Counts() for kind in LABELLED}
    for one in stored.values():
        told = {found.kind: found for found in diagnosis.diagnose(record_of(one))}
        for kind, label in one["labels"].items():
            counts = found[kind]
            said = kind in told and is_in_place(told[kind], one)
            if label == "unclear":
                counts.unclear, counts.said = counts.unclear + 1, counts.said + said
            elif label == "yes":
                counts.right, counts.missed = counts.right + said, counts.missed + (not said)
                counts.false_alarms += kind in told and not said
            else:
                counts.silent += kind not in told
                counts.false_alarms += kind in told
    return found


def is_in_place(told: diagnosis.Diagnosis, stored: dict[str, Any]) -> bool:
    """Tell whether the epoch that it names, if it names one, is near that of the rule."""
    if told.kind != "memorising" or told.epoch is None:
        return True
    turn = turn_of(stored)
    return abs(told.epoch - turn) <= max(2, turn / 4)


def part_of(name: str) -> str:
    """Return the part of the labelled runs that a run belongs to."""
    if name.startswith("more-"):
        return "further"
    return "kept apart" if name.startswith("fresh-") else "looked at"


def records(part: str) -> dict[str, dict[str, Any]]:
    """Return the labelled runs of a part, by name."""
    return {
        name: one for name, one in json.loads(FILE.read_text()).items() if part_of(name) == part
    }


TITLES = {
    "kept apart": "Runs kept apart",
    "further": "Further runs, labelled by someone who had not read the code",
    "looked at": "Runs that were looked at",
}


def tables() -> str:
    """Return the confusion tables of all parts as Markdown."""
    found = []
    for part, title in TITLES.items():
        runs = records(part)
        head = (
            f"### {title}: {len(runs)} runs\n\n"
            "| finding | so, said | so, not said | not so, said | not so, not said "
            "| unclear (said) | precision | recall |\n|---|--:|--:|--:|--:|--:|--:|--:|"
        )
        rows = [
            f"| {kind.replace('_', ' ')} | {one.right} | {one.missed} | {one.false_alarms} | "
            f"{one.silent} | {one.unclear} ({one.said}) | {_ratio(one.precision)} | "
            f"{_ratio(one.recall)} |"
            for kind, one in count(runs).items()
        ]
        found.append("\n".join([head, *rows]))
    return "\n\n".join(found)


def _ratio(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def page(text: str) -> str:
    """Return the documentation's page with the tables as they are now at its end."""
    before, _, _ = text.partition("\n### ")
    return f"{before}\n{tables()}\n"


if __name__ == "__main__":
    if sys.argv[1] == "make":
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        where = Path(sys.argv[2])
        where.mkdir(parents=True, exist_ok=True)
        make(where, *map(int, sys.argv[3:5] or ("0", "1")))
    elif sys.argv[1] == "collect":
        collect(Path(sys.argv[2]))
    elif sys.argv[1] == "complete":
        from playground import environment

        complete(Path(sys.argv[2]), environment.read().data)
    elif sys.argv[1] == "table":
        PAGE.write_text(page(PAGE.read_text()))

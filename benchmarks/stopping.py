"""From Stop until the device is free: hard networks, stopped while they train or are measured.

Free is when the next run of the queue has begun. Each is stopped some seconds after it began.
"""

import json
import time
from typing import Any

from benchmarks.engines import config_of, working
from benchmarks.rows import Row, row_of
from benchmarks.serving import has_cifar10
from playground.config import RunConfig
from playground.service import Engine
from tests.waiting import wait

TARGET = 2.0
AFTER = 4.0
"""Seconds from a run's beginning to its stop."""
Settings = dict[str, str]
FULL = {"run.batch_size": "full"}


def cnn(*blocks: dict[str, Any]) -> Settings:
    """Return a network of convolutions without dense layers but the last."""
    return {
        "architecture.kind": "cnn",
        "architecture.blocks": json.dumps(blocks),
        "architecture.hidden": "none",
    }


DEEP = {"channels": [256] * 8, "pool": "none"}
DIGITS = {
    "8 convolutions of 256, full batch": cnn(DEEP) | FULL,
    "the same with batch norm": cnn(DEEP | {"batch_norm": "each"}) | FULL,
    "dense 6900-6900 (48 million parameters)": {"architecture.hidden": "6900-6900"},
    "the same, full batch": {"architecture.hidden": "6900-6900"} | FULL,
}
WIDE = {"channels": [64] * 6, "pool": "none"}
CIFAR10 = {
    "six convolutions of 64, batch 32": cnn(WIDE),
    "six convolutions of 64, full batch": cnn(WIDE) | FULL,
    "convolutions 7×7 of 840 (45 billion multiply-adds an image)": cnn(
        {"channels": [8, 840, 840], "kernel": 7, "pool": "none"}
    ),
    "dense 8192-2048 (42 million parameters), full batch": {"architecture.hidden": "8192-2048"}
    | FULL,
    "8 channels with batch norm, full batch": cnn({"channels": [8], "batch_norm": "each"}) | FULL,
    "six convolutions of 64, while it is measured": cnn(WIDE)
    | {"data.train_images": "50", "run.epochs": "1"},
}
SMOKE = {"dense 64, full batch": {"architecture.hidden": "64", "run.epochs": "5000"} | FULL}
NEXT = {"data.train_images": "50", "run.epochs": "1", "architecture.hidden": "4"}


def measure(smoke: bool = False) -> list[Row]:
    """Return seconds from Stop to the next run's beginning, for each network."""
    found = [("digits", name, each) for name, each in (SMOKE if smoke else DIGITS).items()]
    if not smoke and has_cifar10():
        found += [("cifar10", name, each) for name, each in CIFAR10.items()]
    rows = []
    with working() as engine:
        wait(lambda: engine.ready)
        for number, (data, name, changes) in enumerate(found):
            config = config_of({"data.name": data, "run.epochs": "1000"} | changes)
            after = 0.5 if smoke else AFTER
            seconds = _stopped(engine, config, config_of(NEXT | {"run.seed": str(number)}), after)
            rows.append(row_of(f"{data}, {name}", seconds, "s", target=TARGET, at_most=True))
            run = engine.store.get(config.name)
            assert run
            if run.status != "stopped":
                raise RuntimeError(f"{name} was not stopped: {run.message}")
            print(f"{rows[-1]['what']}: {run.message}", flush=True)
    return rows


def _stopped(engine: Engine, config: RunConfig, following: RunConfig, after: float) -> float:
    engine.train(config)
    engine.train(following)
    wait(lambda: (run := engine.store.get(config.name)) and engine.elapsed(run) >= after)
    began = time.perf_counter()
    engine.stop(config.name)
    wait(lambda: (run := engine.store.get(following.name)) and run.status != "queued", 300)
    return time.perf_counter() - began

"""``inspect``: writes what a stored run's network makes of an image, layer by layer, to files."""

import argparse
import json
import math
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from playground import environment
from playground.charts import pictures
from playground.cli import CommandError
from playground.cli.selection import add_run, stored_run
from playground.errors import UserError
from playground.inside import UNCHANGED, Explanation, LayerOutput, LayerUnits, NetworkOutputs
from playground.service.question import question_to
from playground.store import RunStore
from playground.worker import questions

EXAMPLES = """\
examples:
  python -m playground inspect digits-mlp --image 3 --out inside
  python -m playground inspect 3f2a91c0 --split validation --image 7 --layer 0 --layer 4
  python -m playground inspect 3f2a91c0 --image 3 --class 1 --epoch 5

A run is named by the first digits of its name, 8 or more, which `run` prints and a link holds; or
by its recipe or file of settings. --out gets inspect.json (shapes, ranges, probabilities, dead
units, the methods' words), outputs.npz (all numbers) and a PNG of each layer and method.

exit codes:
  0 written, 2 could not be made or written
"""
_UNIT = 8
"""Pixels of a unit."""
_SIDE = 48
"""Pixels of a map in a layer's picture, and at least four times that of a method's."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "inspect",
        help="write what a network makes of an image, layer by layer",
        description="Write what a stored run's network makes of an image: every layer's outputs, "
        "why it says so, and which units are dead.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_run(parser)
    parser.add_argument(
        "--image", type=int, default=1, metavar="N", help="the image's place in its split; 1"
    )
    parser.add_argument(
        "--split",
        choices=("test", "validation", "train"),
        default="test",
        help="whose images; test",
    )
    parser.add_argument(
        "--layer", type=int, action="append", default=[], metavar="P",
        help="the place of a layer, from 0; may be given several times; all",
    )  # fmt: skip
    parser.add_argument(
        "--class", type=int, dest="target", metavar="C",
        help="the class to be explained, from 0; the one that the network says",
    )  # fmt: skip
    parser.add_argument(
        "--epoch", type=int, metavar="E", help="the network after this epoch, if it was kept"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("inside"), metavar="FOLDER", help="where to write; inside"
    )
    parser.set_defaults(command=inspect)


def inspect(arguments: argparse.Namespace) -> int:
    """Ask the network, and write its answers."""
    try:
        asked = _Asked(arguments)
    except UserError as error:
        raise CommandError(str(error)) from None
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        written = _write(arguments.out, asked)
    except OSError as error:
        raise CommandError(
            f"{arguments.out} cannot be written ({error.strerror}): name another folder with --out."
        ) from None
    print(f"{arguments.out}: {written} files")
    return 0


class _Asked:
    """What the network said. Raises UserError, CommandError."""

    def __init__(self, given: argparse.Namespace) -> None:
        from playground.training.loaded_network import answer  # here, as it imports torch
        from playground.training.loaded_network import load as load_network

        folders = environment.read()
        if not folders.runs.is_dir():  # a store would be made there
            raise CommandError(
                "There is no run folder: name one in PLAYGROUND_RUNS, or train a run."
            )
        with closing(RunStore(folders.runs)) as store:
            self.run = stored_run(store, given.what, given.quick)
            stored = question_to(store, self.run.name, "", {}, 0).stored
        network = load_network(stored, folders.data)
        if network is None:  # meanwhile
            raise CommandError("This run is being trained anew: try again when it has ended.")
        numbers = network.numbers(given.split, len(network.dataset.labels))
        if not 1 <= given.image <= len(numbers):
            raise CommandError(
                f"This run has {len(numbers):,} {given.split} images: name one from 1 to "
                f"{len(numbers):,} with --image."
            )
        self.number = int(numbers[given.image - 1])
        self.dataset = network.dataset
        self.image = network.dataset.images[self.number]
        self.epoch: int | None = given.epoch
        at: dict[str, Any] = {} if given.epoch is None else {"epoch": given.epoch}
        about = at | {"pixels": self.image[None]}
        places = range(len(network.plan.modules))
        plain = [p for p, layer in enumerate(network.plan.modules) if layer.kind not in UNCHANGED]
        chosen = given.layer or plain
        if wrong := [place for place in chosen if place not in places]:
            raise CommandError(
                f"There is no layer {wrong[0]}: this network has the layers 0 to {places[-1]}."
            )

        def ask(function: str, **more: Any) -> Any:
            return answer(function, stored, folders.data, more)

        self.outputs: NetworkOutputs = ask(questions.OUTPUTS, **about, whole=list(chosen))
        self.layers = [layer for layer in self.outputs.layers if layer.place in chosen]
        says = int(self.outputs.probabilities.argmax())
        self.target = says if given.target is None else given.target
        self.why: list[Explanation] = ask(questions.EXPLAIN, **about, target=self.target)
        self.units: list[LayerUnits] = ask(questions.UNITS, **at, split=given.split)


def _write(folder: Path, asked: _Asked) -> int:
    """Write all files; gives how many."""
    (folder / "inspect.json").write_text(json.dumps(_told(asked), indent=2) + "\n", "utf-8")
    arrays: dict[str, Any] = {"image": asked.image, "logits": asked.outputs.logits}
    (folder / "image.png").write_bytes(pictures.png(asked.image, asked.dataset.max_pixel))
    written = 3
    for layer in asked.layers:
        arrays[f"layer_{layer.place}"] = layer.maps
        arrays[f"layer_{layer.place}_channels"] = layer.channels
        (folder / f"layer_{layer.place}.png").write_bytes(pictures.encoded(_picture(layer)))
        written += 1
    for one in asked.why:
        if one.map is None:
            continue
        arrays[f"why_{one.method}"] = one.map
        over = pictures.over(
            asked.image, asked.dataset.max_pixel, one.map, float(np.abs(one.map).max())
        )
        picture = pictures.enlarged(over, 4 * _SIDE)
        (folder / f"why_{one.method}.png").write_bytes(pictures.encoded(picture))
        written += 1
    np.savez_compressed(folder / "outputs.npz", **arrays)
    return written


def _picture(layer: LayerOutput) -> np.ndarray:
    """Draw a layer's maps in rows, or its units as small squares."""
    side = _SIDE if layer.maps.ndim == 3 else _UNIT
    maps = layer.maps if layer.maps.ndim == 3 else layer.maps[:, None, None]
    columns = max(1, math.ceil(math.sqrt(len(maps))))
    most = max(abs(layer.low), abs(layer.high))
    rows = []
    for start in range(0, len(maps), columns):
        tiles = [
            np.pad(pictures.enlarged(pictures.signed(one, most), side), ((1, 1), (1, 1), (0, 0)))
            for one in maps[start : start + columns]
        ]
        rows.append(np.concatenate(tiles, axis=1))
    wide = max(row.shape[1] for row in rows)
    return np.concatenate([np.pad(row, ((0, 0), (0, wide - row.shape[1]), (0, 0))) for row in rows])


def _told(asked: _Asked) -> dict[str, Any]:
    found = asked.outputs
    return {
        "run": asked.run.name,
        "epoch": asked.epoch,
        "image": asked.number,
        "label": asked.dataset.classes[int(asked.dataset.labels[asked.number])],
        "classes": list(asked.dataset.classes),
        "probabilities": [round(float(one), 6) for one in found.probabilities],
        "explained_class": asked.dataset.classes[asked.target],
        "layers": [
            {
                "place": layer.place, "title": layer.title, "block": layer.block or None,
                "shape": list(layer.shape), "low": layer.low, "high": layer.high,
                "zeros": layer.zeros,
            }
            for layer in asked.layers
        ],
        "methods": [
            {
                "name": one.method, "title": one.title, "shows": one.shows,
                "misleads": one.misleads, "missing": one.missing or None,
                "likeness_when_shuffled": one.likeness if np.isfinite(one.likeness) else None,
            }
            for one in asked.why
        ],
        "units": [
            {
                "place": layer.place, "title": layer.title, "block": layer.block or None,
                "units": layer.units, "dead": layer.dead.tolist(), "zeros": layer.zeros,
                "saturated": layer.saturated if np.isfinite(layer.saturated) else None,
                "images": layer.images,
            }
            for layer in asked.units
        ],
    }  # fmt: skip

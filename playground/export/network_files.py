"""The network of a run as a file: its weights, or ONNX."""

import io
import json
import pkgutil
import shutil
from dataclasses import asdict
from typing import BinaryIO

from safetensors import SafetensorError, safe_open

from playground.errors import UserError
from playground.export.subject import ExportError, Subject, unreadable

_ALIGNED = 8
"""Bytes of which the header is a multiple, and in which its length is told."""


def weights_of(subject: Subject) -> bytes:
    """Return the stored state_dict in safetensors' format, with what it belongs to in its header.

    The tensors are those of the store, bit by bit, under the names that ``modules.build`` gives
    them. The metadata, which is text, holds ``config`` (canonical JSON), ``run`` (its name),
    ``fingerprint`` (of the data), ``classes``, ``input_shape`` (channels, height, width),
    ``figures`` (by split: loss in nats per image, accuracy from 0 to 1, images; null if it was
    not measured) and ``versions``, each of the last four as JSON.

    Raises ExportError if the run left no weights, or damaged ones.
    """
    if not subject.weights:
        raise ExportError(
            "This run left no weights: only a run that finished or was stopped has some."
        )
    try:
        with safe_open(subject.weights, "numpy"):  # looks through the header, and at the length
            pass
        with subject.weights.open("rb") as file:
            return _with_metadata(file, metadata_of(subject))
    except SafetensorError:
        raise ExportError(
            "The weights of this run are damaged on the disk: delete the run, and train it again."
        ) from None
    except OSError as error:
        raise unreadable(error) from None


def _with_metadata(file: BinaryIO, metadata: dict[str, str]) -> bytes:
    """Return a whole safetensors file with other metadata: only its header is looked at, as the
    tensors may take 200 MB, and once is enough."""
    header = json.loads(file.read(int.from_bytes(file.read(_ALIGNED), "little")))
    text = json.dumps(header | {"__metadata__": metadata}).encode()
    text += b" " * (-len(text) % _ALIGNED)
    content = io.BytesIO()
    content.write(len(text).to_bytes(_ALIGNED, "little") + text)
    shutil.copyfileobj(file, content)
    return content.getvalue()


def metadata_of(subject: Subject) -> dict[str, str]:
    """Return what the header says, as text by key."""
    run = subject.run
    figures = {split: asdict(one) if one else None for split, one in run.scores.items()}
    return {
        "format": "pt",  # other libraries ask for it: names and layout are those of PyTorch
        "run": run.name,
        "config": subject.config.canonical(),
        "fingerprint": subject.dataset.fingerprint,
        "classes": json.dumps(subject.dataset.classes),
        "input_shape": json.dumps(subject.dataset.input_shape),
        "figures": json.dumps(figures),
        "versions": json.dumps(run.versions),
    }


MAKER = "playground.training.onnx:onnx_of"
"""By name: it imports torch, which nothing that the app imports does."""


def onnx_of(subject: Subject) -> bytes:
    """Return the network in one file, with scaling and softmax, checked against the run's
    predictions.

    A process of its own took 9 to 18 s and 1.1 GB of memory (digits and CIFAR10, torch 2.15, two
    CPU cores with other work). Raises ExportError.
    """
    try:
        weights = subject.weights.read_bytes() if subject.weights else b""
        return pkgutil.resolve_name(MAKER)(
            subject.config,
            subject.dataset,
            subject.split,
            weights,
            subject.arrays,
            subject.run.versions,
        )
    except OSError as error:
        raise unreadable(error) from None
    except UserError as error:
        raise ExportError(str(error)) from None

"""The weights of a run as a file that says what they are."""

import json
from dataclasses import asdict

import safetensors.numpy
from safetensors import SafetensorError

from playground.export.subject import ExportError, Subject


def weights_of(subject: Subject) -> bytes:
    """The stored state_dict in safetensors' format, with what it belongs to in its header.

    The tensors are those of the store, bit by bit, under the names that ``models.build`` gives
    them. The metadata, which is text, holds ``config`` (canonical JSON), ``run`` (its name),
    ``fingerprint`` (of the data), ``classes``, ``input_shape`` (channels, height, width),
    ``figures`` (by split: loss in nats per image, accuracy from 0 to 1, images; null where it was
    not measured) and ``versions``, each of the last four as JSON.

    Raises ExportError where the run left no weights, or damaged ones.
    """
    if not subject.weights:
        raise ExportError(
            "This run left no weights: only a run that finished or was stopped has some."
        )
    try:
        tensors = safetensors.numpy.load(subject.weights)
    except (SafetensorError, KeyError):  # KeyError: a type of number that NumPy does not have
        raise ExportError(
            "The weights of this run are damaged on the disk: delete the run, and train it again."
        ) from None
    return safetensors.numpy.save(tensors, metadata_of(subject))


def metadata_of(subject: Subject) -> dict[str, str]:
    """What the header says, as text by key."""
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

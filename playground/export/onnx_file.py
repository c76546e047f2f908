"""A run as an ONNX file."""

import pkgutil

from playground.errors import UserError
from playground.export.subject import ExportError, Subject, unreadable

MAKER = "playground.training.onnx:onnx_of"
"""By name: it imports torch, which nothing that the app imports does."""


def onnx_of(subject: Subject) -> bytes:
    """The network in one file, with scaling and softmax, checked against the run's predictions.

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

"""A trained network as an ONNX file that needs nothing else: pixels as stored in, shares out.

A file is handed out only after onnxruntime has given with it what the run itself gave.
"""

import json
import warnings
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
import onnxscript  # noqa: F401 (torch's exporter needs it, and would say so less clearly)
import torch
from torch import nn

from playground import __version__
from playground.config import RunConfig
from playground.data.datasets import Dataset, Split
from playground.data.datasets.scaling import scaling_of
from playground.errors import UserError
from playground.network import plan_of
from playground.network.chunks import evaluation_batch
from playground.training.stored_networks import network_of

OPSET = 18
"""The one torch's exporter is written in; a newer one would be converted from it."""
TOLERANCE = 1e-4
"""By how much a probability may differ from the run's own.

The worst of 44 runs was 4.1e-6: every activation, pooling, norm, head and scaling on 8×8 to 32×32
pixels, 30 epochs at learning rates from 0.001 to 1 (torch 2.15, onnxruntime 1.32, CPU).
"""
CHECKED = 1000
"""Images of each split that are predicted again, at most: CIFAR10's 20,000 would take a 1×1 pyramid
two minutes (two CPU cores)."""
LARGEST = 1_900_000_000
"""Bytes of weights; protobuf, which ONNX is written in, ends at 2 GiB."""


class OnnxError(UserError):
    """A file that cannot be made; the message is one sentence that says what to do."""


def onnx_of(
    config: RunConfig,
    dataset: Dataset,
    split: Split,
    weights: bytes,
    arrays: Mapping[str, np.ndarray],
    versions: Mapping[str, str],
) -> bytes:
    """Export the network of ``config`` with these weights as an ONNX file's content.

    Its input ``pixels`` is uint8 (n, channels, height, width), from 0 to the data set's
    ``max_pixel``; its outputs are ``probabilities`` and ``logits``, float32 (n, classes). Scaling
    and softmax are inside. ``weights`` is a state_dict in safetensors' format, ``arrays`` what the
    run left (``RunStore.arrays``), and ``versions`` are those it was trained with.

    The same run gives the same bytes, with the same versions of torch and onnx.

    Raises OnnxError if there is nothing to check it against or it does not pass, PredictionError
    if the weights are damaged.
    """
    if not weights:
        raise OnnxError("This run left no weights: train it again to export it.")
    if not any(f"probabilities_{name}" in arrays for name in ("validation", "test")):
        raise OnnxError(
            "This run came to no predictions that an ONNX file could be checked against: train it "
            "to its end; where it diverged, with a smaller learning rate."
        )
    if len(weights) > LARGEST:
        raise OnnxError("This network is too large for an ONNX file (2 GB): make it smaller.")
    plan = plan_of(config, dataset)
    scaling = scaling_of(config.data.scaling, dataset, split.train)
    model = _WithScaling(network_of(config, plan, weights), scaling)
    made = _exported(model, dataset.input_shape)
    facts = {
        "run": config.name,
        "config": config.canonical(),
        "classes": json.dumps(dataset.classes, ensure_ascii=False),
        "top": str(dataset.max_pixel),
        "fingerprint": dataset.fingerprint,
        "versions": json.dumps(dict(versions), sort_keys=True),
    }
    onnx.helper.set_model_props(made, facts)
    made.graph.name, made.graph.doc_string = "network", _description(dataset)
    made.producer_name, made.producer_version = "network-playground", __version__
    onnx.checker.check_model(made, full_check=True)
    content = made.SerializeToString(deterministic=True)
    _check(content, dataset, split, arrays, evaluation_batch(plan))
    return content


class _WithScaling(nn.Module):
    """A network with what stands before and after it: pixels to probabilities and logits."""

    factor: torch.Tensor
    shift: torch.Tensor

    def __init__(self, network: nn.Module, scaling: tuple[np.ndarray, np.ndarray]) -> None:
        super().__init__()
        self.network = network
        for name, values in zip(("factor", "shift"), scaling, strict=True):
            of_channels = torch.from_numpy(values.astype(np.float32)).view(1, -1, 1, 1)
            self.register_buffer(name, of_channels)

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits = self.network(pixels.float() * self.factor + self.shift)
        return logits.softmax(1), logits


def _exported(model: nn.Module, shape: tuple[int, int, int]) -> onnx.ModelProto:
    """Export the module as ONNX, for any number of images of this shape, without torch's notes."""
    pixels = torch.zeros(2, *shape, dtype=torch.uint8)  # of one image the number would be fixed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model.eval(),
            (pixels,),
            dynamo=True,
            input_names=["pixels"],
            output_names=["probabilities", "logits"],
            dynamic_shapes={"pixels": {0: torch.export.Dim("images")}},
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    made = program.model_proto
    # Each node tells the lines of Python it came from, with this machine's folders.
    graph = made.graph
    for part in (
        made, graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input,
        *graph.output,
    ):  # fmt: skip
        del part.metadata_props[:]
    return made


def _description(dataset: Dataset) -> str:
    channels, height, width = dataset.input_shape
    return (
        f"pixels: uint8 (n, {channels}, {height}, {width}) from 0 to {dataset.max_pixel}; "
        f"probabilities and logits: float32 (n, {len(dataset.classes)}), in the order of the "
        "classes."
    )


def _check(
    content: bytes,
    dataset: Dataset,
    split: Split,
    arrays: Mapping[str, np.ndarray],
    size: int,
) -> None:
    """Have onnxruntime predict what the run predicted, ``size`` images at a time.

    Raises OnnxError if it predicts something else.
    """
    session = _session(content)
    for name in ("validation", "test"):
        known = arrays.get(f"probabilities_{name}")
        if known is None:
            continue
        indices = getattr(split, name)
        if known.shape != (len(indices), len(dataset.classes)):
            raise OnnxError(
                "What this run left on the disk does not fit its data set: delete the run, and "
                "train it again."
            )
        for start in range(0, min(len(indices), CHECKED), size):
            some = slice(start, min(start + size, CHECKED))
            pixels = dataset.images[indices[some]].transpose(0, 3, 1, 2)
            (found,) = session.run(["probabilities"], {"pixels": np.ascontiguousarray(pixels)})
            far = np.abs(found - known[some]).max()
            if not far <= TOLERANCE:  # which is so of what is no number as well
                raise OnnxError(
                    f"The ONNX file would not give what the run gave (a probability differs by "
                    f"{far:.2g}, more than {TOLERANCE:g}), so it is not handed out: take the "
                    "weights or the script."
                )


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    # Threads that wait must not spin while pages or a run need the processor.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])

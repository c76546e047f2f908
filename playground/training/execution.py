"""How a run is computed on its device: the one place where the fast path is chosen.

Each choice stands on a measurement, given with it; what was not measured is not chosen, but that
every CUDA device is given what was measured on an H100. The choice follows from network, batch and
device alone, so the same config on the same machine is computed the same way, and gives the same
numbers.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

import torch

from playground.network import Plan
from playground.network.chunks import at_once, evaluation_batch, parts_of
from playground.results import Execution

SMALL_STEP = 20_000_000
"""Multiply-adds of a batch, forward, under which one thread computes it."""
LARGE_STEP = 100_000_000
"""Multiply-adds of a batch, forward, from which CUDA computes in bfloat16. On an H100 an epoch of
article E's base took 0.88 of its float32 time so with batches of 16 (165 million), 0.56 with 128;
that of an MLP of 2,048 and 1,024 units 0.66 with 128; the tutorial's network with batches of 4 (2.6
million) took 1.23. (20,000 images, recorded, torch 2.11.)"""
TINY_BATCH = 4
"""Images a batch up to which torch's own convolutions are faster than oneDNN's, in a small network:
1.12 ms against 1.30 for a step of the tutorial's network with 4 images, 3.5 against 2.3 with 16."""
TINY_STEP = 5_000_000
"""Multiply-adds of such a batch at most."""

LAYER_WORK = 4_000_000_000
"""Multiply-adds that one layer does at once on a CPU, forward, so that a run can be stopped within:
0.1 s on two cores, and twice that for its gradient."""


def execution_of(plan: Plan, batch: int, device: torch.device) -> Execution:
    """Choose the fastest way known to train a plan with batches of so many images."""
    convolutions = any(layer.kind in ("conv", "whitening") for layer in plan.layers)
    work = plan.multiply_adds * batch
    if device.type == "cuda":
        if work >= LARGE_STEP and _bfloat16_on_cuda():
            return Execution(0, "bfloat16", channels_last=convolutions, fused=True, recorded=True)
        # Channels last took 1.1 to 1.5 times as long in float32.
        return Execution(0, fused=True, recorded=True)
    if device.type != "cpu":
        return Execution(0, channels_last=convolutions)
    if not convolutions:
        return Execution(threads_for(work), fused=True, most=_most(plan, batch))
    piece = _piece(plan, batch)
    onednn = torch.backends.mkldnn.is_available()
    if onednn and batch <= TINY_BATCH and work < TINY_STEP:
        return Execution(threads_for(work), onednn=False, fused=True)
    return Execution(
        threads_for(work),
        "bfloat16" if work >= SMALL_STEP and _fast_bfloat16() else "float32",
        channels_last=True,
        fused=True,
        piece=piece,
        most=_most(plan, piece or batch),
    )


def steps_of(execution: Execution) -> AbstractContextManager[None]:
    """Turn oneDNN off in the whole process for the time of some steps, if it is slower."""
    return nullcontext() if execution.onednn else _without_onednn()


@contextmanager
def _without_onednn() -> Iterator[None]:
    # A prediction beside the run is computed without it too, with the same figures up to rounding.
    was, *_ = torch.backends.mkldnn.set_flags(False)
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(was)


def threads_for(multiply_adds: int) -> int:
    """Choose the threads for a step of so much work.

    Small steps get one: on a busy machine two threads that wait for each other made a digits run
    twenty times slower (2 cores, torch 2.15). Set by hand also because Dask starts its workers with
    OMP_NUM_THREADS=1, and because the same number gives the same sums, bit for bit, everywhere.
    """
    if multiply_adds < SMALL_STEP:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, 16)


def _piece(plan: Plan, batch: int) -> int:
    # Batch norm looks at the whole batch, so such a network is not computed in pieces.
    if any(layer.kind == "batch_norm" for layer in plan.layers):
        return 0
    size = max(32, at_once(plan))
    return size if batch >= 2 * size else 0


def _most(plan: Plan, batch: int) -> int:
    """Return LAYER_WORK if a layer does more than that, on a batch or on an evaluation."""
    images = max(batch, evaluation_batch(plan))
    large = any(parts_of(layer, LAYER_WORK).images < images for layer in plan.layers)
    return LAYER_WORK if large else 0


@cache
def _fast_bfloat16() -> bool:
    """Tell whether the processor multiplies bfloat16 matrices in hardware (AMX).

    With it a step of article E's base took half the time (35 ms for 74, 128 images, one thread); on
    a machine with AVX2 alone ten times as long.
    """
    return torch.backends.mkldnn.is_available() and torch.cpu._is_amx_tile_supported()


@cache
def _bfloat16_on_cuda() -> bool:
    """Tell whether the GPU multiplies bfloat16 matrices in hardware."""
    return torch.cuda.is_bf16_supported(including_emulation=False)

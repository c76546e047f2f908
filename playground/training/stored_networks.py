"""Stored networks on a worker: read from the store, or lent by the app; the last few are kept.

For threads beside a run: draws nothing, and changes no setting of torch.
"""

import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from playground.config import CNN, RunConfig
from playground.errors import UserError
from playground.network import Plan
from playground.results import StoredNetwork
from playground.store import files
from playground.training import modules

CACHE_BYTES = 256 * 2**20
"""Bytes of the networks that stay in memory; the newest one stays whatever its size. The largest
that is allowed has 200 MB, a class's usual one a hundredth of that."""
MAX_ARRIVING = 2
"""Networks that the app may be lending at once."""
_one_at_a_time = threading.Lock()  # eight who draw at once need one network's memory once
_kept: OrderedDict[StoredNetwork, nn.Sequential] = OrderedDict()
_arriving: OrderedDict[StoredNetwork, bytearray] = OrderedDict()


_NO_SNAPSHOTS = (
    "The epochs on the way are not kept here any more: look at the last one, or train the run "
    "again."
)


class PredictionError(UserError):
    """A prediction that cannot be made; the message is one sentence that says what to do."""


def stored_network(stored: StoredNetwork, config: RunConfig, plan: Plan) -> nn.Sequential | None:
    """Load the network of a stored run, on the CPU, in evaluation mode; None if the app is to lend
    its weights, as they are not in the store here. Raises PredictionError."""
    with _one_at_a_time:
        if stored not in _kept:
            weights = _arrived(stored)
            if weights is None and (weights := _read(stored)) is None:
                return None
            _kept[stored] = network_of(config, plan, weights).eval()
        _kept.move_to_end(stored)
        while len(_kept) > 1 and sum(one.size for one in _kept) > CACHE_BYTES:
            _kept.popitem(last=False)
        return _kept[stored]


@lru_cache(maxsize=4)
def snapshot(stored: StoredNetwork, config: RunConfig, plan: Plan, epoch: int) -> nn.Sequential:
    """Load a stored run's network as it was after an epoch. Raises PredictionError."""
    epochs, every = snapshots(stored)
    if epoch not in epochs:
        raise PredictionError(_NO_SNAPSHOTS)
    row = epochs.index(epoch)
    state = {name: one[row].clone() for name, one in every.items() if ":" not in name}
    return _with_weights(config, plan, state).eval()


def snapshots(stored: StoredNetwork) -> tuple[list[int], dict[str, torch.Tensor]]:
    """Read the epochs that a run keeps its network of, and the tensors, a row an epoch, as
    ``training.snapshots`` packs them. Raises PredictionError."""
    if not files.RUN_NAME.fullmatch(stored.run):
        raise PredictionError(_NO_SNAPSHOTS)
    path = Path(stored.store, stored.run, files.SNAPSHOTS)
    if not path.parent.exists():
        raise PredictionError(
            "The epochs on the way are kept on the app's machine, which the worker's cannot read: "
            "look at the last one."
        )
    epochs = files.snapshot_epochs(path.parent)
    try:
        every = safetensors.torch.load_file(path)
    except (OSError, SafetensorError, KeyError):
        raise PredictionError(_NO_SNAPSHOTS) from None
    if not epochs or any(len(one) != len(epochs) for one in every.values() if one.dim()):
        raise PredictionError(_NO_SNAPSHOTS)
    return epochs, every


def receive_weights(stored: StoredNetwork, start: int, piece: bytes) -> None:
    """Take a piece of a network's weights from the app, in order. Raises PredictionError."""
    with _one_at_a_time:
        if not start:
            _arriving[stored] = bytearray()
            while len(_arriving) > MAX_ARRIVING:
                _arriving.popitem(last=False)
        if len(_arriving.get(stored, b"")) != start or start + len(piece) > stored.size:
            _arriving.pop(stored, None)
            raise PredictionError("The network did not reach the worker whole: try again.")
        _arriving[stored] += piece


def network_of(config: RunConfig, plan: Plan, weights: bytes) -> nn.Sequential:
    """Build a network with stored weights, on the CPU; draws nothing. Raises PredictionError."""
    try:
        tensors = safetensors.torch.load(weights)
    except (SafetensorError, KeyError):  # the latter: a type that torch does not have
        tensors = {}
    return _with_weights(config, plan, tensors)


def _with_weights(config: RunConfig, plan: Plan, tensors: dict[str, torch.Tensor]) -> nn.Sequential:
    with torch.device("meta"):  # on this thread only; there, initialising draws nothing
        model = modules.build(plan, config.architecture)
    if _forms(tensors) != _forms(model.state_dict()):
        raise PredictionError(
            "The stored weights of this run are damaged or of another network: train it again."
        )
    model.load_state_dict(tensors, assign=True)
    if isinstance(config.architecture, CNN):
        model = model.to(memory_format=torch.channels_last)
    return model


def _arrived(stored: StoredNetwork) -> bytes | None:
    """Take the weights that the app lent, once they are whole."""
    if stored not in _arriving or len(_arriving[stored]) != stored.size:
        return None
    return bytes(_arriving.pop(stored))


def _read(stored: StoredNetwork) -> bytes | None:
    """Read the weights in the store, if they are there as the app has them. Raises
    PredictionError."""
    known = stored.size, stored.changed
    try:
        return files.weights_piece(Path(stored.store), stored.run, known)
    except OSError:  # the folder is another machine's
        return None
    except ValueError as error:
        raise PredictionError(f"The network cannot be asked, as {error}.") from None


def _forms(tensors: dict[str, torch.Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}

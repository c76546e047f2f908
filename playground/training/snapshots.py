"""A run's network as it was on the way: up to 20 snapshots of its weights, evenly over its epochs.

With each stand the gradient of its epoch's last batch, by its quantiles, and how far that batch's
step went beside the length of the weights. Taking them draws nothing and changes nothing.
"""

from collections.abc import Callable, Sequence

import torch
from safetensors.torch import save
from torch import nn

MOST = 20
"""Snapshots of a run."""
BYTES = 8 * 2**20
"""Bytes that a run's snapshots may take together: of a larger network there are fewer, or none."""
FEWEST = 3
"""Snapshots below which none is taken."""
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""What is told of weights and gradients."""
SAMPLE = 10_000
"""Numbers of a layer from which its gradient's quantiles are taken, evenly chosen: to sort a
million takes as long as a step."""
STEPS = 8
"""Steps of an epoch from which the best epoch has a snapshot of its own: in shorter epochs a copy
at each gain would be felt."""
State = dict[str, torch.Tensor]
GRADIENT, STEP = "gradient:", "step:"
"""What stands before the names of a parameter's gradient and step."""


class Snapshots:
    """Of one run. Every epoch may be the last, so each n-th is kept, and n doubles when there is no
    more room."""

    def __init__(self, model: nn.Module, epochs: int, steps: int) -> None:
        """Make them for a run of at most so many ``epochs`` of so many ``steps``."""
        self._model, self._epochs = model, epochs
        self._parameters = list(model.parameters())
        state = model.state_dict()
        self._names, self._values = list(state), list(state.values())
        size = sum(value.nbytes for value in self._values)
        self._samples = {
            one.numel(): _places(one.numel()).to(one.device)
            for one in self._parameters
            if one.numel() > SAMPLE
        }
        room = min(MOST, BYTES // max(size, 1))
        self._room = room - 3 if room >= FEWEST else 0
        """Beside the first, the best and the last."""
        self._every, self._keeps_best = 1, steps >= STEPS and room >= FEWEST
        self._kept: dict[int, State] = {}
        self._best: tuple[int, State] | None = None
        self._before: list[torch.Tensor] = []
        self._steps: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}
        """Weights before the last step of an epoch, and the gradients there."""

    def is_due(self, epoch: int) -> bool:
        """Tell whether an epoch is to be kept."""
        if not self._room and not self._keeps_best:
            return False
        return epoch in (1, self._epochs) or (self._room > 0 and epoch % self._every == 0)

    def before_last_step(self, epoch: int) -> None:
        """Note the weights from which the last step of an epoch sets out."""
        if self.is_due(epoch):
            self._before = [parameter.detach().clone() for parameter in self._parameters]

    def take(self, epoch: int, is_best: bool = False) -> None:
        """Keep the network as it is after an epoch, if that is due, or if it ``is_best`` so far."""
        if self.is_due(epoch):
            self._kept[epoch] = self._state()
            if is_best and self._keeps_best:
                self._best = (epoch, self._kept[epoch])
            self._steps[epoch] = (self._before, self._gradients())
            if epoch == self._epochs or len(self._kept) <= self._room + 1:
                return
            self._every *= 2
            for one in [n for n in self._kept if n != 1 and n % self._every]:
                del self._kept[one], self._steps[one]
        elif is_best and self._keeps_best:
            self._best = (epoch, self._state())

    def end(self, epoch: int, best: int | None, copied: Callable[[], State]) -> bytes:
        """Pack them as a safetensors file: each tensor holds all epochs, a row each, which stand in
        the file's metadata; nothing if there are none. ``epoch`` is the last one, whose network
        ``copied`` gives; ``best`` the best one."""
        if self._kept and epoch > 0 and epoch not in self._kept:
            self._kept[epoch] = copied()
        if self._best and self._best[0] == best:
            self._kept.setdefault(*self._best)
        if len(self._kept) < 2:
            return b""
        epochs = sorted(self._kept)
        tensors = {
            name: torch.stack([self._kept[at][name] for at in epochs]).cpu().contiguous()
            for name in self._names
        }
        return save(tensors | self._packed_steps(epochs), {"epochs": ",".join(map(str, epochs))})

    def _state(self) -> State:
        return dict(zip(self._names, [value.clone() for value in self._values], strict=True))

    def _gradients(self) -> list[torch.Tensor]:
        """Return the gradients of the last step, a sample of each; all of them, or none."""
        found = []
        for parameter in self._parameters:
            if parameter.grad is None:
                return []
            flat = parameter.grad.flatten()
            some = self._samples.get(len(flat))
            found.append(flat.clone() if some is None else flat[some])
        return found

    @torch.no_grad()
    def _packed_steps(self, epochs: Sequence[int]) -> State:
        """Return the gradients' quantiles, (epochs, 7), and how far the steps went, (epochs,); nan
        where they were not noted. All epochs of a parameter at once, as the digits' whole epochs
        take no longer than a few small operations."""
        known = {at: step for at, step in self._steps.items() if step[0] and step[1]}
        if not known:
            return {}
        rows = [epochs.index(at) for at in known]
        found: State = {}
        for place, (name, _) in enumerate(self._model.named_parameters()):
            before = torch.stack([step[0][place].flatten() for step in known.values()])
            after = torch.stack([self._kept[at][name].flatten() for at in known])
            spread = quantiles(torch.stack([step[1][place] for step in known.values()]))
            lengths = (after - before).norm(dim=1) / before.norm(dim=1)
            for start, values in ((GRADIENT, spread), (STEP, lengths)):
                filled = torch.full((len(epochs), *values.shape[1:]), float("nan"))
                filled[rows] = values.float().cpu()
                found[f"{start}{name}"] = filled
        return found


def _places(count: int) -> torch.Tensor:
    """Choose SAMPLE of so many places, evenly, and in step with no row or column: by multiples of
    the golden ratio."""
    golden = (5**0.5 - 1) / 2
    return (torch.arange(SAMPLE, dtype=torch.float64) * golden % 1 * count).long()


def quantiles(values: torch.Tensor) -> torch.Tensor:
    """Return the QUANTILES of each row, float32 (rows, 7)."""
    ordered = values.detach().float().sort(dim=1).values
    count = ordered.shape[1]
    places = torch.tensor(QUANTILES, dtype=torch.float64, device="cpu") * (count - 1)
    low = places.floor().long()
    high = (low + 1).clamp(max=count - 1)
    share = (places - low).float().to(ordered.device)
    low, high = low.to(ordered.device), high.to(ordered.device)
    return ordered[:, low] * (1 - share) + ordered[:, high] * share

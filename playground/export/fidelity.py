"""How close an exported script comes to its run, and why, in sentences."""

from playground.config import RunConfig
from playground.store import Run

_SAME = (
    "On a CPU of this kind and with these versions the script comes to the app's numbers, bit for "
    "bit. On others rounding differs a little, and more so as training goes on."
)
_TOGETHER = (
    "The run was trained in one stack with others, which takes its sums in another order. The "
    "script trains it alone: the same up to rounding at first, which grows as training goes on."
)
_UNKNOWN = "How the run was computed was not kept, so the script may round otherwise."


def sentences_of(run: Run) -> list[str]:
    """Describe what an exported script has in common with its run and what not, a sentence or two
    each."""
    device, way = run.device or "cpu", run.execution
    said = []
    if not device.startswith("cpu"):
        said += _of_gpu(run, device)
    elif run.is_stacked:
        said.append(_TOGETHER)
    elif way is None:
        said.append(_UNKNOWN)
    elif run.status != "stopped":
        said.append(_SAME)
    if device.startswith("cpu") and way and way.precision == "bfloat16":
        said.append(
            "Convolutions and products are computed in bfloat16 while training, which is fast on a "
            "processor with AMX only."
        )
    epochs = run.config.run.epochs
    if run.status == "stopped":
        said.append(
            f"The run was stopped after {run.epochs:,} epochs; the script trains {epochs:,}."
        )
    elif run.status == "diverged":
        said.append(
            "The run diverged, so it has no figures at the end. It ended when its loss or its "
            "gradient was no longer finite; the script looks at the loss only, so it may train for "
            "longer, or to its end."
        )
    elif run.is_active:
        said.append("It was not trained in the playground, so there are no figures to compare.")
    elif run.status != "finished":
        said.append("The run did not come to its end, so it has no figures.")
    return said


def _of_gpu(run: Run, device: str) -> list[str]:
    said = [
        f"The run was trained on a GPU, {device}. The script takes the same steps there, but its "
        "figures may differ from the run's, as those of another seed would: a GPU's kernels round "
        "otherwise from one model and one library to the next."
    ]
    if run.execution and run.execution.recorded:
        said.append(
            "The run gave the GPU each step as one recorded sequence of kernels; the script gives "
            "it one kernel after the other, which takes longer."
        )
    if _draws(run.config):
        said.append(
            "Dropout and random changes to images draw other numbers on another kind of device."
        )
    said.append("Without such a GPU the script trains on the CPU: slower, and with other rounding.")
    return said


def _draws(config: RunConfig) -> bool:
    """Tell whether random numbers are drawn on the device."""
    data, network = config.data, config.architecture
    blocks = getattr(network, "blocks", ())
    changed = data.augmentations()
    return bool(changed or network.dropout or any(block.dropout for block in blocks))

"""How stores before version 9 told of a run's execution: in prose, which migrations read once."""

import re

from playground.results import Execution


def execution_from(words: str, device: str) -> Execution:
    """Read the execution that ``words`` tell of, such as ``1 thread, float32``.

    What they do not tell is as by default. ``device`` begins with the kind of the device, such as
    ``cpu (1 thread)``.
    """

    def number(pattern: str, usual: int) -> int:
        found = re.search(pattern, words)
        return int(found[1].replace(",", "")) if found else usual

    return Execution(
        threads=number(r"^(\d{1,9}) thread", int(device.startswith("cpu"))),
        precision="bfloat16" if "bfloat16" in words else "float32",
        channels_last="channels last" in words,
        onednn="convolutions without oneDNN" not in words,
        fused=device.startswith(("cpu", "cuda")),
        piece=number(r"(\d[\d,]{0,15}) images at a time", 0),
        most=number(r"layers by (\d[\d,]{0,15}) multiply-adds", 0),
        recorded="steps recorded" in words,
        stacked=1 + number(r"together with (\d{1,9}) other", 0),
    )

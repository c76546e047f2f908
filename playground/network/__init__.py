"""The plan of a network: its layers, their shapes and their parameters, in plain Python.

The module, the layer table and the messages about impossible networks all come from one plan, so
the page knows a network's size as a slider moves, without torch.
"""

from playground.network.differences import PlanDifference, difference, is_same
from playground.network.layers import Activation, ImpossibleNetwork, Layer, Plan
from playground.network.layout import (
    check_batch,
    lay_out,
    plan_of,
)
from playground.network.memory import Memory, SummaryLine, listed, memory, outputs

__all__ = [
    "Activation",
    "ImpossibleNetwork",
    "Layer",
    "Memory",
    "Plan",
    "PlanDifference",
    "SummaryLine",
    "check_batch",
    "difference",
    "is_same",
    "lay_out",
    "listed",
    "memory",
    "outputs",
    "plan_of",
]

"""Which layers of a network are new beside another, which were changed, and which are gone."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher

from playground.network.layers import Conv, Dense, Layer, Plan

_FIRST = -1
"""In place of a layer with weights, for what stands before all of them."""


@dataclass(frozen=True)
class PlanDifference:
    """What became of the layers of one plan in another."""

    before: tuple[Layer | None, ...]
    """For each layer of the later plan the one that it was; None if it is new."""
    gone: tuple[Layer, ...]
    """Layers of the earlier plan that became none of the later one."""


def difference(old: Plan, new: Plan) -> PlanDifference:
    """Pair the layers of two plans: block by block; there first those with weights, then what
    stands between them."""
    before: dict[int, int] = {}
    for setting in dict.fromkeys(new.settings):
        was, now = _groups(old, setting), _groups(new, setting)
        heads = _pairs(old, [*was][1:], new, [*now][1:])
        before |= heads
        for later, earlier in {_FIRST: _FIRST, **heads}.items():
            before |= _pairs(old, was[earlier], new, now[later])
    left = set(range(len(old.layers))).difference(before.values())
    return PlanDifference(
        tuple(old.layers[before[i]] if i in before else None for i in range(len(new.layers))),
        tuple(old.layers[i] for i in sorted(left)),
    )


def is_same(layer: Layer, before: Layer) -> bool:
    """Tell whether all that is chosen of a layer is as before; shapes and parameters may still
    differ, as they follow from the layers before it."""
    return _chosen(layer) == _chosen(before)


def _groups(plan: Plan, setting: str) -> dict[int, list[int]]:
    """Return for each layer of a setting with weights, by its place in the plan, the places of
    those that follow it; under _FIRST of those that stand before any."""
    groups: dict[int, list[int]] = {(head := _FIRST): []}
    for place, layer in enumerate(plan.layers):
        if plan.settings[place] != setting:
            continue
        if layer.weights:
            groups[head := place] = []
        else:
            groups[head].append(place)
    return groups


def _pairs(old: Plan, was: list[int], new: Plan, now: list[int]) -> dict[int, int]:
    """Return for places in the new plan those of the old one: of what is the same, and between that
    of what is of one family, in their order."""
    pairs = {}
    layers = [old.layers[place] for place in was], [new.layers[place] for place in now]
    for tag, a, a_end, b, b_end in _opcodes(*([_chosen(one) for one in part] for part in layers)):
        if tag == "equal":
            pairs |= zip(now[b:b_end], was[a:a_end], strict=True)
        elif tag == "replace":
            families = [
                [one.family for one in part] for part in (layers[0][a:a_end], layers[1][b:b_end])
            ]
            for inner, c, c_end, d, d_end in _opcodes(*families):
                if inner == "equal":
                    pairs |= zip(now[b + d : b + d_end], was[a + c : a + c_end], strict=True)
    return pairs


def _opcodes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _chosen(layer: Layer) -> Hashable:
    """Return what sets a layer apart from others of its family, whatever comes before it."""
    if isinstance(layer, Dense):
        return layer.kind, layer.output
    if isinstance(layer, Conv):
        margin = layer.input[1] - layer.output[1]
        return layer.kind, layer.output[0], layer.kernel, margin
    own = (getattr(layer, f.name) for f in fields(layer) if f.name not in ("input", "output"))
    return layer.kind, *own

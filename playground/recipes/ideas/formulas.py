"""Update rules in LaTeX: with symbols, and with a config's own numbers put in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.config import OptimizerConfig

_SYMBOLS = {
    "learning_rate": r"\eta",
    "momentum": r"\mu",
    "alpha": r"\alpha",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "epsilon": r"\varepsilon",
    "learning_rate_decay": r"\delta",
    "initial_accumulator": "s_0",
    "rho": r"\rho",
    "weight_decay": r"\lambda",
}

Lines = Callable[[Any, "Texts"], list[str]]
"""Writes the lines of a rule for a config (see ``optimizers.Rule.lines``)."""


def symbols(config: OptimizerConfig, lines: Lines) -> str:
    """Write the whole rule of a config's optimizer in symbols."""
    return _aligned(config, lines, Texts(_SYMBOLS, {}))


def numbers(config: OptimizerConfig, lines: Lines, weight_decay: float) -> str:
    """Write the same with the config's numbers; what is multiplied by 0 is left out."""
    values = {name: getattr(config, name, 0.0) for name in _SYMBOLS}
    values["weight_decay"] = weight_decay
    return _aligned(config, lines, Texts({name: number(v) for name, v in values.items()}, values))


def meaning(config: OptimizerConfig) -> dict[str, str]:
    """Return the symbols that the rule has, by the field that they stand for."""
    fields = [*type(config).model_fields, "weight_decay"]
    return {name: _SYMBOLS[name] for name in fields if name in _SYMBOLS}


def number(value: float) -> str:
    """Write a number in LaTeX, such as ``0.9`` or ``10^{-8}``."""
    digits, _, power = f"{value:.6g}".partition("e")
    if not power:
        return digits
    return (rf"{digits} \cdot " if digits != "1" else "") + f"10^{{{int(power)}}}"


@dataclass(frozen=True)
class Texts:
    """What stands in a rule for each field: its symbol or its number."""

    texts: dict[str, str]
    values: dict[str, float]
    """Empty if symbols are shown."""

    def __getattr__(self, name: str) -> str:
        return self.texts[name]

    def has(self, name: str) -> bool:
        """Tell whether a term with this factor is shown."""
        return self.values.get(name, 1.0) != 0

    def rest(self, name: str) -> str:
        """Return 1 minus it."""
        if self.values:
            return number(1 - self.values[name])
        return f"(1 - {self.texts[name]})"


def _aligned(config: OptimizerConfig, rule: Lines, of: Texts) -> str:
    lines = rule(config, of)
    if of.has("weight_decay"):
        if config.decouples:
            lines = [rf"w \gets w - {of.learning_rate} \cdot {of.weight_decay}\,w", *lines]
        else:
            lines = [rf"g \gets g + {of.weight_decay}\,w", *lines]
    rows = r" \\ ".join(line.replace(r" \gets ", r" &\gets ", 1) for line in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"

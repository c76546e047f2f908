"""The update rules in LaTeX: with symbols, and with a config's own numbers put in."""

from dataclasses import dataclass
from typing import Any

from playground.config import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    Momentum,
    Nesterov,
    OptimizerConfig,
    RMSprop,
)

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
_KEPT: dict[str, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("v",),
    "nesterov": ("v",),
    "rmsprop": ("s", "v"),
    "adam": ("m", "s"),
    "amsgrad": ("m", "s", r"s_{\max}"),
    "adamw": ("m", "s"),
    "adagrad": ("s",),
    "adadelta": ("s", "u"),
}


def symbols(config: OptimizerConfig) -> str:
    """The whole rule of a config's optimizer, in symbols."""
    return _aligned(config, _Texts(_SYMBOLS, {}))


def numbers(config: OptimizerConfig, weight_decay: float) -> str:
    """The same with the config's numbers; what is multiplied by 0 is left out."""
    values = {name: getattr(config, name, 0.0) for name in _SYMBOLS}
    values["weight_decay"] = weight_decay
    return _aligned(config, _Texts({name: number(v) for name, v in values.items()}, values))


def meaning(config: OptimizerConfig) -> dict[str, str]:
    """The symbols that the rule has, by the field that they stand for."""
    fields = [*type(config).model_fields, "weight_decay"]
    return {name: _SYMBOLS[name] for name in fields if name in _SYMBOLS}


def kept(config: OptimizerConfig) -> tuple[str, ...]:
    """The letters of the rule whose values are kept from step to step, in LaTeX."""
    return _KEPT[config.name]


def number(value: float) -> str:
    """A number in LaTeX, such as ``0.9`` or ``10^{-8}``."""
    digits, _, power = f"{value:.6g}".partition("e")
    if not power:
        return digits
    return (rf"{digits} \cdot " if digits != "1" else "") + f"10^{{{int(power)}}}"


@dataclass(frozen=True)
class _Texts:
    """What stands in a rule for each field: its symbol or its number."""

    texts: dict[str, str]
    values: dict[str, float]
    """Empty where symbols are shown."""

    def __getattr__(self, name: str) -> str:
        return self.texts[name]

    def has(self, name: str) -> bool:
        """Whether a term with this factor is shown."""
        return self.values.get(name, 1.0) != 0

    def rest(self, name: str) -> str:
        """1 minus it."""
        if self.values:
            return number(1 - self.values[name])
        return f"(1 - {self.texts[name]})"


def _aligned(config: OptimizerConfig, of: _Texts) -> str:
    lines = _lines(config, of)
    if of.has("weight_decay"):
        if isinstance(config, AdamW):
            lines = [rf"w \gets w - {of.learning_rate} \cdot {of.weight_decay}\,w", *lines]
        else:
            lines = [rf"g \gets g + {of.weight_decay}\,w", *lines]
    rows = r" \\ ".join(line.replace(r" \gets ", r" &\gets ", 1) for line in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


def _lines(config: Any, of: _Texts) -> list[str]:
    """The lines of a rule, each an assignment; weight decay comes before them."""
    rate = of.learning_rate
    match config:
        case SGD():
            return [rf"w \gets w - {rate}\,g"]
        case Momentum():
            return [rf"v \gets {of.momentum}\,v + g", rf"w \gets w - {rate}\,v"]
        case Nesterov():
            return [
                rf"v \gets {of.momentum}\,v + g",
                rf"w \gets w - {rate}\,(g + {of.momentum}\,v)",
            ]
        case RMSprop():
            square = rf"s \gets {of.alpha}\,s + {of.rest('alpha')}\,g^2"
            step = rf"\frac{{g}}{{\sqrt{{s}} + {of.epsilon}}}"
            if of.has("momentum"):
                speed = rf"v \gets {of.momentum}\,v + {step}"
                return [square, speed, rf"w \gets w - {rate}\,v"]
            return [square, rf"w \gets w - {rate}\,{step}"]
        case Adam() | AMSGrad() | AdamW():
            return _adam(config, of)
        case Adagrad():
            slowed = rate
            if of.has("learning_rate_decay"):
                slowed = rf"\frac{{{rate}}}{{1 + (t - 1)\,{of.learning_rate_decay}}}"
            begin = rf"s_0 \gets {of.initial_accumulator}"
            return [
                *([begin] if of.values and of.has("initial_accumulator") else []),
                r"s \gets s + g^2",
                rf"w \gets w - {slowed}\,\frac{{g}}{{\sqrt{{s}} + {of.epsilon}}}",
            ]
        case Adadelta():
            return [
                rf"s \gets {of.rho}\,s + {of.rest('rho')}\,g^2",
                rf"d \gets \sqrt{{\frac{{u + {of.epsilon}}}{{s + {of.epsilon}}}}}\,g",
                rf"u \gets {of.rho}\,u + {of.rest('rho')}\,d^2",
                rf"w \gets w - {rate}\,d",
            ]
    raise TypeError(f"no rule for {config!r}")


def _adam(config: Adam | AMSGrad | AdamW, of: _Texts) -> list[str]:
    lines = [
        rf"m \gets {of.beta1}\,m + {of.rest('beta1')}\,g",
        rf"s \gets {of.beta2}\,s + {of.rest('beta2')}\,g^2",
    ]
    square = "s"
    if isinstance(config, AMSGrad):
        lines.append(r"s_{\max} \gets \max(s_{\max},\ s)")
        square = r"s_{\max}"
    return [
        *lines,
        rf"\hat m \gets \frac{{m}}{{1 - {of.beta1}^t}}, \quad "
        rf"\hat s = \frac{{{square}}}{{1 - {of.beta2}^t}}",
        rf"w \gets w - {of.learning_rate}\,\frac{{\hat m}}{{\sqrt{{\hat s}} + {of.epsilon}}}",
    ]

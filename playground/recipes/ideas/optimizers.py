"""The optimizers' rules for the page Ideas: a class each, with its formula and its step in NumPy.

An optimizer without a class here is trained as well; the page then shows torch's call alone.
"""

from typing import Any, ClassVar

import numpy as np

from playground.recipes.ideas.formulas import Texts

Memory = dict[str, np.ndarray]
"""What an optimizer keeps from step to step, each like the weights; zero before the first."""


class Rule:
    """How an optimizer takes a step. Weight decay comes before it, the same way for all."""

    name: ClassVar[str]
    """Of the optimizer, in configs."""
    kept: ClassVar[tuple[str, ...]] = ()
    """The letters whose values are kept from step to step, in LaTeX."""
    counts: ClassVar[bool] = False
    """Whether the number of the step stands in it, as t."""
    recipe: ClassVar[str]
    """The recipe that shows it, or its nearest relative."""
    rates: ClassVar[dict[str, float]]
    """A learning rate that suits each surface."""
    note: ClassVar[str] = ""
    """What else is said of it, without a stop at the end."""

    def lines(self, config: Any, of: Texts) -> list[str]:
        """Write the rule in LaTeX, an assignment a line; ``of`` has a text for each field."""
        raise NotImplementedError

    def move(self, config: Any, gradient: np.ndarray, memory: Memory, number: int) -> np.ndarray:
        """Compute what step ``number`` (from 1) takes off the weights; the memory is brought up to
        date."""
        raise NotImplementedError

    def begin(self, config: Any, memory: Memory) -> None:
        """Set what is not zero before the first step."""


class SGD(Rule):
    name = "sgd"
    recipe = "digits-mlp"
    rates: ClassVar = {"valley": 0.05, "two_valleys": 0.1}

    def lines(self, config, of):
        return [rf"w \gets w - {of.learning_rate}\,g"]

    def move(self, config, gradient, memory, number):
        return config.learning_rate * gradient


class Momentum(Rule):
    name = "momentum"
    kept = ("v",)
    recipe = "cures-momentum"
    rates: ClassVar = {"valley": 0.02, "two_valleys": 0.05}
    note = (
        r"An article has $\eta$ in $v$: $v \gets \mu\,v - \eta\,g$, then $w \gets w + v$, "
        "which takes the same path while the learning rate does not change"
    )

    def lines(self, config, of):
        return [rf"v \gets {of.momentum}\,v + g", rf"w \gets w - {of.learning_rate}\,v"]

    def move(self, config, gradient, memory, number):
        memory["v"] = config.momentum * memory["v"] + gradient
        return config.learning_rate * memory["v"]


class Nesterov(Momentum):
    name = "nesterov"
    note = ""

    def lines(self, config, of):
        ahead = rf"w \gets w - {of.learning_rate}\,(g + {of.momentum}\,v)"
        return [rf"v \gets {of.momentum}\,v + g", ahead]

    def move(self, config, gradient, memory, number):
        memory["v"] = config.momentum * memory["v"] + gradient
        return config.learning_rate * (gradient + config.momentum * memory["v"])


class RMSprop(Rule):
    name = "rmsprop"
    kept = ("s", "v")
    recipe = "digits-rmsprop"
    rates: ClassVar = {"valley": 0.1, "two_valleys": 0.05}

    def lines(self, config, of):
        square = rf"s \gets {of.alpha}\,s + {of.rest('alpha')}\,g^2"
        step = rf"\frac{{g}}{{\sqrt{{s}} + {of.epsilon}}}"
        if of.has("momentum"):
            speed = rf"v \gets {of.momentum}\,v + {step}"
            return [square, speed, rf"w \gets w - {of.learning_rate}\,v"]
        return [square, rf"w \gets w - {of.learning_rate}\,{step}"]

    def move(self, config, gradient, memory, number):
        memory["s"] = _mean(config.alpha, memory["s"], gradient**2)
        scaled = gradient / (np.sqrt(memory["s"]) + config.epsilon)
        memory["v"] = config.momentum * memory["v"] + scaled
        return config.learning_rate * memory["v"]


class Adam(Rule):
    name = "adam"
    kept = ("m", "s")
    counts = True
    recipe = "digits-adam"
    rates: ClassVar = {"valley": 0.2, "two_valleys": 0.1}

    def lines(self, config, of):
        return [
            rf"m \gets {of.beta1}\,m + {of.rest('beta1')}\,g",
            rf"s \gets {of.beta2}\,s + {of.rest('beta2')}\,g^2",
            *self._largest_line(),
            rf"\hat m \gets \frac{{m}}{{1 - {of.beta1}^t}}, \quad "
            rf"\hat s = \frac{{{self.kept[-1]}}}{{1 - {of.beta2}^t}}",
            rf"w \gets w - {of.learning_rate}\,\frac{{\hat m}}{{\sqrt{{\hat s}} + {of.epsilon}}}",
        ]

    def move(self, config, gradient, memory, number):
        memory["m"] = _mean(config.beta1, memory["m"], gradient)
        memory["s"] = _mean(config.beta2, memory["s"], gradient**2)
        mean = memory["m"] / (1 - config.beta1**number)
        square = self._largest(memory) / (1 - config.beta2**number)
        return config.learning_rate * mean / (np.sqrt(square) + config.epsilon)

    def _largest_line(self) -> list[str]:
        return []

    def _largest(self, memory: Memory) -> np.ndarray:
        return memory["s"]


class AMSGrad(Adam):
    name = "amsgrad"
    kept = ("m", "s", r"s_{\max}")
    recipe = "digits-amsgrad"

    def _largest_line(self):
        return [r"s_{\max} \gets \max(s_{\max},\ s)"]

    def _largest(self, memory):
        memory["top"] = np.maximum(memory["top"], memory["s"])
        return memory["top"]


class AdamW(Adam):
    name = "adamw"


class Adagrad(Rule):
    name = "adagrad"
    kept = ("s",)
    counts = True
    recipe = "digits-adagrad"
    rates: ClassVar = {"valley": 0.5, "two_valleys": 0.2}

    def lines(self, config, of):
        slowed = of.learning_rate
        if of.has("learning_rate_decay"):
            slowed = rf"\frac{{{slowed}}}{{1 + (t - 1)\,{of.learning_rate_decay}}}"
        begin = rf"s_0 \gets {of.initial_accumulator}"
        return [
            *([begin] if of.values and of.has("initial_accumulator") else []),
            r"s \gets s + g^2",
            rf"w \gets w - {slowed}\,\frac{{g}}{{\sqrt{{s}} + {of.epsilon}}}",
        ]

    def begin(self, config, memory):
        memory["s"] = memory["s"] + config.initial_accumulator

    def move(self, config, gradient, memory, number):
        rate = config.learning_rate / (1 + (number - 1) * config.learning_rate_decay)
        memory["s"] = memory["s"] + gradient**2
        return rate * gradient / (np.sqrt(memory["s"]) + config.epsilon)


class Adadelta(Rule):
    name = "adadelta"
    kept = ("s", "u")
    recipe = "size-model-2"
    rates: ClassVar = {"valley": 20.0, "two_valleys": 20.0}

    def lines(self, config, of):
        return [
            rf"s \gets {of.rho}\,s + {of.rest('rho')}\,g^2",
            rf"d \gets \sqrt{{\frac{{u + {of.epsilon}}}{{s + {of.epsilon}}}}}\,g",
            rf"u \gets {of.rho}\,u + {of.rest('rho')}\,d^2",
            rf"w \gets w - {of.learning_rate}\,d",
        ]

    def move(self, config, gradient, memory, number):
        memory["s"] = _mean(config.rho, memory["s"], gradient**2)
        size = np.sqrt(memory["d"] + config.epsilon) / np.sqrt(memory["s"] + config.epsilon)
        move = size * gradient
        memory["d"] = _mean(config.rho, memory["d"], move**2)
        return config.learning_rate * move


def _mean(kept: float, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return a running mean: ``kept`` of the old one, the rest of the new value."""
    return kept * old + (1 - kept) * new


def _all(base: type[Rule]) -> list[type[Rule]]:
    return [one for rule in base.__subclasses__() for one in (rule, *_all(rule))]


RULES: dict[str, Rule] = {rule.name: rule() for rule in _all(Rule)}
"""By the name of the optimizer in configs; not every one has a rule."""

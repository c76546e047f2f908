"""The activation functions on offer, with their derivatives, as torch has them."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

LEAK = 0.01
"""Slope of the leaky ReLU below zero."""
FIRST_LEAK = 0.25
"""Slope of the PReLU below zero when training begins; it is learned from there."""
ARTICLES_LEAK = 0.08
"""Slope of the PReLU below zero in the article's picture."""

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """A function of single values and its slope; arrays of any shape in, the same shape out."""

    function: Function
    derivative: Function
    """Where there is a kink, the slope that torch takes there."""
    formula: str
    """LaTeX of the function"""
    slope: str
    """LaTeX of the derivative"""
    about: str
    """One sentence: what it does to training."""


_erf = np.vectorize(math.erf, otypes=[float])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _normal(x: np.ndarray) -> np.ndarray:
    """Return the share of the standard normal distribution below x."""
    return (1 + _erf(x / math.sqrt(2))) / 2


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x)


def _silu_slope(x: np.ndarray) -> np.ndarray:
    return _sigmoid(x) * (1 + x * (1 - _sigmoid(x)))


def _gelu_slope(x: np.ndarray) -> np.ndarray:
    return _normal(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _cases(below: str, above: str) -> str:
    return rf"\begin{{cases}} {above} & x > 0 \\ {below} & x \le 0 \end{{cases}}"


def _leaky(leak: float, symbol: str, about: str) -> Activation:
    return Activation(
        lambda x: np.maximum(x, leak * x),
        lambda x: np.where(x > 0, 1.0, leak),
        _cases(rf"{symbol}\,x", "x"),
        _cases(symbol, "1"),
        about,
    )


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(
        lambda x: np.maximum(x, 0.0),
        lambda x: np.where(x > 0, 1.0, 0.0),
        r"\max(0,\ x)",
        _cases("0", "1"),
        "Its slope is 1 wherever it lets a value through, so gradients do not fade from layer to "
        "layer; a unit that is negative for every image gets no gradient and stays dead.",
    ),
    "leaky_relu": _leaky(
        LEAK,
        f"{LEAK:g}",
        "A ReLU with a small slope below zero, so a negative unit still gets a little gradient "
        "and can come back to life.",
    ),
    "prelu": _leaky(
        FIRST_LEAK,
        "a",
        "A leaky ReLU that learns its own slope a below zero; each layer has one, and it begins "
        f"at {FIRST_LEAK:g}, as drawn here.",
    ),
    "elu": Activation(
        lambda x: np.maximum(x, np.expm1(np.minimum(x, 0))),  # e^x - 1 is never below x
        lambda x: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
        _cases("e^{x} - 1", "x"),
        _cases("e^{x}", "1"),
        "Bends smoothly down to −1, which keeps a layer's mean nearer to zero than ReLU does and "
        "lets slightly negative units go on learning.",
    ),
    "gelu": Activation(
        lambda x: x * _normal(x),
        _gelu_slope,
        r"x\,\Phi(x)",
        r"\Phi(x) + x\,\varphi(x)",
        "A smooth ReLU without a kink, used in transformers; slightly negative values still get a "
        "gradient, very negative ones hardly any.",
    ),
    "silu": Activation(
        lambda x: x * _sigmoid(x),
        _silu_slope,
        r"x\,\sigma(x)",
        r"\sigma(x)\,\bigl(1 + x\,(1 - \sigma(x))\bigr)",
        "Also called Swish: a value times its own sigmoid, smooth everywhere and close to ReLU far "
        "from zero.",
    ),
    "mish": Activation(
        lambda x: x * np.tanh(_softplus(x)),
        lambda x: np.tanh(_softplus(x)) + x * _sigmoid(x) / np.cosh(_softplus(x)) ** 2,
        r"x\,\tanh\bigl(\ln(1 + e^{x})\bigr)",
        r"\tanh s + x\,\sigma(x)\,(1 - \tanh^2 s), \quad s = \ln(1 + e^{x})",
        "Like SiLU a ReLU without a kink that dips a little below zero, made with a hyperbolic "
        "tangent; it takes longer to compute.",
    ),
    "tanh": Activation(
        np.tanh,
        lambda x: 1 - np.tanh(x) ** 2,
        r"\tanh(x)",
        r"1 - \tanh^2(x)",
        "Keeps values between −1 and 1 around a mean of zero, but its slope is near 0 for large "
        "values: such units learn slowly, and deep networks more slowly still.",
    ),
    "sigmoid": Activation(
        _sigmoid,
        lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        r"\sigma(x) = \frac{1}{1 + e^{-x}}",
        r"\sigma(x)\,(1 - \sigma(x))",
        "Its slope is never above 0.25, so from layer to layer less of the gradient is left on its "
        "way back, unless the weights are large: the first layers of a deep network hardly learn.",
    ),
    "none": Activation(
        lambda x: x,
        np.ones_like,
        "x",
        "1",
        "Hands every value on as it is; layers without an activation between them are together no "
        "more than one linear layer.",
    ),
}
"""By the name that the config has for them."""

ARTICLES: dict[str, Function] = {
    "relu": ACTIVATIONS["relu"].function,
    "leaky_relu": ACTIVATIONS["leaky_relu"].function,
    "prelu": lambda x: np.maximum(x, ARTICLES_LEAK * x),
    "tanh": ACTIVATIONS["tanh"].function,
    "sigmoid": ACTIVATIONS["sigmoid"].function,
}
"""Those of the article's picture, as it draws them."""


TIMED_VALUES, TIMED_TURNS, TIMED_SECONDS = 1_000_000, 20, 0.6
"""Numbers in the array; how often each function is timed at most; the seconds after which no
further turn begins."""


def time_functions(
    functions: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    values: int = TIMED_VALUES,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[dict[str, float], int]:
    """Return the shortest time of each function on the same float32 values, in seconds, by its
    name; and how many turns there were.

    The functions take turns, so that what else the machine does meets all of them alike, and the
    shortest time is the one that it disturbed least.
    """
    x = np.random.default_rng(0).standard_normal(values, np.float32)
    found = dict.fromkeys(functions, float("inf"))
    begin, turns = clock(), 0
    while turns < TIMED_TURNS and (not turns or clock() - begin < TIMED_SECONDS):
        for name, function in functions.items():
            start = clock()
            function(x)
            found[name] = min(found[name], clock() - start)
        turns += 1
    return found, turns

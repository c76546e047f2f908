"""The update rules and their formulas against torch's optimizers, on the surfaces of the page."""

import re

import numpy as np
import pytest
import torch
from torch import nn

from playground.config import KINDS, settings_of
from playground.recipes.ideas import descent, formulas
from playground.recipes.ideas.descent import RATES, SURFACES
from playground.recipes.ideas.optimizers import RULES
from playground.training.optimization import optimizer_of

NAMES = list(RULES)
OTHERS = {
    "momentum": 0.6,
    "alpha": 0.8,
    "beta1": 0.7,
    "beta2": 0.9,
    "epsilon": 1e-5,
    "learning_rate_decay": 0.02,
    "initial_accumulator": 0.5,
    "rho": 0.8,
}
STEPS = 50


def made(name: str, rate: float, changed: bool):
    """An optimizer's config, at its defaults or with every other field changed."""
    part = KINDS["optimizer"][name]
    fields = [field for field in settings_of(part) if field != "learning_rate"]
    return part(learning_rate=rate, **{field: OTHERS[field] for field in fields if changed})


def numbers(config, decay: float) -> str:
    return formulas.numbers(config, RULES[config.name].lines, decay)


CASES = pytest.mark.parametrize(
    ("name", "surface", "decay", "changed"),
    [
        (name, surface, decay, changed)
        for name in NAMES
        for surface in SURFACES
        for decay in (0.0, 0.05)
        for changed in (False, True)
    ],
)


def loss_of(key: str, weights: torch.Tensor) -> torch.Tensor:
    """The surface in torch, for autograd."""
    surface = SURFACES[key]
    along = sum(c * weights[0] ** power for power, c in enumerate(surface.along.coef))
    return along + surface.across / 2 * weights[1] ** 2


def theirs(config, key: str, decay: float, steps: int = STEPS) -> np.ndarray:
    """The weights before each step of torch's optimizer and after the last."""
    model = nn.Module()
    model.weights = nn.Parameter(torch.tensor(SURFACES[key].start, dtype=torch.float64))
    optimizer = optimizer_of(model, config, decay)
    found = [model.weights.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(key, model.weights).backward()
        optimizer.step()
        found.append(model.weights.detach().numpy().copy())
    return np.array(found)


@CASES
def test_a_path_is_the_one_that_torch_takes(name, surface, decay, changed):
    place = SURFACES[surface]
    config = made(name, RULES[name].rates[surface] / 2, changed)
    ours = descent.optimizer_path(config, place.slope, place.start, STEPS, decay)
    assert ours.shape == (STEPS + 1, 2)
    assert np.abs(ours[-1] - ours[0]).max() > 0.1, "it goes somewhere"
    np.testing.assert_allclose(ours, theirs(config, surface, decay), rtol=1e-9, atol=1e-9)


# --- formulas ----------------------------------------------------------------------------------

LETTERS = {r"\hat m": "mh", r"\hat s": "sh", r"s_{\max}": "top", r"\max": "np.maximum"}


def python_of(latex: str) -> str:
    """A rule's LaTeX as assignments in Python."""
    body = latex.removeprefix(r"\begin{aligned} ").removesuffix(r" \end{aligned}")
    for theirs_, ours in LETTERS.items():
        body = body.replace(theirs_, ours)
    body = re.sub(r"(?:([\d.]+) \\cdot )?10\^\{(-?\d+)\}", r"\1e\2", body)
    body = re.sub(r"(?<![\d.])e(-?\d+)", r"1e\1", body)
    inner = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
    while r"\frac" in body or r"\sqrt" in body:
        body = re.sub(rf"\\frac{inner}{inner}", r"((\1)/(\2))", body)
        body = re.sub(rf"\\sqrt{inner}", r"np.sqrt(\1)", body)
    body = body.replace(r",\ ", ",").replace(r", \quad ", r" \\ ").replace(r" \cdot ", r"\,")
    body = body.replace(r"\,", "*").replace("^", "**").replace(r" &\gets ", " = ")
    return "\n".join(line.strip() for line in body.split(r"\\"))


def followed(latex: str, config, key: str) -> np.ndarray:
    """The path that a formula leads along, its letters beginning at 0."""
    code = compile(python_of(latex.replace(r"s_0", "first")), "formula", "exec")
    surface = SURFACES[key]
    first = getattr(config, "initial_accumulator", 0.0)
    names = {letter: np.zeros(2) for letter in ("v", "m", "u", "top")}
    names |= {"np": np, "w": np.array(surface.start), "s": np.full(2, first)}
    found = [names["w"]]
    for step in range(1, STEPS + 1):
        names |= {"t": step, "g": surface.slope(names["w"])}
        exec(code, names)  # our own formula, made into Python above
        found.append(names["w"])
    return np.array(found)


@CASES
def test_the_formula_with_numbers_leads_where_torch_goes(name, surface, decay, changed):
    config = made(name, RULES[name].rates[surface] / 2, changed)
    found = followed(numbers(config, decay), config, surface)
    np.testing.assert_allclose(found, theirs(config, surface, decay), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_formula_in_symbols_is_the_same_with_its_letters_for_the_numbers(name):
    config = made(name, 0.0125, changed=True)
    latex = formulas.symbols(config, RULES[config.name].lines)
    for field, symbol in formulas.meaning(config).items():
        if field != "initial_accumulator":  # where s begins, which the text under it tells
            assert symbol in latex
        value = 0.05 if field == "weight_decay" else getattr(config, field)
        latex = latex.replace(f"(1 - {symbol})", formulas.number(1 - value))
        latex = latex.replace(symbol, formulas.number(value))
    with_numbers = numbers(config, 0.05)
    assert latex == re.sub(r"s_0 &\\gets [\d.]+ \\\\ ", "", with_numbers)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_is_what_a_line_makes_from_its_old_value(name):
    config = made(name, 0.1, changed=True)
    lines = (
        python_of(formulas.symbols(config, RULES[config.name].lines)).replace("\\", "").splitlines()
    )
    sides = [line.split(" = ") for line in lines]
    kept = [left for left, right in sides if re.search(rf"\b{left}\b", right)]
    letters = [LETTERS.get(letter, letter) for letter in RULES[name].kept]
    assert letters == [left for left in kept if left not in ("w", "g")]


def test_what_is_multiplied_by_zero_is_left_out():
    plain = KINDS["optimizer"]["sgd"](learning_rate=0.1)
    assert numbers(plain, 0.0) == r"\begin{aligned} w &\gets w - 0.1\,g \end{aligned}"
    assert r"g + 0.02\,w" in numbers(plain, 0.02)
    rms = KINDS["optimizer"]["rmsprop"]
    assert "v" not in numbers(rms(), 0.0) and "v" in numbers(rms(momentum=0.1), 0)
    adagrad = KINDS["optimizer"]["adagrad"]
    assert "(t - 1)" in numbers(adagrad(learning_rate_decay=0.1), 0.0)
    assert "(t - 1)" not in numbers(adagrad(), 0.0)


@pytest.mark.parametrize(
    ("value", "latex"),
    [(0.9, "0.9"), (1e-8, "10^{-8}"), (2.5e-10, r"2.5 \cdot 10^{-10}"), (100.0, "100")],
)
def test_numbers_are_written_as_people_do(value, latex):
    assert formulas.number(value) == latex


# --- surfaces ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SURFACES)
def test_a_surfaces_slope_is_that_of_its_loss(key):
    surface = SURFACES[key]
    for weights in np.random.default_rng(0).uniform(-2, 2, (20, 2)):
        there = torch.tensor(weights, requires_grad=True)
        loss_of(key, there).backward()
        np.testing.assert_allclose(surface.slope(weights), there.grad, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("key", SURFACES)
def test_nothing_lies_below_the_lowest_point_and_contours_lie_on_their_level(key):
    surface = SURFACES[key]
    assert surface.loss(np.array(surface.lowest)) == pytest.approx(0, abs=1e-12)
    grid = np.stack(np.meshgrid(*[np.linspace(*ends, 101) for ends in surface.limits]), axis=-1)
    assert surface.loss(grid).min() >= 0
    levels = [level for level, _ in surface.contours()]
    assert set(levels) == set(surface.levels) and levels == sorted(levels, reverse=True)
    for level, points in surface.contours():
        np.testing.assert_allclose(surface.loss(points), level, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(points[0], points[-1], atol=1e-6)


def test_the_valley_is_25_times_as_steep_across_and_the_other_surface_has_two_valleys():
    valley, two = SURFACES["valley"], SURFACES["two_valleys"]
    along, across = valley.slope(np.array([1.0, 0.0]))[0], valley.slope(np.array([0.0, 1.0]))[1]
    assert across == 25 * along
    low = [level for level, _ in two.contours()]
    assert low.count(0.3) == 2 and low.count(0.02) == 1 and low.count(2.6) == 1


@pytest.mark.parametrize("key", SURFACES)
@pytest.mark.parametrize("name", NAMES)
def test_every_optimizers_rate_suits_the_surface_and_can_be_chosen(key, name):
    surface = SURFACES[key]
    assert RULES[name].rates[key] in RATES
    config = KINDS["optimizer"][name](learning_rate=RULES[name].rates[key])
    path = descent.optimizer_path(config, surface.slope, surface.start, 100, reach=surface.reach)
    losses = surface.loss(path)
    assert len(path) == 101 and losses[-1] < losses[0] / 5


def test_momentum_takes_the_path_that_the_articles_rule_takes():
    surface, rate, kept = SURFACES["valley"], 0.01, 0.9
    config = KINDS["optimizer"]["momentum"](learning_rate=rate, momentum=kept)
    ours = descent.optimizer_path(config, surface.slope, surface.start, STEPS, 0.0, surface.reach)
    weights, speed = np.array(surface.start, dtype=float), np.zeros(2)
    for step in ours[1:]:
        speed = kept * speed - rate * surface.slope(weights)
        weights = weights + speed
        np.testing.assert_allclose(step, weights, rtol=1e-9, atol=1e-12)


def test_momentum_rolls_through_the_shallow_valley_where_plain_descent_stays():
    surface, key = SURFACES["two_valleys"], "two_valleys"
    ends = {}
    for name in ("sgd", "momentum"):
        config = KINDS["optimizer"][name](learning_rate=RULES[name].rates[key])
        ends[name] = descent.optimizer_path(config, surface.slope, surface.start, 100)[-1]
    assert np.abs(surface.slope(ends["sgd"])).max() < 1e-3
    assert surface.loss(ends["sgd"]) > 0.29
    assert ends["momentum"] == pytest.approx(surface.lowest, abs=0.05)


@pytest.mark.parametrize("key", SURFACES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rate", [10.0, 100.0])
def test_a_path_that_runs_away_ends_with_its_first_weights_out_of_reach(key, name, rate):
    surface = SURFACES[key]
    config = KINDS["optimizer"][name](learning_rate=rate)
    path = descent.optimizer_path(config, surface.slope, surface.start, 200, 0.0, surface.reach)
    assert np.isfinite(path).all()
    assert (np.abs(path[:-1]) <= surface.reach).all()
    if len(path) < 201:
        assert np.abs(path[-1]).max() > surface.reach
    assert name != "sgd" or len(path) < 10


def test_numbers_that_overflow_end_a_path_without_a_warning(recwarn):
    config = KINDS["optimizer"]["sgd"](learning_rate=100.0)
    path = descent.optimizer_path(config, SURFACES["two_valleys"].slope, (2.0, 1.0), 500)
    assert len(path) < 500 and not np.isfinite(path[-1]).all() and not recwarn.list

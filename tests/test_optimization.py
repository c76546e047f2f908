"""Optimizers and penalties against torch and against sums by hand; see also test_schedules.py."""

import pytest
import torch
from torch import nn, optim

from playground.config import (
    CNN,
    KINDS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    ConvBlock,
    Momentum,
    Nesterov,
    Regularization,
    RMSprop,
    settings_of,
)
from playground.network import lay_out
from playground.training.modules import build
from playground.training.optimization import optimizer_of, penalty_of
from tests.config_fields import another

DECAY = 0.03
SAME = [
    (SGD(learning_rate=0.2), optim.SGD, {"lr": 0.2}),
    (Momentum(learning_rate=0.2, momentum=0.7), optim.SGD, {"lr": 0.2, "momentum": 0.7}),
    (
        Nesterov(learning_rate=0.2, momentum=0.7),
        optim.SGD,
        {"lr": 0.2, "momentum": 0.7, "nesterov": True},
    ),
    (
        RMSprop(learning_rate=0.02, alpha=0.8, momentum=0.4, epsilon=1e-3),
        optim.RMSprop,
        {"lr": 0.02, "alpha": 0.8, "momentum": 0.4, "eps": 1e-3},
    ),
    *(
        (
            config(learning_rate=0.02, beta1=0.8, beta2=0.7, epsilon=1e-3),
            theirs,
            {"lr": 0.02, "betas": (0.8, 0.7), "eps": 1e-3} | more,
        )
        for config, theirs, more in [
            (Adam, optim.Adam, {}),
            (AMSGrad, optim.Adam, {"amsgrad": True}),
            (AdamW, optim.AdamW, {}),
        ]
    ),
    (
        Adagrad(learning_rate=0.05, learning_rate_decay=0.2, initial_accumulator=0.3, epsilon=1e-3),
        optim.Adagrad,
        {"lr": 0.05, "lr_decay": 0.2, "initial_accumulator_value": 0.3, "eps": 1e-3},
    ),
    (
        Adadelta(learning_rate=0.9, rho=0.8, epsilon=1e-3),
        optim.Adadelta,
        {"lr": 0.9, "rho": 0.8, "eps": 1e-3},
    ),
]
CASES = pytest.mark.parametrize(
    ("config", "theirs", "options"), SAME, ids=[config.name for config, _, _ in SAME]
)


class Weights(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[1.0, -2.0], [0.5, 3.0]]))
        self.bias = nn.Parameter(torch.tensor([0.1, -0.2]))


def stepped(optimizer: optim.Optimizer, model: nn.Module, steps: int = 4) -> list[torch.Tensor]:
    """The weights after steps along known gradients, the first of them the largest."""
    generator = torch.Generator().manual_seed(0)
    for step in range(steps):
        for parameter in model.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=generator) / (step + 1)
        optimizer.step()
    return [parameter.detach() for parameter in model.parameters()]


def test_every_field_of_these_is_tested_here():
    for config, _, _ in SAME:
        fields = settings_of(type(config))
        assert all(getattr(config, name) != fields[name].default for name in fields)


@CASES
@pytest.mark.parametrize("decay", [0.0, DECAY])
def test_an_optimizer_steps_as_torchs_made_by_hand(config, theirs, options, decay):
    ours, other = Weights(), Weights()
    optimizer = optimizer_of(ours, config, decay)
    assert type(optimizer) is theirs
    hand = theirs(other.parameters(), **options, weight_decay=decay)
    for mine, expected in zip(stepped(optimizer, ours), stepped(hand, other), strict=True):
        assert torch.equal(mine, expected)
        assert not torch.equal(mine, torch.zeros_like(mine))


@pytest.mark.parametrize("kind", KINDS["optimizer"])
def test_each_field_of_an_optimizer_changes_its_steps(kind):
    part = KINDS["optimizer"][kind]
    usual, model = part(), Weights()
    # RAdam's first five steps are those of momentum, without epsilon.
    expected = stepped(optimizer_of(model, usual, 0.0), model, steps=8)
    for name, setting in settings_of(part).items():
        changed = part(**{name: another(setting)})
        model = Weights()
        found = stepped(optimizer_of(model, changed, 0.0), model, steps=8)
        assert not torch.equal(found[0], expected[0]), name


def test_one_step_of_gradient_descent_is_the_rate_times_the_gradient():
    model = Weights()
    before = model.weight.detach().clone()
    optimizer = optimizer_of(model, SGD(learning_rate=0.5), 0.0)
    model.weight.grad, model.bias.grad = torch.full((2, 2), 2.0), torch.zeros(2)
    optimizer.step()
    assert torch.equal(model.weight.detach(), before - 1.0)
    assert torch.equal(model.bias.detach(), torch.tensor([0.1, -0.2]))


def test_weight_decay_of_adamw_leaves_the_gradients_average_alone():
    model = Weights()
    before = model.weight.detach().clone()
    optimizer = optimizer_of(model, AdamW(learning_rate=0.1), 0.5)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    torch.testing.assert_close(model.weight.detach(), before * (1 - 0.1 * 0.5))


# --- penalties ---------------------------------------------------------------------------------


def network() -> nn.Sequential:
    """Every weight of its convolution is −2, of its dense layers 0.5, every other number 7."""
    block = ConvBlock(channels=(2,), kernel=1, batch_norm="each", pool="none")
    config = CNN(blocks=[block], hidden=(3,), batch_norm=True, activation="prelu", bias=7.0)
    model = build(lay_out(config, (1, 2, 2), 2), config)
    for module in model:
        for name, parameter in module.named_parameters():
            value = {nn.Conv2d: -2.0, nn.Linear: 0.5}.get(type(module), 7.0)
            nn.init.constant_(parameter, value if name == "weight" else 7.0)
    return model


HIDDEN = 2 * 4 * 3  # how many weights
CONV, DENSE = 2, HIDDEN + 3 * 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"l1": 0.1}, 0.1 * (2 * CONV + 0.5 * DENSE)),
        ({"l2": 0.1}, 0.1 * (4 * CONV + 0.25 * DENSE)),
        ({"l1": 0.1, "penalty_on": "dense"}, 0.1 * 0.5 * DENSE),
        ({"l2": 0.1, "penalty_on": "dense"}, 0.1 * 0.25 * DENSE),
        ({"l1": 0.1, "penalty_on": "hidden"}, 0.1 * 0.5 * HIDDEN),
        ({"l1": 0.2, "l2": 0.3}, 0.2 * (2 * CONV + 0.5 * DENSE) + 0.3 * (4 * CONV + 0.25 * DENSE)),
    ],
)
def test_a_penalty_is_the_sum_by_hand_of_weights_but_never_biases_or_batch_norm(fields, expected):
    penalty = penalty_of(network(), Regularization(**fields))
    assert penalty is not None
    assert penalty().item() == pytest.approx(expected, rel=1e-6)


def test_a_penalty_follows_the_weights_and_its_gradient_is_theirs():
    model = network()
    penalty = penalty_of(model, Regularization(l2=0.1))
    dense = model[-1].weight
    with torch.no_grad():
        dense.fill_(3.0)
    penalty().backward()
    torch.testing.assert_close(dense.grad, torch.full_like(dense, 2 * 0.1 * 3.0))
    others = [p for m in model if not isinstance(m, nn.Linear | nn.Conv2d) for p in m.parameters()]
    assert others and all(parameter.grad is None for parameter in [*others, model[-1].bias])


def test_a_network_without_hidden_dense_layers_has_no_penalty_on_them():
    output = nn.Sequential(nn.Conv2d(1, 2, 1), nn.Flatten(), nn.Linear(2, 3))
    assert penalty_of(output, Regularization(l1=0.1, penalty_on="hidden")) is None


@pytest.mark.parametrize("on", ["all", "dense", "hidden"])
def test_without_l1_and_l2_there_is_no_penalty(on):
    assert penalty_of(network(), Regularization(penalty_on=on, weight_decay=0.1)) is None

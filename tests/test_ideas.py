"""The small computations of the Ideas page against torch's own."""

import numpy as np
import pytest
import torch
from torch import nn

from playground.config import KINDS, Regularization, activation
from playground.data.datasets import digits
from playground.recipes.ideas import descent, layers, overfitting
from playground.recipes.ideas.activations import ACTIVATIONS, ARTICLES
from playground.training.early_stopping import EarlyStopper
from playground.training.optimization import optimizer_of, penalty_of

GRID = np.concatenate([np.linspace(-6, 6, 241), [1e-9, -1e-9, 30.0, -30.0]])

# --- activations -------------------------------------------------------------------------------


def test_every_curve_is_of_an_activation_in_the_order_of_the_config():
    assert list(ACTIVATIONS) == [name for name in activation.ACTIVATIONS if name in ACTIVATIONS]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_and_its_derivative_are_torchs(name):
    call = activation.ACTIVATIONS[name].call
    module = call.make({}).double() if call else nn.Identity()
    x = torch.tensor(GRID, requires_grad=True)
    y = module(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    ours = ACTIVATIONS[name]
    np.testing.assert_allclose(ours.function(GRID), y.detach(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours.derivative(GRID), slope, rtol=1e-12, atol=1e-15)


def test_the_articles_five_are_torchs_with_its_slope_of_the_prelu():
    x = torch.tensor(GRID)
    theirs = {
        "relu": x.relu(),
        "leaky_relu": nn.functional.leaky_relu(x, 0.01),
        "prelu": nn.functional.prelu(x, torch.tensor([0.08]).double()),
        "tanh": x.tanh(),
        "sigmoid": x.sigmoid(),
    }
    assert list(ARTICLES) == list(theirs)
    for name, expected in theirs.items():
        np.testing.assert_allclose(ARTICLES[name](GRID), expected, rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "prelu", "elu", "silu", "tanh", "sigmoid"])
def test_what_is_timed_is_computed_in_float32(name):
    assert ACTIVATIONS[name].function(np.linspace(-2, 2, 9, dtype=np.float32)).dtype == np.float32


def test_every_activation_is_told_in_one_sentence_of_its_own():
    told = [one.about for one in ACTIVATIONS.values()]
    assert len(set(told)) == len(told)
    assert all(text.endswith(".") and ". " not in text for text in told)


# --- penalties ---------------------------------------------------------------------------------


class Weights(nn.Module):
    """STARTS as the weights of a dense layer, the kind of weights that penalties are for."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(len(descent.PENALIZED_WEIGHTS), 1, bias=False).double()
        with torch.no_grad():
            self.layer.weight.copy_(torch.tensor([descent.PENALIZED_WEIGHTS], dtype=torch.float64))


@pytest.mark.parametrize(("l1", "l2"), [(0.03, 0.0), (0.0, 0.2), (0.03, 0.2)])
def test_weights_shrink_as_under_the_runs_own_penalty(l1, l2):
    model = Weights()
    penalty = penalty_of(model, Regularization(l1=l1, l2=l2))
    optimizer = optimizer_of(model, KINDS["optimizer"]["sgd"](learning_rate=0.1), 0.0)
    theirs = [model.layer.weight.detach().numpy()[0].copy()]
    for _ in range(150):
        optimizer.zero_grad()
        penalty().backward()
        optimizer.step()
        theirs.append(model.layer.weight.detach().numpy()[0].copy())
    # Steps of 0.003 reach zero to within rounding, where the sign is a matter of the last bit.
    atol = 1e-12 if not l1 else 2 * 0.1 * l1 + 1e-12
    np.testing.assert_allclose(descent.penalized_path(l1, l2, 0.1, 150), theirs, rtol=0, atol=atol)


def test_l1_takes_the_same_off_every_weight_until_it_is_at_zero_and_stays_there():
    weights = np.abs(descent.penalized_path(0.02, 0.0, 0.1, 200))
    amount = 0.1 * 0.02
    large, small = (
        (np.abs(descent.PENALIZED_WEIGHTS) > 0.4),
        (np.abs(descent.PENALIZED_WEIGHTS) < 0.4),
    )
    np.testing.assert_allclose((weights[0] - weights[-1])[large], 200 * amount, rtol=1e-12)
    assert small.sum() == 3 and (weights[-1][small] <= amount).all()


def test_l2_takes_the_same_share_off_every_weight_as_twice_its_weight_decay_does():
    weights = descent.penalized_path(0.0, 0.05, 0.1, 200)
    np.testing.assert_allclose(weights[-1], weights[0] * 0.99**200, rtol=1e-12)
    model = Weights()
    optimizer = optimizer_of(model, KINDS["optimizer"]["sgd"](learning_rate=0.1), 2 * 0.05)
    for _ in range(200):
        model.layer.weight.grad = torch.zeros_like(model.layer.weight)
        optimizer.step()
    np.testing.assert_allclose(weights[-1], model.layer.weight.detach()[0], rtol=1e-12)


def test_without_a_penalty_no_weight_moves():
    assert (descent.penalized_path(0.0, 0.0, 0.1, 50) == np.array(descent.PENALIZED_WEIGHTS)).all()


# --- dropout and batch norm --------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.95])
def test_a_mask_drops_about_its_rate_and_another_batch_is_another_draw(rate):
    masks = layers.dropout_masks(rate, batches=3, images=100, units=100)
    assert masks.shape == (3, 100, 100)
    assert masks.mean() == pytest.approx(1 - rate, abs=0.01)
    assert (layers.dropout_masks(rate, 3, 100, 100) == masks).all()
    if rate:
        assert not (masks[0] == masks[1]).all()
        assert not (masks[0, 0] == masks[0, 1]).all(), "each image has a draw of its own"


def test_digits_through_xavier_weights_are_normalised_as_torch_does():
    pixels = digits.load().images[:128].reshape(128, -1)
    values = layers.hidden_values(pixels, 32)
    assert values.shape == (128, 32)
    norm = nn.BatchNorm1d(32).double()
    theirs = norm(torch.tensor(values)).detach()
    np.testing.assert_allclose(layers.normalize(values), theirs, rtol=1e-10, atol=1e-12)
    after = layers.normalize(values)
    np.testing.assert_allclose(after.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(after.std(0), 1, atol=1e-5)


@pytest.mark.parametrize(("scale", "shift"), [(2.5, -1.0), (-0.5, 3.0), (0.0, 0.25)])
def test_scale_and_shift_are_the_weight_and_bias_of_torchs_batch_norm(scale, shift):
    values = layers.hidden_values(digits.load().images[:128].reshape(128, -1), 8)
    norm = nn.BatchNorm1d(8).double()
    assert (norm.weight == 1).all() and (norm.bias == 0).all()
    assert norm.weight.requires_grad and norm.bias.requires_grad, "they are trained, not chosen"
    with torch.no_grad():
        norm.weight.fill_(scale)
        norm.bias.fill_(shift)
    theirs = norm(torch.tensor(values)).detach()
    ours = layers.normalize(values, scale, shift)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.mean(0), shift, atol=1e-9)
    np.testing.assert_allclose(ours.std(0), abs(scale), atol=1e-4)


def test_xavier_weights_have_the_spread_that_torchs_have():
    ours = layers.hidden_values(np.eye(64), 32)  # images of one pixel each: the weights themselves
    theirs = torch.empty(32, 64)
    nn.init.xavier_uniform_(theirs)
    assert np.abs(ours).max() == pytest.approx(theirs.abs().max().item(), rel=0.01)
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.05)


def test_units_are_spread_from_the_lowest_mean_to_the_highest():
    values = np.array([[5.0, 1, 4, 2, 3], [5, 1, 4, 2, 3]])
    assert layers.spread_units(values, 3).tolist() == [[1, 3, 5], [1, 3, 5]]


# --- early stopping ----------------------------------------------------------------------------


def test_the_tiny_network_learns_and_then_overfits():
    fit = overfitting.fit()
    train, validation = fit.train_loss, fit.validation_loss
    best = int(validation.argmin())
    assert len(train) == len(validation) == len(fit.curves) == overfitting.EPOCHS
    assert 20 < best < overfitting.EPOCHS / 2
    assert (np.diff(train[best:]) < 0).all(), "the training loss goes on falling"
    assert validation[-1] > 1.2 * validation[best], "while the validation loss rises"
    error = ((fit.curves - fit.truth) ** 2).mean(1)
    assert error[-1] > 1.2 * error[best], "and the curve leaves the one without noise"


def test_its_losses_are_those_of_its_curves():
    fit = overfitting.fit()
    for epoch in (0, 200, -1):
        given = np.interp(fit.points[:, 0], fit.x, fit.curves[epoch])
        error = ((given - fit.points[:, 1]) ** 2).mean()
        assert error == pytest.approx(fit.train_loss[epoch], rel=0.05)


def test_its_gradients_are_torchs():
    rng = np.random.default_rng(0)
    shapes = ((1, 5), (1, 5), (5, 1), (1, 1))
    weights = [rng.normal(size=shape) for shape in shapes]
    x, y = rng.normal(size=(7, 1)), rng.normal(size=(7, 1))
    theirs = [torch.tensor(weight, requires_grad=True) for weight in weights]
    first, bias, second, shift = theirs
    given = torch.tanh(torch.tensor(x) @ first + bias) @ second + shift
    nn.functional.mse_loss(given, torch.tensor(y)).backward()
    for ours, other in zip(overfitting.slopes_of(weights, x, y), theirs, strict=True):
        np.testing.assert_allclose(ours, other.grad, rtol=1e-12)


@pytest.mark.parametrize("patience", [1, 2, 3, 10])
@pytest.mark.parametrize("seed", range(5))
def test_early_stopping_ends_where_a_run_would(patience, seed):
    class Watched:
        def __init__(self, loss: float) -> None:
            self.validation_loss = loss

    losses = np.random.default_rng(seed).random(40).round(1)  # with ties
    stopping = Regularization().early_stopping.model_copy(
        update={"watch": "validation_loss", "patience": patience}
    )
    run, best, end = EarlyStopper(stopping), 0, len(losses)
    for epoch, loss in enumerate(losses, start=1):
        if run.improved(Watched(loss)):
            best = epoch
        if run.is_over:
            end = epoch
            break
    assert overfitting.stopped_at(losses, patience) == (end, best)

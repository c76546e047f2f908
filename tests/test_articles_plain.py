"""The articles' recipes against their programs written in plain PyTorch, as the texts have them.

Nothing here comes from the playground but the images and how they are divided and shuffled; the
Keras article's rules (Adadelta, penalties, what is printed) are written out by hand.
"""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn, optim
from torch.nn import functional as F

from playground.config import RunConfig
from playground.data import datasets
from playground.recipes import RECIPES
from playground.training import execution
from tests.small_runs import NOWHERE, trained

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def in_float32(monkeypatch):
    monkeypatch.setattr(execution, "_fast_bfloat16", lambda: False)


@pytest.fixture(scope="module")
def folder(cifar10_folder, tmp_path_factory):
    """The real CIFAR10's first images: all 10,000 test images took most of each run's time."""
    folder = tmp_path_factory.mktemp("cifar10")
    with np.load(cifar10_folder / "cifar10.npz", allow_pickle=False) as whole:
        few = {name: whole[name][: 1000 if "train" in name else 200] for name in whole.files}
    np.savez(folder / "cifar10.npz", **few)
    return folder


def of_recipe(name: str, images: int | None = None, **run) -> RunConfig:
    """A recipe on fewer images, for fewer epochs, in smaller batches; nothing else is changed."""
    config = RECIPES[name].config
    if images:
        few = {"train_images": images, "validation_from": "chosen"}
        config = config.model_copy(update={"data": config.data.model_copy(update=few)})
    return config.model_copy(update={"run": config.run.model_copy(update={"device": "cpu", **run})})


# --- the digits: both listings ------------------------------------------------------------------


def digits_of_the_article(split_seed: int, epochs: int, xavier: bool):
    """The article's program: losses before each step, and the accuracy at the end."""
    data = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(
        data.data, data.target, test_size=0.25, random_state=split_seed
    )
    x_train, x_test = torch.tensor(x_train).float(), torch.tensor(x_test).float()
    y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 10))
    )
    if xavier:
        for module in net:
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                module.bias.data.fill_(0.01)
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x_train), y_train)
        with torch.no_grad():
            losses.append((loss.item(), F.cross_entropy(net(x_test), y_test).item()))
        loss.backward()
        optimizer.step()
    return np.array(losses), (net(x_test).argmax(1) == y_test).double().mean().item()


@pytest.mark.parametrize(
    ("name", "split_seed", "xavier"), [("digits-first", 42, False), ("digits-mlp", 0, True)]
)
def test_the_digits_recipes_are_the_articles_two_programs(name, split_seed, xavier):
    losses, accuracy = digits_of_the_article(split_seed, 1001, xavier)
    result = trained(of_recipe(name), NOWHERE)
    train = [epoch.train_loss for epoch in result.history]
    test = [epoch.validation_loss for epoch in result.history]
    # The first steps on raw pixels are the same to the last digits; later rounding grows.
    np.testing.assert_allclose(train[:200], losses[:200, 0], rtol=2e-3)
    # The article measures the test images before a step, we after it.
    np.testing.assert_allclose(test[:199], losses[1:200, 1], rtol=2e-3)
    assert train[-1] == pytest.approx(losses[-1, 0], abs=0.02)
    assert result.scores["test"].accuracy == pytest.approx(accuracy, abs=0.01)
    assert result.scores["test"].images == 450 and accuracy > 0.9


# --- the cures, as PyTorch Lightning 0.7.1 runs them --------------------------------------------


class Net(nn.Module):
    """The network of the article's listings, with what each section adds."""

    def __init__(self, dropout: bool = False, norm: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.fc1 = nn.Linear(128 * 4 * 4, 128)
        self.fc2 = nn.Linear(128, 10)
        self.norms = nn.ModuleList(nn.BatchNorm2d(c) if norm else nn.Identity()
                                   for c in (32, 64, 128))  # fmt: skip
        self.dropout = nn.Dropout(0.5 if dropout else 0.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for conv, norm in zip((self.conv1, self.conv2, self.conv3), self.norms, strict=True):
            x = F.max_pool2d(F.relu(norm(conv(x))), 2, 2)
        x = self.dropout(x.flatten(1))
        return self.fc2(F.relu(self.fc1(x)))


def of_split(data, split, scale: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The training images, then the validation's, (n, 3, 32, 32), and their labels."""
    both = np.concatenate([split.train, split.validation])
    pixels = torch.tensor(data.images[both]).permute(0, 3, 1, 2).float() / scale
    return pixels, torch.tensor(data.labels[both])


def range_of(split) -> tuple[torch.Tensor, torch.Tensor]:
    """Where both stand in ``of_split``."""
    count = len(split.train)
    return torch.arange(count), torch.arange(count, count + len(split.validation))


def lightning(config: RunConfig, folder, net: Net, optimizer, stop_early: bool):
    """Lightning's loop: (loss, accuracy) of the last batch and the validation's loss by epoch."""
    data = datasets.load(config.data, folder)
    split = datasets.split(data, config.data)
    pixels, labels = (of_split(data, split, scale=255)[part] for part in (0, 1))
    order = torch.Generator().manual_seed(config.run.seed)
    found, best, waited = [], float("inf"), 0
    train, validation = range_of(split)
    for _ in range(config.run.epochs):
        net.train()
        shuffled = train[torch.randperm(len(train), generator=order)]
        for some in shuffled.split(config.run.batch_size):
            optimizer.zero_grad()
            logits = net(pixels[some])
            loss = F.cross_entropy(logits, labels[some])
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            val_loss = F.cross_entropy(net(pixels[validation]), labels[validation]).item()
        accuracy = (logits.argmax(1) == labels[some]).float().mean().item()
        found.append((loss.item(), accuracy, val_loss))
        # EarlyStopping(monitor="val_loss", patience=3, mode="min"), as the Trainer makes it.
        waited, best = (0, val_loss) if val_loss < best else (waited + 1, best)
        if stop_early and waited >= 3:
            break
    return np.array(found)


@pytest.mark.parametrize(
    ("name", "net", "rule", "epochs"),
    [
        ("cures-base", {}, lambda p: optim.Adam(p, lr=1e-3), 3),
        ("cures-weight-decay", {}, lambda p: optim.Adam(p, lr=1e-3, weight_decay=1e-3), 3),
        ("cures-batch-norm", {"norm": True}, lambda p: optim.Adam(p, lr=1e-3), 3),
        ("cures-sgd", {}, lambda p: optim.SGD(p, lr=1e-2), 3),
        ("cures-momentum", {}, lambda p: optim.SGD(p, lr=1e-2, momentum=0.9), 3),
        ("cures-rmsprop", {}, lambda p: optim.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-8), 2),
        ("cures-early-stopping", {}, lambda p: optim.Adam(p, lr=1e-3, weight_decay=1e-3), 60),
    ],
)
def test_the_cures_recipes_are_the_articles_programs(folder, name, net, rule, epochs):
    config = of_recipe(name, images=150, epochs=epochs, batch_size=32)
    torch.manual_seed(config.run.seed)
    plain = Net(**net)
    early = name == "cures-early-stopping"
    found = lightning(config, folder, plain, rule(plain.parameters()), early)
    result = trained(config, folder)
    ours = [
        (epoch.last_batch_loss, epoch.last_batch_accuracy, epoch.validation_loss)
        for epoch in result.history
    ]
    close = 3 if early else epochs  # rounding grows with the steps
    mine, theirs = np.array(ours)[:close], found[:close]
    np.testing.assert_allclose(mine[:, [0, 2]], theirs[:, [0, 2]], rtol=2e-2)
    np.testing.assert_allclose(mine[:, 1], theirs[:, 1], atol=1 / 24 + 1e-6)  # one image
    assert len(result.history) == pytest.approx(len(found), abs=2 if early else 0)
    if early:
        assert len(found) < 60, "it was stopped"
        losses = [epoch.validation_loss for epoch in result.history]
        assert int(np.argmin(losses)) == len(losses) - 4, "three epochs without a gain"
        assert "weights of epoch" not in result.message, "those of the last epoch are kept"


def test_the_last_batch_is_what_is_left_over_and_dropout_is_on_in_it(folder):
    config = of_recipe("cures-dropout", images=150, epochs=2, batch_size=32)
    result = trained(config, folder)
    left = 120 % 32  # of the 120 training images, as 40,000 % 1,024 = 64
    for epoch in result.history:
        assert epoch.last_batch_accuracy * left == pytest.approx(
            round(epoch.last_batch_accuracy * left), abs=1e-4
        )
    off = config.model_copy(
        update={"architecture": config.architecture.model_copy(update={"dropout": 0.0})}
    )
    without = trained(off, folder)
    assert without.history[0].last_batch_loss != result.history[0].last_batch_loss


# --- the sizes, as Keras runs them --------------------------------------------------------------


class Adadelta:
    """Keras's Adadelta (2.x: lr 1, rho 0.95, epsilon 1e-7), written out."""

    def __init__(self, parameters) -> None:
        self.parameters = list(parameters)
        self.a = [torch.zeros_like(p) for p in self.parameters]
        self.d = [torch.zeros_like(p) for p in self.parameters]

    def step(self) -> None:
        with torch.no_grad():
            for p, a, d in zip(self.parameters, self.a, self.d, strict=True):
                a.mul_(0.95).add_(p.grad**2, alpha=0.05)
                update = p.grad * (d + 1e-7).sqrt() / (a + 1e-7).sqrt()
                p -= update
                d.mul_(0.95).add_(update**2, alpha=0.05)


def test_model_4s_penalties_stand_on_the_two_hidden_dense_layers_and_in_the_losses(folder):
    config = of_recipe("size-model-4", images=100, epochs=2, batch_size=32)
    config = config.model_copy(update={"architecture": without_dropout(config.architecture)})
    data = datasets.load(config.data, folder)
    # 0 to 255, as cifar10.load_data() gives them; the last tenth validates.
    pixels, labels = of_split(data, datasets.split(data, config.data), scale=1)
    torch.manual_seed(config.run.seed)
    convolutions = [nn.Conv2d(a, b, 3) for a, b in ((3, 32), (32, 32), (32, 64), (64, 64))]
    dense = [nn.Linear(1600, 256), nn.Linear(256, 153), nn.Linear(153, 10)]
    for layer in [*convolutions, *dense]:  # glorot_uniform, zeros
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)

    def logits_of(x: torch.Tensor) -> torch.Tensor:
        for first, second in (convolutions[:2], convolutions[2:]):
            x = F.max_pool2d(F.relu(second(F.relu(first(x)))), 2)
        x = x.flatten(1)
        return dense[2](F.relu(dense[1](F.relu(dense[0](x)))))

    def penalty() -> torch.Tensor:  # l1_l2(0.01) of Keras: both factors 0.01, squares not halved
        return sum(0.01 * d.weight.abs().sum() + 0.01 * (d.weight**2).sum() for d in dense[:2])

    optimizer = Adadelta(p for layer in [*convolutions, *dense] for p in layer.parameters())
    order = torch.Generator().manual_seed(config.run.seed)
    printed = []
    for _ in range(2):
        losses, sizes, right = [], [], 0
        shuffled = torch.randperm(90, generator=order)  # the last tenth of 100 validates
        for some in shuffled.split(32):
            logits = logits_of(pixels[some])
            loss = F.cross_entropy(logits, labels[some]) + penalty()
            for parameter in optimizer.parameters:
                parameter.grad = None
            loss.backward()
            losses.append(loss.item())
            sizes.append(len(some))
            right += (logits.argmax(1) == labels[some]).sum().item()
            optimizer.step()
        with torch.no_grad():
            logits = logits_of(pixels[90:100])
            val_loss = (F.cross_entropy(logits, labels[90:100]) + penalty()).item()
        printed.append((np.average(losses, weights=sizes), right / 90, val_loss))
    result = trained(config, folder)
    ours = [
        (e.train_loss + e.train_penalty, e.train_accuracy, e.validation_loss + e.penalty)
        for e in result.history
    ]
    np.testing.assert_allclose(ours[0], printed[0], rtol=0.01)
    np.testing.assert_allclose(ours[1], printed[1], rtol=0.05)
    assert result.history[0].penalty > 5 * result.history[0].validation_loss > 0


def without_dropout(network):
    blocks = tuple(block.model_copy(update={"dropout": 0.0}) for block in network.blocks)
    return network.model_copy(update={"dropout": 0.0, "blocks": blocks})

"""What runs are called: what differs stands in the name, alone and together."""

import pytest

from playground.analysis import names
from playground.config import DATA_KINDS, beginning
from tests import pages


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("digits", "Digits · MLP 32-16"),
        ("kmnist", "KMNIST · MLP 128-64"),
        ("npz", "images.npz · MLP 32-16"),
    ],
)
def test_what_a_data_set_begins_with_is_called_by_its_data_and_network(kind, name):
    assert names.of_config(beginning(kind)) == name


@pytest.mark.parametrize("kind", DATA_KINDS)
def test_nothing_but_the_network_is_told_of_what_a_data_set_begins_with(kind):
    data, network, *more = names.of_config(beginning(kind)).split(" · ")
    assert data == beginning(kind).data.in_a_line and network[:4] in ("MLP ", "CNN ")
    assert all(one in ("whitening",) for one in more)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"data.label_noise": "0.2"}, "label noise 20 %"),
        ({"data.train_images": "500"}, "500 images"),
        ({"architecture.dropout": "0.3", "optimizer.learning_rate": "0.01"},
         "dropout 0.3 · rate 0.01"),
        ({"architecture.dropout": "0.3", "architecture.dropout_at": "before_output"},
         "dropout 0.3 before the last layer"),
        ({"architecture.batch_norm": "true"}, "batch norm"),
        ({"optimizer.name": "adamw"}, "AdamW 0.001"),
        ({"optimizer.learning_rate": "1e-5"}, "rate 0.00001"),
        ({"optimizer.epsilon": "1e-9"}, "epsilon 1e-9"),
        ({"schedule.kind": "cosine"}, "cosine schedule"),
        ({"run.epochs": "1"}, "1 epoch"),
        ({"run.epochs": "1200", "run.batch_size": "full", "run.seed": "3"},
         "1,200 epochs · full batch · seed 3"),
        ({"data.validation": "none"}, "no validation"),
    ],
)  # fmt: skip
def test_what_differs_from_what_the_data_set_begins_with_is_told(link, told):
    assert names.of_config(pages.made(link)) == f"Digits · MLP 32-16 · {told}"

"""The Ideas page: what it draws with the sidebar's values, and where its buttons lead."""

import json
import re

import pytest

from playground.config import KINDS, MLP, RunConfig, settings_of
from playground.recipes import RECIPES
from playground.recipes.ideas import activations as functions_of
from playground.recipes.ideas.activations import ACTIVATIONS
from playground.recipes.ideas.optimizers import RULES
from playground.ui.ideas import activations
from tests import pages
from tests.ideas_page import IDEAS, alts, formulas, opened, page_text

NAMES = [
    "Activation functions",
    "Layers without activation",
    "Padding",
    "From scores to accuracy",
    "Optimizers",
    "Penalties",
    "Dropout",
    "Batch norm",
    "Early stopping",
]
CHARTS = dict(zip(NAMES, (3, 3, 6, 3, 2, 3, 5, 2, 2), strict=True))
LEADS = {
    "Activation functions": "pyramid-relu",
    "Layers without activation": "pyramid",
    "Padding": "tutorial-deeper",
    "From scores to accuracy": "digits-mlp",
    "Optimizers": "digits-adam",
    "Penalties": "size-model-4",
    "Dropout": "cures-dropout",
    "Batch norm": "cures-batch-norm",
    "Early stopping": "cures-early-stopping",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pages.idle_engine(tmp_path_factory.mktemp("ideas")) as engine:
        yield engine


@pytest.mark.parametrize("idea", NAMES)
def test_every_idea_has_its_pictures_each_with_a_description_and_one_button(engine, idea):
    at = opened(idea)
    assert pages.texts(at.subheader) == ["The ideas behind the settings"]
    assert len(pages.charts(at)) == CHARTS[idea]
    assert all(len(alt) > 40 and alt.endswith(".") for alt in alts(at))
    assert len([button.label for button in at.main.button if button.label.startswith("Try “")]) == 1
    assert not at.main.warning and not at.main.error


@pytest.mark.parametrize(("idea", "recipe"), LEADS.items())
def test_try_it_takes_the_recipe_into_the_sidebar_and_goes_to_train(engine, idea, recipe):
    at = pages.press(opened(idea), f"Try “{RECIPES[recipe].title}”")
    assert pages.config_of(at) == RECIPES[recipe].at("quick")
    assert at.session_state["app.page"] == "Train"


@pytest.mark.parametrize("idea", NAMES)
def test_settings_that_cannot_be_used_are_told_and_the_defaults_are_shown(engine, idea):
    link = {"architecture.activation": "tanh", "regularization.early_stopping.watch": "off"}
    at = opened(idea, link)
    pages.change(at, "architecture.mlp.hidden", "64-nonsense")
    (info,) = pages.texts(at.main.info)
    assert info.startswith("The sidebar's settings cannot be used as they are")
    assert len(pages.charts(at)) == CHARTS[idea]
    if idea == NAMES[0]:
        assert "**ReLU.**" in page_text(at)


def test_the_idea_that_was_looked_at_is_there_again_after_another_page(engine):
    at = opened("Dropout")
    pages.run(at.switch_page(pages.DATA))
    pages.run(at.switch_page(IDEAS))
    assert "dropout sets each value" in page_text(at)


@pytest.mark.parametrize("idea", NAMES)
def test_a_link_of_an_idea_opens_it(engine, idea):
    at = pages.open_page({"idea": idea}, IDEAS)
    assert pages.widget(at, "ideas.idea").value == idea
    assert len(pages.charts(at)) == CHARTS[idea]


# --- activations -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", settings_of(MLP)["activation"].choices)
def test_the_sidebars_activation_stands_out_with_its_formula(engine, name):
    at = opened("Activation functions", RunConfig(architecture=MLP(activation=name)))
    assert pages.widget(at, f"ideas.activation.{name}").value == name
    value, slope = formulas(at)
    assert value.startswith("f(x) = ") and slope.startswith("f'(x) = ")
    shown = page_text(at).partition("**")[2].partition(".**")[0]
    assert all(f"{shown} is " in alt for alt in alts(at)[:2])


def test_the_page_follows_the_sidebars_activation_and_another_can_be_looked_at(engine):
    at = pages.change(opened("Activation functions"), "architecture.mlp.activation", "sigmoid")
    assert "**Sigmoid.**" in page_text(at)
    assert "Sigmoid is 0.119 at -2, 0.5 at 0, 0.881 at 2." in alts(at)[0]
    assert "Sigmoid is 0.105 at -2, 0.25 at 0, 0.105 at 2." in alts(at)[1]
    pages.change(at, "ideas.activation.sigmoid", "elu")
    assert "**ELU.**" in page_text(at)
    assert pages.config_of(at).architecture.activation == "sigmoid"


def test_the_articles_five_are_in_one_plot_from_minus_5_to_5(engine):
    chart = pages.charts(opened("Activation functions"))[2]
    assert chart.alt == (
        "Line chart of five activation functions for x from -5 to 5: ReLU from 0.00 to 5.00; "
        "Leaky ReLU, slope 0.01 from -0.05 to 5.00; PReLU, slope 0.08 from -0.40 to 5.00; "
        "Tanh from -1.00 to 1.00; Sigmoid from 0.01 to 0.99."
    )
    y = json.loads(chart.spec)["layer"][2]["encoding"]["y"]
    assert y["scale"]["domain"] == [-1.1, 2.0]


@pytest.fixture
def untimed():
    """What was timed stays for the whole app: nothing was, before the test and after it."""
    activations._timed.clear()
    yield
    activations._timed.clear()


@pytest.mark.usefixtures("untimed")
def test_activations_are_timed_on_this_machine_only_when_asked_and_for_all(engine, monkeypatch):
    asked = []

    def seconds(functions):
        asked.append(tuple(functions))
        return {name: 0.001 * (2 + place) for place, name in enumerate(functions)}, 7

    monkeypatch.setattr(functions_of, "time_functions", seconds)
    at = opened("Activation functions")
    assert not asked and len(alts(at)) == 3 and "Not timed yet" in page_text(at)
    at = pages.press(at, "Time them")
    alt = alts(at)[3]
    assert alt.startswith("Bar chart of the time of each activation function: ReLU 2 ms, Leaky")
    assert "GELU" not in alt and "identity" not in alt
    slowest = len(ACTIVATIONS) - 1  # two are left out, and the first takes 2 ms
    assert f"ReLU only compares with zero, and took 2 ms; Sigmoid took {slowest} ms," in page_text(
        at
    )
    assert "the best of 7 turns" in page_text(at)
    assert "Not timed yet" not in page_text(at)
    assert alts(opened("Activation functions"))[3] == alt, "another visitor sees the same"
    assert len(asked) == 1 and len(asked[0]) == len(ACTIVATIONS) - 2
    pages.press(at, "Time them again")
    assert len(asked) == 2


# --- optimizers --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RULES)
def test_the_sidebars_optimizer_is_shown_with_its_own_numbers(engine, name):
    link = {"optimizer.name": name, "optimizer.learning_rate": "0.0375"}
    at = opened("Optimizers", link | {"regularization.weight_decay": "0.0425"})
    symbols, numbers = formulas(at)
    assert r"\eta" in symbols and r"\lambda" in symbols
    assert "0.0375" in numbers and "0.0425" in numbers
    assert "With the sidebar's numbers" in page_text(at)
    path = pages.change(at, "ideas.rate.sidebar", True)
    assert "0.0375: " in alts(path)[0]


@pytest.mark.parametrize("name", [name for name in KINDS["optimizer"] if name not in RULES])
def test_an_optimizer_without_a_rule_here_is_shown_by_torchs_call(engine, name):
    at = opened("Optimizers", {"optimizer.name": name, "optimizer.learning_rate": "0.0375"})
    (code,) = [block.value for block in at.main.code]
    assert code.startswith("optimizer = torch.optim.") and "lr=0.0375" in code
    assert "its steps are not drawn" in page_text(at) and not at.main.latex


def test_momentum_is_set_beside_the_articles_rule(engine):
    sentence = "An article has $\\eta$ in $v$"
    assert sentence in page_text(opened("Optimizers", {"optimizer.name": "momentum"}))
    assert sentence not in page_text(opened("Optimizers"))


def test_another_optimizer_is_shown_with_its_defaults(engine):
    at = opened("Optimizers", {"optimizer.learning_rate": "0.0375"})
    pages.change(at, "ideas.optimizer.adam", "adagrad")
    assert "With its defaults" in page_text(at)
    assert "0.01" in formulas(at)[1] and "10^{-10}" in formulas(at)[1]
    assert not [widget for widget in at.toggle if widget.key == "ideas.rate.sidebar"]
    at = pages.press(at, "Try “Digits: Adagrad”")
    assert pages.config_of(at) == RECIPES["digits-adagrad"].at("quick")


@pytest.mark.parametrize("surface", ["valley", "two_valleys"])
def test_optimizers_can_be_set_beside_each_other_on_both_surfaces(engine, surface):
    at = pages.change(opened("Optimizers"), "ideas.surface", surface)
    pages.change(at, "ideas.compared.adam", ["sgd", "momentum", "adadelta"])
    legends = json.loads(pages.charts(at)[0].spec)["layer"][1]["encoding"]["color"]["scale"]
    assert [label.rpartition(" ")[0] for label in legends["domain"]] == [
        *("Adam", "SGD", "Momentum", "Adadelta"),
    ]
    assert "Adam has the sidebar's other settings." in page_text(at)
    assert "SGD, Momentum, Adadelta: other settings at their defaults." in page_text(at)
    assert not at.main.warning


def test_steps_and_rate_change_the_path_that_is_told(engine):
    at = opened("Optimizers")
    before = alts(at)[0]
    assert "Adam 0.2: 0.049 above the lowest point after 50 steps." in before
    after = alts(pages.change(at, "ideas.steps", 200))[0]
    assert "after 200 steps" in after
    assert "Adam 0.05: " in alts(pages.change(at, "ideas.rate.valley.adam", 0.05))[0]


def test_a_path_that_runs_away_is_told_and_still_drawn(engine):
    at = opened("Optimizers", {"optimizer.name": "sgd"})
    pages.change(at, "ideas.rate.valley.sgd", 50.0)
    (warning,) = pages.texts(at.main.warning)
    assert warning.startswith("SGD 50 runs away: in step 1 a weight is more than 100 from zero")
    assert "SGD 50: runs away in step 1" in page_text(at)
    assert len(pages.charts(at)) == 2


# --- regularization ----------------------------------------------------------------------------


def test_penalties_begin_with_the_sidebars_values(engine):
    at = opened("Penalties", {"regularization.l1": "0.003", "regularization.l2": "0.04"})
    text = page_text(at)
    assert "adds 0.003 × the sum of the weights' sizes" in text and "0.1 × 0.003 = 0.0003" in text
    assert "adds 0.04 × the sum of the squared weights" in text
    assert "weight decay of 0.08" in text
    assert "The penalties begin with the sidebar's L1 0.003 and L2 0.04." in text
    assert "The sidebar has no penalty." in page_text(opened("Penalties"))


def test_l1_leaves_fewer_weights_than_l2_does(engine):
    at = opened("Penalties")
    ends = [text for text in pages.texts(at.main.caption) if "of zero" in text]
    assert ends == [f"{count} of 7 weights end within 0.005 of zero." for count in (0, 4, 0)]
    pages.change(at, "ideas.penalty.steps", 2000)
    ends = [text for text in pages.texts(at.main.caption) if "of zero" in text]
    assert ends == [f"{count} of 7 weights end within 0.005 of zero." for count in (0, 7, 7)]


@pytest.mark.parametrize(("rate", "shown"), [("0", 0.5), ("0.3", 0.3)])
def test_masks_have_the_sidebars_rate_or_a_half(engine, rate, shown):
    at = opened("Dropout", {"architecture.dropout": rate})
    assert f"with probability {shown:g}" in page_text(at)
    shares = [float(alt.rpartition("(")[2].rstrip("%).")) / 100 for alt in alts(at)[:3]]
    assert len(shares) == 3 and all(share == pytest.approx(shown, abs=0.1) for share in shares)


def test_masks_are_of_the_sidebars_first_hidden_layer(engine):
    assert "by 7 units" in alts(opened("Dropout", {"architecture.hidden": "7-5"}))[0]
    assert "by 24 units" in alts(opened("Dropout", {"architecture.hidden": "512"}))[0]
    assert "by 16 units" in alts(opened("Dropout", {"architecture.hidden": "none"}))[0]


def test_many_masked_networks_come_close_to_the_whole_one(engine):
    at = opened("Dropout")
    one, many, whole, apart, single = map(
        float,
        re.search(
            r"right on \*\*([\d.]+)\s%\*\* of the test digits \(mean of 300\), the mean of 100 on "
            r"\*\*([\d.]+)\s%\*\*, the whole network on \*\*([\d.]+)\s%\*\*. The "
            r"probabilities of that mean are (\S+) percentage points from the whole network's, "
            r"those of one masked network (\S+):",
            page_text(at),
        ).groups(),
    )
    assert one < many - 1 and abs(many - whole) < 1 and 0 < apart < single
    assert f"The whole network: {whole:.1f}\u00a0%." in alts(at)[3]
    at = pages.change(at, "ideas.dropout.0", 0.0)
    assert "every network is the whole one" in page_text(at)


def test_alpha_and_beta_are_the_deviation_and_the_mean_afterwards(engine):
    at = pages.change(opened("Batch norm"), "ideas.norm.scale", -2.0)
    at = pages.change(at, "ideas.norm.shift", 1.5)
    before, after = alts(at)
    assert after.count("mean 1.5, standard deviation 2.0") == 4 and "mean 1.5" not in before
    assert "Nobody chooses them" in page_text(at) and "`weight` and `bias`" in page_text(at)


def test_a_scale_of_0_leaves_the_shift_alone(engine):
    at = pages.change(opened("Batch norm"), "ideas.norm.scale", 0.0)
    after = alts(pages.change(at, "ideas.norm.shift", 1.0))[1]
    assert after.count("mean 1.0, standard deviation 0.0") == 4


@pytest.mark.parametrize("images", [8, 512])
def test_batch_norm_brings_every_unit_to_mean_0_and_deviation_1(engine, images):
    before, after = alts(pages.change(opened("Batch norm"), "ideas.batch", images))
    assert after.count("mean 0.0, standard deviation 1.0") == 4
    assert before.count("mean") == 4 and "mean 0.0, standard deviation 1.0" not in before


def test_patience_says_when_the_run_stops_and_what_that_saves(engine):
    at = opened("Early stopping")
    assert (
        "Here it stops after epoch 234 and saves 1,266 of 1,500 epochs (84\u00a0%)."
        in page_text(at)
    )
    pages.change(at, "ideas.patience.5", 100)
    assert (
        "Here it stops after epoch 329 and saves 1,171 of 1,500 epochs (78\u00a0%)."
        in page_text(at)
    )
    link = {"regularization.early_stopping.watch": "train_loss"}
    at = opened("Early stopping", link | {"regularization.early_stopping.patience": "17"})
    assert "Here it stops after epoch 246" in page_text(at)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("sgd", "torch.optim.SGD(network.parameters(), lr=0.1)"),
        ("momentum", "torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)"),
        (
            "adadelta",
            "torch.optim.Adadelta(network.parameters(), lr=1, rho=0.9, eps=1e-06)",
        ),
        ("adam", "torch.optim.Adam(network.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-08)"),
    ],
)
def test_an_optimizers_rule_stands_beside_torchs_call(engine, name, call):
    config = RunConfig(optimizer=KINDS["optimizer"][name]())
    at = opened("Optimizers", config)
    (code,) = [block.value for block in at.main.code]
    assert code == f"optimizer = {call}"

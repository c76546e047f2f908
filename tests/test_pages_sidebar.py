"""The sidebar: links fill it exactly, it remembers, it resets, and it refuses in one sentence."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from playground.config import CNN, KINDS, ConvBlock, Digits, RunConfig, as_text, beginning
from playground.config.paths import value_at
from playground.data import datasets
from playground.network import ImpossibleNetwork, lay_out
from playground.recipes import RECIPES
from tests import own_images, pages, strategies

BLOCK = "section.block"
"""The control that says which block's fields are drawn."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pages.idle_engine(tmp_path_factory.mktemp("sidebar")) as engine:
        yield engine


@pytest.fixture
def own_file(engine):
    data = own_images.save(engine.data)
    yield data
    (engine.data / data.file).unlink()


def refused(at) -> str:
    """The one sentence in the sidebar that says why this cannot be trained."""
    (error,) = at.sidebar.error
    assert pages.button(at, "Train").disabled
    assert error.value.endswith(".") and "\n" not in error.value
    return pages.shown(error.value)


def test_without_a_link_the_sidebar_holds_the_defaults(engine):
    at = pages.open_page()
    assert dict(at.query_params) == {}
    assert not at.sidebar.error and not at.main.error and not at.warning
    pages.press(at, "Train")
    (run,) = engine.store.all()
    assert run.config == RunConfig()
    assert run.name == RunConfig().name


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(config=strategies.configs())
def test_a_link_fills_the_sidebar_with_exactly_its_config(engine, config):
    at = pages.open_page(config)
    assert pages.config_of(at) == config
    assert not at.warning
    pages.run(at)
    assert pages.config_of(at) == config, "looking again changes nothing"


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_link_fills_the_sidebar_with_the_recipe(engine, name):
    assert pages.config_of(pages.open_page(RECIPES[name].config)) == RECIPES[name].config


@pytest.mark.parametrize(
    ("section", "kind"), [(section, kind) for section, kinds in KINDS.items() for kind in kinds]
)
def test_every_kind_can_be_chosen_and_starts_from_its_own_defaults(engine, own_file, section, kind):
    at = pages.change(pages.open_page(), f"{section}.kind", kind)
    own = {"data": own_file} if kind == "npz" else {}
    begins = (
        beginning(kind) if section == "data" else RunConfig(**{section: KINDS[section][kind]()})
    )
    config = begins.model_copy(update=own)
    assert pages.config_of(at) == config
    possible = section != "data" or datasets.ready(kind, engine.data)
    assert pages.button(at, "Train").disabled is not possible
    assert bool(at.sidebar.error) is not possible


def test_missing_cifar10_is_told_beside_a_button_to_fetch_it(engine):
    at = pages.change(pages.open_page({"run.epochs": "7"}), "data.kind", "cifar10")
    assert refused(at).startswith("CIFAR10 is not here yet")
    buttons = [one for one in at.button if one.label == "Download CIFAR10 (170 MB)"]
    assert len(buttons) == 2, "in the sidebar and on the page: on a phone the sidebar is shut"
    assert not any(one.disabled for one in buttons)


def test_without_own_files_the_page_says_how_to_bring_one(engine):
    at = pages.change(pages.open_page(), "data.kind", "npz")
    (told,) = at.sidebar.info
    assert "x_train" in pages.shown(told.value) and str(engine.data) in pages.shown(told.value)
    assert refused(at)


def test_files_of_any_name_are_offered_and_of_others_it_is_said_why_not(engine):
    names = ["Größe.NPZ", "images (1).npz", "手書き数字.npz", "[a](b) $x$ `c`.npz"]
    for name in names:
        own_images.save(engine.data)
        (engine.data / "mine.npz").rename(engine.data / name)
    for name in (".hidden.npz", "a\nb.npz", "a\udcff.npz"):
        (engine.data / name).write_text("")
    at = pages.open_page({"data.name": "npz", "data.file": names[3]})
    assert pages.widget(at, "data.npz.file").options == sorted(names)
    (told,) = [text for text in pages.texts(at.sidebar.caption) if text.startswith("Not offered")]
    assert told.startswith("Not offered: .hidden.npz (its name begins with a dot), a\\nb.npz (its ")
    assert told.endswith("a\\udcff.npz (its name has letters that cannot be seen).")
    (foot,) = at._tree.children[pages.BOTTOM].markdown
    assert foot.value.startswith(r"\[a\](b) \$x\$ \`c\`.npz · MLP 32-16")
    for name in names[:3]:
        pages.change(at, "data.npz.file", name)
        assert pages.config_of(at).data.file == name
        assert not at.sidebar.error and not pages.button(at, "Train").disabled


def test_a_link_to_a_file_that_is_not_here_names_it(engine, own_file):
    at = pages.open_page({"data.name": "npz", "data.file": "other.npz"})
    assert "other.npz" in refused(at)
    files = pages.widget(at, "data.npz.file")
    assert files.value == "other.npz" and "mine.npz" in files.options
    pages.change(at, "data.npz.file", "mine.npz")
    assert not at.sidebar.error and not pages.button(at, "Train").disabled


@pytest.mark.parametrize("count", range(9))
def test_a_network_may_have_any_number_of_blocks_up_to_eight(engine, count):
    at = pages.open_page({"architecture.kind": "cnn"})
    if count != 3:
        pages.change(at, "architecture.cnn.block_count", count)
    widths = [(32,), (64,), (128,), (256,), (256,), (256,), (256,), (256,)]
    blocks = tuple(ConvBlock(channels=channels) for channels in widths[:count])
    assert pages.config_of(at) == RunConfig(architecture=CNN(blocks=blocks))
    if count <= 3:
        assert not at.sidebar.error
    else:  # 8×8 pixels can be halved three times
        assert refused(at).startswith("After the pooling of block 4 nothing is left")


def test_each_block_has_its_own_settings_and_keeps_them_while_it_is_away(engine):
    at = pages.open_page({"architecture.kind": "cnn"})
    pages.change(at, BLOCK, 2)
    pages.change(at, "architecture.cnn.blocks.1.channels", "7-8")
    pages.change(at, "architecture.cnn.blocks.1.pool", "none")
    config = pages.config_of(at)
    assert [block.channels for block in config.architecture.blocks] == [(32,), (7, 8), (128,)]
    assert [block.pool for block in config.architecture.blocks] == ["max", "none", "max"]
    pages.change(at, "architecture.cnn.block_count", 1)
    assert len(pages.config_of(at).architecture.blocks) == 1
    pages.change(at, "architecture.cnn.block_count", 3)
    assert pages.config_of(at) == config


def test_where_a_pooling_stands_is_asked_only_where_there_is_a_choice(engine):
    at = pages.open_page({"architecture.kind": "cnn"})
    block = "architecture.cnn.blocks.0"

    def asked(name: str) -> bool:
        return f"{block}.{name}" in {box.key for box in at.selectbox}

    pages.change(at, f"{block}.channels", "4-5")
    assert asked("pool_at")
    pages.change(at, f"{block}.pool_at", "after_first")
    pages.change(at, f"{block}.dropout", 0.5)
    assert asked("dropout_kind") and not asked("dropout_at")
    first = ConvBlock(channels=(4, 5), pool_at="after_first", dropout=0.5)
    assert pages.config_of(at).architecture.blocks[0] == first
    pages.change(at, f"{block}.pool_at", "end")
    assert asked("dropout_at")
    pages.change(at, f"{block}.pool", "none")
    assert not asked("pool_at")


def test_a_whitened_first_layer_is_switched_on_after_the_blocks_and_counts_no_parameters(engine):
    at = pages.open_page({"architecture.kind": "cnn"})
    pages.change(at, "architecture.cnn.whitening", True)
    assert pages.config_of(at) == RunConfig(architecture=CNN(whitening=True))
    assert refused(at).startswith("After the pooling of block 3"), "8×8 pixels became 7×7"
    pages.change(at, "architecture.cnn.block_count", 2)
    keys = [pages.key_of(element) for element in at.sidebar]
    assert keys.index("architecture.cnn.whitening") > keys.index("architecture.cnn.block_count")
    assert not at.sidebar.error


def test_every_kind_remembers_what_was_set_for_it(engine):
    at = pages.change(pages.open_page(), "optimizer.adam.learning_rate", 0.02)
    pages.change(at, "architecture.mlp.hidden", "5")
    before = pages.config_of(at)
    pages.change(at, "optimizer.kind", "sgd")
    pages.change(at, "optimizer.sgd.learning_rate", 0.3)
    pages.change(at, "architecture.kind", "cnn")
    assert pages.config_of(at).architecture == CNN()
    pages.change(at, "architecture.cnn.hidden", "6")
    after = pages.config_of(at)
    pages.change(at, "optimizer.kind", "adam")
    pages.change(at, "architecture.kind", "mlp")
    assert pages.config_of(at) == before
    pages.change(at, "optimizer.kind", "sgd")
    pages.change(at, "architecture.kind", "cnn")
    assert pages.config_of(at) == after


@pytest.mark.parametrize(
    ("key", "word", "number", "wrong"),
    [
        ("run.batch_size", "full", "48", "Batch size must be a whole number from 1 to 65,536, or"),
        (
            "data.digits.train_images",
            "all",
            "100",
            "Training images must be a whole number from 20",
        ),
        ("architecture.mlp.bias", "pytorch", "0.5", "Initial bias must be a number from -10 to 10"),
    ],
)
def test_a_number_that_may_be_a_word_is_typed_either_way(engine, key, word, number, wrong):
    path = key.replace(".digits", "").replace(".mlp", "")
    at = pages.change(pages.open_page(), key, number)
    assert as_text(value_at(pages.config_of(at), path)) == number
    pages.change(at, key, f" {word.upper()} ")
    assert value_at(pages.config_of(at), path) == word
    pages.change(at, key, word[:-1])
    assert wrong in refused(at)


def test_reset_brings_every_default_and_an_empty_link(engine):
    at = pages.open_page({"run.epochs": "7", "architecture.kind": "cnn", "run.batch_size": "full"})
    pages.change(at, "optimizer.kind", "sgd")
    pages.change(at, "optimizer.sgd.learning_rate", 0.3)
    pages.change(at, "architecture.cnn.block_count", 1)
    pages.change(at, "architecture.cnn.hidden", "nonsense")
    pages.press(at, "Reset")
    assert dict(at.query_params) == {}
    assert not at.sidebar.error
    pages.change(at, "optimizer.kind", "sgd")
    assert pages.widget(at, "optimizer.sgd.learning_rate").value == "0.1"
    pages.change(at, "architecture.kind", "cnn")
    assert pages.config_of(at).architecture == CNN()


@pytest.mark.parametrize("text", ["64-abc", "0", "99999999", "-", "1.5", "-64", "8" * 200])
def test_hidden_widths_that_cannot_be_are_one_sentence_below_their_box(engine, text):
    key = "architecture.mlp.hidden"
    at = pages.change(pages.open_page({"run.epochs": "7"}), key, text)
    assert "Hidden layers must be whole numbers from 1 to 8,192" in refused(at)
    assert pages.stands_below(at, key)
    assert dict(at.query_params) == {"run.epochs": "7"}, "the link keeps what could be used"
    pages.change(at, key, "64")
    assert not at.sidebar.error and not pages.button(at, "Train").disabled


@pytest.mark.parametrize(
    ("key", "text"), [("pyramid", "2000"), ("blocks.0.channels", ""), ("blocks.2.channels", "x")]
)
def test_channels_that_cannot_be_are_one_sentence_below_their_box(engine, key, text):
    at = pages.open_page({"architecture.kind": "cnn"})
    if key.startswith("blocks"):
        pages.change(at, BLOCK, int(key[7]) + 1)
    key = f"architecture.cnn.{key}"
    pages.change(at, key, text)
    assert "must be whole numbers from 1 to 1,024" in refused(at)
    assert pages.stands_below(at, key)


@pytest.mark.parametrize(
    ("link", "key", "value"),
    [
        ({"architecture.batch_norm": "true"}, "run.batch_size", 1),
        ({"data.validation": "none"}, "regularization.early_stopping.watch", "validation_loss"),
    ],
)
def test_what_the_config_refuses_is_told_and_not_trained(engine, link, key, value):
    at = pages.change(pages.open_page(link), key, value)
    assert "Batch norm needs" in refused(at) or "Early stopping watches" in refused(at)
    assert pages.shown(pages.button(at, "Train").help) == refused(at)
    assert at.main.info or at.main.markdown


def test_more_images_than_are_left_beside_validation_are_told_with_the_number_there_is(engine):
    at = pages.open_page({"data.train_images": "1200"})
    assert refused(at) == (
        "There are only 1,078 training images beside 269 for validation, and 1,200 are asked for: "
        "choose at most 1,078, or all."
    )
    pages.change(at, "data.digits.validation", "none")
    assert not at.sidebar.error, "none is kept out"
    pages.change(at, "data.digits.validation", "end")
    pages.change(at, "data.digits.validation_from", "chosen")
    assert not at.sidebar.error, "240 of the 1,200 validate"


def test_where_validation_images_are_from_is_asked_only_if_it_makes_a_difference(engine):
    def asked() -> bool:
        return any(box.key == "data.digits.validation_from" for box in at.sidebar.selectbox)

    at = pages.open_page({"data.train_images": "100"})
    assert asked()
    pages.change(at, "data.digits.validation_from", "chosen")
    assert pages.config_of(at).data.validation_from == "chosen"
    pages.change(at, "data.digits.train_images", "all")
    assert not asked() and "data.validation_from" not in at.query_params
    pages.change(at, "data.digits.train_images", "100")
    assert asked() and pages.config_of(at).data.validation_from == "chosen", "it is remembered"
    pages.change(at, "data.digits.validation", "test")
    assert not asked() and pages.config_of(at).data.validation_from == "pool"


def test_a_network_that_leaves_nothing_of_the_image_is_told_with_the_networks_tab(engine):
    blocks = json.dumps([{"channels": [4], "kernel": 7, "padding": "none"}] * 2)
    link = {"architecture.kind": "cnn", "architecture.blocks": blocks}
    at = pages.open_page(link)
    with pytest.raises(ImpossibleNetwork) as raised:
        lay_out(pages.made(link).architecture, (1, 8, 8), 10)
    assert refused(at) == str(raised.value)
    assert pages.texts(at.main.info) == [str(raised.value)]
    at = pages.open_page(link, tab="Network")
    assert pages.texts(at.main.info) == [
        "There is no network to show: see the message in the sidebar."
    ]


def test_the_page_counts_parameters_as_the_network_changes(engine):
    at = pages.open_page()
    assert any("2,778 parameters" in text for text in pages.texts(at.sidebar.markdown))
    pages.change(at, "architecture.mlp.hidden", "64")
    assert any("4,810 parameters" in text for text in pages.texts(at.sidebar.markdown))


def test_digits_need_no_data_folder(tmp_path):
    (tmp_path / "file").touch()
    with pages.idle_engine(tmp_path) as engine:
        engine.data = tmp_path / "file" / "data"
        at = pages.open_page()
        assert not at.sidebar.error
        for kind in ("npz", "cifar10"):
            assert refused(pages.change(at, "data.kind", kind))
        pages.change(at, "data.kind", "digits")
        assert pages.config_of(at) == RunConfig(data=Digits())


def test_more_images_than_there_are_are_told_below_their_field(engine):
    at = pages.change(pages.open_page(), "data.digits.train_images", "9000")
    assert "training images here" in refused(at) or "9,000" in refused(at)
    assert pages.stands_below(at, "data.digits.train_images")

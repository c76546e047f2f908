"""The sidebar: widgets to a RunConfig.

Every widget is drawn from its field's limits, help and unit in config.py; here stands only the
order, and which fields apply when. A field that does not apply keeps its default in the config.
"""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.analysis.config_summary import SECTIONS
from playground.config import (
    CNN,
    DATA_KINDS,
    KINDS,
    ConfigError,
    ConvBlock,
    EarlyStopping,
    Regularization,
    Run,
    RunConfig,
    beginning,
    from_values,
    settings_of,
    with_settings,
)
from playground.config.run_limits import Limits
from playground.data import datasets
from playground.errors import Problem
from playground.network import ImpossibleNetwork, Plan, check_batch, plan_of
from playground.service import Engine, limit_problems
from playground.ui import state
from playground.ui.sidebar.form import Form


@dataclass
class SidebarState:
    """What the sidebar holds: ``config`` and ``plan`` are None if it cannot be run, and then
    ``problems`` says why."""

    config: RunConfig | None = None
    plan: Plan | None = None
    facts: datasets.Facts | None = None
    problems: list[str] = field(default_factory=list)
    head: Any = None
    """The place above the settings, which stays in sight."""


_MORE_OF_IMAGES = ("flip", "crop", "cutout", "label_noise", "validation_from", "split_seed")
_IMAGES = ("train_images", "test_fraction", "validation", "validation_fraction", "scaling")
_RUN = ("epochs", "batch_size", "seed", "device")
_MAX_NAMED = 5
"""Files that cannot be chosen, whose reasons are given."""


def draw(engine: Engine) -> SidebarState:
    """Draw the sidebar and read it: all settings, or those that the lesson shows."""
    form = Form(state.lesson())
    with st.sidebar:
        top = st.container(key="sidebar.head", gap="xsmall")
        head = st.container(horizontal=True, vertical_alignment="center", gap="small")
        head.markdown("**Settings**")
        head.space("stretch")
        head.button(
            "Reset", icon=":material/restart_alt:", on_click=state.reset, type="tertiary",
            help="Back to the lesson's start." if form.lesson else "Back to the default settings.",
        )  # fmt: skip
        if form.lesson and not (form.lesson.open or form.lesson.fixed):
            st.caption("This lesson holds every setting: press Train.")
        _data(form, engine)
        with _section(form, SECTIONS["architecture"], "architecture"):
            _network(form)
            size = st.empty()
        with _section(form, SECTIONS["optimizer"], "optimizer", "schedule"):
            _optimizer(form)
        with form.folded(SECTIONS["regularization"], "section.regularization", "regularization"):
            _regularization(form)
        with _section(form, SECTIONS["run"], *(f"run.{name}" for name in _RUN)):
            form.fields(Run, "run", list(_RUN))
        form.slot("run")
        state.remember()
        current = _read(form, engine)
        current.head = top
        if current.plan and form.shows("architecture"):
            size.caption(f"**{current.plan.parameters:,}** parameters")
    return current


def _section(form: Form, label: str, *paths: str) -> Any:
    """Draw an expander for these settings; nothing that is seen if all of them are hidden."""
    if not form.shows(*paths):
        return st.container()
    return st.expander(label, expanded=True, key=f"section.{label.lower()}")


def _read(form: Form, engine: Engine) -> SidebarState:
    current = SidebarState()
    try:
        current.config = from_values(form.values)
    except ConfigError as error:
        current.problems += map(form.tell, error.problems)
        return current
    if form.lesson:  # whatever the browser sent
        current.config = form.lesson.hold(current.config)
    try:
        current.facts = datasets.facts(current.config.data, engine.data)
        current.facts.images_of(current.config.data)
        plan = plan_of(current.config, current.facts)
        check_batch(plan, current.config.run.batch_size)
        limits: list[tuple[Limits, str]] = [(engine.limits, "This playground")]
        if form.lesson:
            limits.append((form.lesson.budget, "This lesson"))
        for most, who in limits:
            for problem in limit_problems(most, who, current.config, current.facts):
                current.problems.append(form.tell(problem))
        current.plan = None if current.problems else plan
    except datasets.DataError as error:
        current.problems.append(form.tell(Problem(error.path, str(error), is_sentence=True)))
    except ImpossibleNetwork as error:
        current.problems.append(form.tell(Problem(error.setting, str(error), is_sentence=True)))
    return current


def _data(form: Form, engine: Engine) -> None:
    kind = form.kind("data", on_change=_begin_with_its_network)
    form.slot("data")
    part = DATA_KINDS[kind]
    if not datasets.ready(kind, engine.data):
        download_button(engine, kind, "sidebar.download")
    if "file" in settings_of(part):
        _own_file(form, engine, kind)
    paths = [f"data.{name}" for name in _IMAGES + _MORE_OF_IMAGES]
    with form.folded("Images", "section.images", *paths, "run.test_time_flip"):
        form.fields(part, "data", ["train_images"])
        if "test_fraction" in settings_of(part):
            form.fields(part, "data", ["test_fraction"])
        form.fields(part, "data", ["validation"])
        validates = form.value("data.validation") in ("random", "end")
        if validates:
            form.fields(part, "data", ["validation_fraction"])
        form.fields(part, "data", ["scaling"])
        paths = [f"data.{name}" for name in _MORE_OF_IMAGES]
        with _more(form, "Augmentation, noise, split", *paths, "run.test_time_flip"):
            form.fields(part, "data", ["flip", "crop", "cutout"])
            if part.mirrored and form.value("data.flip"):
                st.caption(part.mirrored)
            form.fields(Run, "run", ["test_time_flip"])
            form.fields(part, "data", ["label_noise"])
            if validates and form.value("data.train_images") != "all":
                form.fields(part, "data", ["validation_from"])
            form.fields(part, "data", ["split_seed"])


def _begin_with_its_network() -> None:
    """Take the network that the chosen data set begins with, if the one that is there is what the
    set before began with. In a callback."""
    chosen = DATA_KINDS.get(state.get("data.kind"))  # a forged message may name none
    before, _ = with_settings(state.last_link())
    if chosen and not state.lesson() and before == beginning(before.data.name):
        state.load(beginning(state.get("data.kind")))


def _own_file(form: Form, engine: Engine, kind: str) -> None:
    setting = settings_of(DATA_KINDS[kind], "data")["file"]
    key = f"data.{kind}.file"
    if form.access("data.file") != "open":
        state.recall(key)
        file = state.get(key, setting.default)
        form.put("data.file", file)
        if form.access("data.file") == "fixed":
            st.caption(labels.plain(file))
        return
    files, others = datasets.available(engine.data)
    state.recall(key)
    chosen = state.get(key)
    if chosen and chosen not in files and (files or chosen != setting.default):
        files = [chosen, *files]  # a link may name a file that is not here: it is told so
    if not files:
        st.info(
            f"Put an .npz file with `x_train` and `y_train` into `{engine.data}`: images of 8×8 to "
            "64×64 pixels, grey or colour, in whole numbers up to 255, decimals up to 1, or true "
            "and false; and whole numbers from 0 as labels.",
            icon=":material/folder_open:",
        )
        _not_offered(others)
        form.put("data.file", setting.default)
        return
    if chosen not in files:
        state.set_default(key, files[0])
        if state.get(key) not in files:
            state.set_setting(key, setting, files[0])
    place = files.index(state.get(key))
    file = st.selectbox(setting.label, files, place, key=key, help=setting.help)
    _not_offered(others)
    form.put("data.file", file)


def _not_offered(files: dict[str, str]) -> None:
    """Say which files cannot be chosen, and why."""
    texts = [
        f"{labels.escape_invisible(name)} ({why})" for name, why in list(files.items())[:_MAX_NAMED]
    ]
    if more := len(files) - len(texts):
        texts.append(f"and {more} more")
    if texts:
        st.caption(f"Not offered: {labels.plain(', '.join(texts))}.")


def download_button(engine: Engine, kind: str, key: str) -> None:
    """Draw a button that downloads a data set, or how far that is."""
    found, data = engine.download(kind), DATA_KINDS[kind]
    if found and found.active:
        _progress(engine, kind)
        return
    assert data.download
    st.button(
        f"Download {data.short} ({data.download.size / 1e6:,.0f} MB)",
        key=key,
        icon=":material/cloud_download:",
        on_click=engine.fetch,
        args=(kind,),
        width="stretch",
    )
    if found and found.message:
        st.error(labels.plain(found.message))


@st.fragment(run_every=1.0)
def _progress(engine: Engine, kind: str) -> None:
    download, called = engine.download(kind), DATA_KINDS[kind].short
    if download is None or not download.active:
        st.rerun()
    share = download.done / download.total if download.total else 0.0
    text = f"Downloading {called}: {download.done / 1e6:,.0f} of {download.total / 1e6:,.0f} MB"
    st.progress(min(share, 1.0), text=text if download.total else f"Downloading {called} …")


def _network(form: Form) -> None:
    kind = form.kind("architecture")
    part = KINDS["architecture"][kind]
    form.slot("architecture")
    if kind == "cnn":
        form.fields(part, "architecture", ["whitening", "pyramid"])
        if _has_layers(form, "architecture.pyramid"):
            form.fields(part, "architecture", ["pyramid_activation", "pyramid_batch_norm"])
        _blocks(form)
        form.slot("architecture.blocks")
        form.fields(part, "architecture", ["head"])
    form.fields(part, "architecture", ["hidden", "activation", "dropout"])
    if form.value("architecture.dropout"):
        form.fields(part, "architecture", ["dropout_at"])
    if _has_layers(form, "architecture.hidden"):
        form.fields(part, "architecture", ["batch_norm"])
    paths = ("architecture.initialization", "architecture.bias")
    with _more(form, "Initial weights", *paths):
        form.fields(part, "architecture", ["initialization", "bias"])


def _has_layers(form: Form, path: str) -> bool:
    return str(form.value(path)).strip() not in ("", "none")


def _blocks(form: Form) -> None:
    if (access := form.access("architecture.blocks")) != "open":
        network = form.lesson.start.architecture if form.lesson else CNN()
        assert isinstance(network, CNN)
        blocks = network.blocks
        form.put("architecture.blocks", [block.model_dump() for block in blocks])
        if access == "fixed":
            widths_of = " · ".join("-".join(map(str, block.channels)) for block in blocks)
            st.caption(f"Blocks: {widths_of or 'none'} channels")
        return
    state.set_default(state.BLOCK_COUNT, len(CNN().blocks))
    most = 8
    count = st.selectbox(
        "Blocks", range(most + 1), state.get(state.BLOCK_COUNT), key=state.BLOCK_COUNT,
        help=settings_of(CNN, "architecture")["blocks"].help,
    )  # fmt: skip
    form.put("architecture.blocks", [])
    for index in range(count):
        key = f"architecture.cnn.blocks.{index}"
        for name, setting in settings_of(ConvBlock).items():
            usual = 32 * 2 ** min(index, 3) if name == "channels" else setting.default
            if not state.recall(f"{key}.{name}"):
                state.set_setting(
                    f"{key}.{name}", setting, (usual,) if name == "channels" else usual
                )
        title = f"Block {index + 1}: {state.get(key + '.channels')}"
        with st.expander(title, key=f"section.block.{index}", type="compact"):
            form.values["architecture"]["blocks"].append({})
            path = f"architecture.blocks.{index}"
            form.fields(ConvBlock, path, ["channels", "kernel", "padding", "pool"], key)
            if form.value(f"{path}.pool") != "none":
                form.fields(ConvBlock, path, ["pool_at"], key)
            form.fields(ConvBlock, path, ["batch_norm", "dropout"], key)
            if form.value(f"{path}.dropout"):
                form.fields(ConvBlock, path, ["dropout_kind"], key)
                if form.value(path).get("pool_at", "end") == "end":
                    form.fields(ConvBlock, path, ["dropout_at"], key)


def _optimizer(form: Form) -> None:
    part = KINDS["optimizer"][form.kind("optimizer")]
    first = [name for name in settings_of(part) if name in ("learning_rate", "momentum")]
    form.fields(part, "optimizer", first)
    if rest := [name for name in settings_of(part) if name not in first]:
        with _more(form, "Advanced", *(f"optimizer.{name}" for name in rest)):
            form.fields(part, "optimizer", rest)
    form.slot("optimizer")
    schedule = KINDS["schedule"][form.kind("schedule")]
    form.fields(schedule, "schedule", list(settings_of(schedule)))
    form.slot("schedule")


def _regularization(form: Form) -> None:
    form.fields(Regularization, "regularization", ["weight_decay", "l1", "l2"])
    if form.value("regularization.l1") or form.value("regularization.l2"):
        form.fields(Regularization, "regularization", ["penalty_on"])
    form.fields(Regularization, "regularization", ["label_smoothing", "gradient_clip"])
    path = "regularization.early_stopping"
    form.fields(EarlyStopping, path, ["watch"])
    form.slot("regularization")
    if form.value(f"{path}.watch") != "off":
        form.fields(EarlyStopping, path, ["patience", "least_gain", "keep"])


def _more(form: Form, label: str, *paths: str) -> Any:
    return form.folded(label, f"section.more.{label.lower()}", *paths, look="compact")

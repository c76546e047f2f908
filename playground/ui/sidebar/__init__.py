"""The sidebar: widgets to a RunConfig.

Every widget is drawn from its field's limits, help and unit in config.py; here stands only the
order, and which fields apply when. A field that does not apply keeps its default in the config.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from playground.analysis import labels
from playground.analysis.config_summary import SECTIONS
from playground.config import (
    DATA_KINDS,
    ConfigError,
    EarlyStopping,
    Part,
    Regularization,
    Run,
    RunConfig,
    from_values,
    settings_of,
    with_settings,
)
from playground.config.run_limits import Limits
from playground.data import datasets
from playground.errors import Problem
from playground.network import ImpossibleNetwork, Plan, check_batch, plan_of
from playground.service import Engine, beginning_within, limit_problems
from playground.ui import state
from playground.ui.sidebar import blocks
from playground.ui.sidebar.form import Form, about, chosen
from playground.ui.sidebar.places import Places


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
    places: Places = field(default_factory=Places)
    """Where the page's parts stand."""


_MORE_OF_DATA = (
    "test_fraction", "validation", "validation_fraction", "scaling", "flip", "crop", "cutout",
    "label_noise", "validation_from", "split_seed",
)  # fmt: skip
_FIRST_OF_NETWORK = ("hidden", "activation", "width")
_RUN = ("epochs", "batch_size", "seed", "device")
_MAX_NAMED = 5
"""Files that cannot be chosen, whose reasons are given."""


def draw(engine: Engine, places: Places) -> SidebarState:
    """Draw the sidebar and read it: the settings that are changed most and, behind “More” in each
    section, the others; or those that the lesson shows, the open ones on the page if it has a place
    for them."""
    lesson = state.lesson()
    form = Form(lesson.start if lesson else _beginning(engine), lesson, places.settings)
    with st.sidebar:
        head = st.container(key="sidebar.head", gap="xsmall")
        _title(engine, form, places.head)
        _data(form, engine)
        _network(form)
        _training(form)
        form.fold(
            partial(_regularization, form), "section.regularization", "regularization",
            label=SECTIONS["regularization"],
        )  # fmt: skip
        form.slot("regularization")
        state.remember()
        current = _read(form, engine)
        current.head, current.places = head, places
    return current


def _beginning(engine: Engine) -> RunConfig:
    """Return what the settings begin with on the data set that is chosen."""
    return beginning_within(engine.limits, chosen("data"), engine.data)


def _title(engine: Engine, form: Form, on_page: Any) -> None:
    """Draw what the settings begin with, with Reset; in ``on_page`` if some stand there."""
    row = on_page or st.container(horizontal=True, vertical_alignment="center", gap="small")
    if form.heads("data") and not on_page:
        row.markdown(f"**{SECTIONS['data']}**", help=about("data"))
    else:
        row.markdown("**Settings**")
    row.space("stretch")
    row.button(
        "Reset", icon=":material/restart_alt:", on_click=_reset, args=(engine,), type="tertiary",
        help="Back to the lesson's start." if form.lesson
        else "Back to what this data set begins with.",
    )  # fmt: skip
    if form.lesson and not (form.lesson.open or form.lesson.fixed):
        st.caption("This lesson holds every setting: press Train.")
    if on_page and form.lesson and form.lesson.fixed:
        st.caption("The same for everyone in this lesson:")
        if form.heads("data"):
            st.markdown(f"**{SECTIONS['data']}**", help=about("data"))


def _reset(engine: Engine) -> None:
    """Go back to what the lesson, or the data set, begins with. In a callback."""
    lesson = state.lesson()
    state.reset(lesson.start if lesson else _first_time(engine))


def _change_data_set(engine: Engine) -> None:
    """Take what was set for the data set that is chosen now, at first what it begins with. In a
    callback."""
    if not state.lesson():
        state.change_data_set(chosen("data"), _first_time(engine))


def _first_time(engine: Engine) -> RunConfig:
    """Return what the settings begin with, own images with a file that is there."""
    begins = _beginning(engine)
    files = datasets.available(engine.data)[0] if "file" in settings_of(type(begins.data)) else []
    return with_settings({"data.file": files[0]}, begins)[0] if files else begins


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
    part = form.kind("data", on_change=partial(_change_data_set, engine), headed=True)
    kind = form.value("data.name")
    if not datasets.ready(kind, engine.data):
        download_button(engine, kind, "sidebar.download")
    if "file" in settings_of(part):
        _own_file(form, engine, kind)
    form.fields(part, "data", "train_images")
    paths = [f"data.{name}" for name in _MORE_OF_DATA]
    form.fold(partial(_more_of_data, form, part), "section.data", *paths, "run.test_time_flip")
    form.slot("data")


def _more_of_data(form: Form, part: type[Part]) -> None:
    if "test_fraction" in settings_of(part):
        form.fields(part, "data", "test_fraction")
    form.fields(part, "data", "validation")
    validates = form.value("data.validation") in ("random", "end")
    if validates:
        form.fields(part, "data", "validation_fraction")
    form.fields(part, "data", "scaling", "flip")
    mirrored = DATA_KINDS[form.value("data.name")].mirrored
    if form.drawn and mirrored and form.value("data.flip"):
        st.caption(mirrored)
    form.fields(Run, "run", "test_time_flip")
    form.pairs(part, "data", "crop", "cutout")
    form.fields(part, "data", "label_noise")
    if validates and form.value("data.train_images") != "all":
        form.fields(part, "data", "validation_from")
    form.fields(part, "data", "split_seed")


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
    file = st.selectbox(setting.label, files, place, key=state.widget_key(key), help=setting.help)
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
    if form.heads("architecture"):
        st.markdown(f"**{SECTIONS['architecture']}**", help=about("architecture"))
    part = form.kind("architecture", headed=True)
    convolutional = "blocks" in settings_of(part)
    if convolutional:
        blocks.draw(form)
        form.slot("architecture.blocks")
    with form.row(2, "architecture.hidden", "architecture.activation"):
        form.fields(part, "architecture", "hidden", "activation")
    if not convolutional:
        form.fields(part, "architecture", "dropout")
        if _has_layers(form, "architecture.hidden"):
            form.fields(part, "architecture", "batch_norm")
    form.fold(
        partial(_more_of_network, form, part, convolutional), "section.network",
        *(f"architecture.{name}" for name in settings_of(part) if name not in _FIRST_OF_NETWORK),
    )  # fmt: skip
    form.slot("architecture")


def _more_of_network(form: Form, part: type[Part], convolutional: bool) -> None:
    if convolutional:
        blocks.draw_each(form)
        form.fields(part, "architecture", "head", "dropout")
    if form.value("architecture.dropout"):
        form.fields(part, "architecture", "dropout_at")
    if convolutional:
        if _has_layers(form, "architecture.hidden"):
            form.fields(part, "architecture", "batch_norm")
        form.fields(part, "architecture", "whitening", "pyramid")
        if _has_layers(form, "architecture.pyramid"):
            form.fields(part, "architecture", "pyramid_activation", "pyramid_batch_norm")
    form.fields(part, "architecture", "initialization", "bias")


def _has_layers(form: Form, path: str) -> bool:
    return str(form.value(path)).strip() not in ("", "none")


def _training(form: Form) -> None:
    shown = ("optimizer", "schedule", *(f"run.{name}" for name in _RUN))
    if form.heads(*shown):
        st.markdown("**Training**")
    with form.row(2, "optimizer.name", "optimizer.learning_rate"):
        part = form.kind("optimizer")
        form.fields(part, "optimizer", "learning_rate")
    with form.row(2, "run.epochs", "run.batch_size"):
        form.fields(Run, "run", "epochs", "batch_size")
    paths = [f"optimizer.{name}" for name in settings_of(part) if name != "learning_rate"]
    form.fold(
        partial(_more_of_training, form, part), "section.training",
        *paths, "schedule", "run.seed", "run.device",
    )  # fmt: skip
    form.slot("optimizer", "schedule", "run")


def _more_of_training(form: Form, part: type[Part]) -> None:
    form.pairs(part, "optimizer", *(n for n in settings_of(part) if n != "learning_rate"))
    schedule = form.kind("schedule")
    form.pairs(schedule, "schedule", *settings_of(schedule))
    form.fields(Run, "run", "seed", "device")


def _regularization(form: Form) -> None:
    path = "regularization"
    form.fields(Regularization, path, "weight_decay")
    form.pairs(Regularization, path, "l1", "l2")
    if form.value(f"{path}.l1") or form.value(f"{path}.l2"):
        form.fields(Regularization, path, "penalty_on")
    form.fields(Regularization, path, "label_smoothing", "gradient_clip")
    path = "regularization.early_stopping"
    form.fields(EarlyStopping, path, "watch")
    if form.value(f"{path}.watch") != "off":
        form.fields(EarlyStopping, path, "patience", "least_gain", "keep")

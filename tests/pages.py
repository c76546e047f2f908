"""The pages without a browser: AppTest, and an engine that only queues."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from playground.config import RunConfig, with_settings
from playground.service import Engine, NoAnswer
from playground.store import RunStore
from playground.ui import frame

BOTTOM = 3
"""The place of what is pinned below a page, in what AppTest has of it."""
ENTRY, TRAIN, DATA = "entrypoint.py", "pages/0_Train.py", "pages/1_Data.py"
FOLDED = (
    "section.data",
    "section.network",
    "section.training",
    "section.regularization",
    "section.details",
)
"""What is shut at first, and then not drawn: parts of the sidebar, and a run's details."""
_PROJECT = Path(__file__).resolve().parents[1]


@contextmanager
def serving(engine: Engine) -> Iterator[Engine]:
    """The pages use this engine instead of the app's own."""
    with pytest.MonkeyPatch.context() as patch:
        # A look through all installed packages for components, 0.3 s for each visitor.
        patch.setattr(BidiComponentManager, "discover_and_register_components", _nothing)
        patch.setattr(frame, "_engine", lambda: engine)
        # As on our server; AppTest unsets it before each run, on the class that it knows.
        patch.setattr(PagesManager, "uses_pages_directory", False)
        patch.setattr(app_test, "PagesManager", type("Pages", (PagesManager,), {}))
        yield engine


def _nothing(*_args: object, **_options: object) -> None:
    pass


def _no_answer(*_args: object, **_options: object) -> None:
    raise NoAnswer("The worker did not answer in time: try again in a moment.")


@contextmanager
def idle_engine(folder: Path) -> Iterator[Engine]:
    """The pages' engine, not started: what it is asked to train waits in its queue."""
    engine = Engine(RunStore(folder / "runs"), folder / "data")
    engine.data.mkdir()
    engine.ask = _no_answer  # nobody would: a page would wait for a minute
    with serving(engine):
        yield engine
    engine.store.close()


def open_page(
    link: Mapping[str, str] | RunConfig | None = None,
    page: str = TRAIN,
    visitor: str = "",
    unfolded: bool = True,
    tab: str = "",
) -> AppTest:
    """A visitor who opens a page, by a link or without one, and every section of the sidebar where
    it is to be ``unfolded``, or a tab of Train. All without a name are the same visitor."""
    at = AppTest.from_file(_PROJECT / ENTRY, default_timeout=20)
    if visitor:
        at.session_state["app.visitor"] = visitor
    for key in FOLDED if unfolded else ():
        at.session_state[key] = True
    if tab:
        at.session_state["train.tab"] = tab
    if page != TRAIN:
        at.switch_page(page)
    settings = link.settings() if isinstance(link, RunConfig) else link or {}
    for path, value in settings.items():
        at.query_params[path] = value
    return run(at)


def run(at: AppTest) -> AppTest:
    """Run the page; no exception may reach it."""
    at.run()
    assert not at.exception
    return at


def widget(at: AppTest, key: str) -> Any:
    """The one widget of that key; of a setting's, the one that stands for it now."""
    (found,) = [w for w in at if key_of(w) == key]
    return found


def key_of(element: Any) -> str:
    """The key of an element, of a setting's widget the setting's; empty if it has none."""
    return (getattr(element, "key", None) or "").partition("~")[0]


def keys(at: AppTest) -> set[str]:
    """The keys of the widgets that are drawn."""
    return {key for w in at if (key := key_of(w))}


def popovers(at: AppTest) -> list[str]:
    """What is written on what the page folds away behind a button."""
    return [shown(one.proto.popover.label) for one in at.main.get("popover")]


def change(at: AppTest, key: str, value: object) -> AppTest:
    """Set one widget, and let the page follow."""
    found = widget(at, key)
    found.set_value(str(value) if found.type in ("text_input", "text_area") else value)
    return run(at)


def button(at: AppTest, label: str):
    """The one button of that label; of Train, which the page's foot may have too, the sidebar's."""
    found = [b for b in at.button if b.label == label]
    first = [b for b in found if b.key == "train.sidebar"]
    (found,) = first or found
    return found


def press(at: AppTest, label: str) -> AppTest:
    """Press a button that can be pressed, and let the page follow."""
    assert not button(at, label).disabled
    button(at, label).click()
    return run(at)


def config_of(at: AppTest) -> RunConfig:
    """The config that the page's link carries, which is the one it would train."""
    others = (
        *("run", "with", "study", "embed", "lesson"),
        *("article", "series", "idea", "demonstration"),
    )
    link = {k: v for k, v in at.query_params.items() if k not in others}
    config, problems = with_settings(link)
    assert problems == []
    assert link == config.settings(), "the link holds what differs from the defaults, no more"
    return config


def made(settings: Mapping[str, str]) -> RunConfig:
    """A config from settings that must all be valid."""
    config, problems = with_settings(settings)
    assert problems == []
    return config


def texts(elements) -> list[str]:
    """What some elements say, to a reader: without the backslashes that keep Markdown out."""
    return [shown(element.value) for element in elements]


def shown(text: str) -> str:
    """A text as it is read, without the backslashes that keep Markdown out."""
    return re.sub(r"\\([\\`*_\[\]<>#|~$:&])", r"\1", text).replace("\u2060", "")


def charts(at: AppTest) -> list:
    """What was sent for each chart of the page."""
    return [element.proto for element in at.main if element.type == "vega_lite_chart"]


def enabled(at: AppTest) -> dict[str, bool]:
    """Train, and the buttons of the page, not of the sidebar; and whether each can be pressed."""
    foot = at._tree.children.get(BOTTOM)
    found = [button(at, "Train"), *at.main.button, *(foot.button if foot else ())]
    return {button.label: not button.disabled for button in found}


def at_foot(at: AppTest) -> list[str]:
    """What stands at the foot of the page, beside its buttons."""
    foot = at._tree.children.get(BOTTOM)
    return texts(foot.markdown) if foot else []


def stands_below(at, key: str) -> bool:
    """Whether an error stands right after a widget, or after the one or two that it is drawn
    with."""
    elements = list(at.sidebar)
    place = [key_of(element) for element in elements].index(key)
    types = [element.type for element in elements[place + 1 :]]
    place = types.index("flex_container")
    return place <= 2 and types[place + 1] == "error"


def badge(at: AppTest) -> str:
    """The run's state as its badge has it."""
    (text,) = [text for text in texts(at.markdown) if "-badge[" in text]
    return text.partition(" ")[2].strip("]")

"""What stands around every page: navigation and sidebar, and the app's one engine and store."""

import base64
import gc
import importlib
import logging
import threading
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import streamlit as st
from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value

from playground import environment
from playground.analysis import labels
from playground.config.lessons import Lesson, LessonError
from playground.errors import UserError
from playground.service import START_AFTER, Engine, beginning_within
from playground.store import Participant, Run, RunStore, StoreError
from playground.ui import navigation, sidebar, state
from playground.ui.errors import OLD_VERSION_ICON, show_error, shows_errors
from playground.ui.run import start
from playground.ui.sidebar import SidebarState

log = logging.getLogger(__name__)

OTHER_VERSION = (
    "This run was made by another version of the playground and cannot be shown: its settings are "
    "not known here. The page Runs can delete it."
)


def _address_of_image(file: str, kind: str) -> str:
    """Return an image of this folder as an address that holds it: as a file it would be read, and
    handed to Streamlit, at every run of the script."""
    content = Path(__file__).with_name(file).read_bytes()
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


_ICON, _LOGO = _address_of_image("icon.png", "png"), _address_of_image("logo.svg", "svg+xml")
# Streamlit leaves 68 px free below the navigation and 80 beside the page, and has nothing for a
# part of the sidebar that stays in sight. What it writes on the primary colour is white, which
# cannot be read on one that is bright enough for text on a dark page. None of it is a setting.
_STYLE = """<style>
.stApp:has(.stAppHeader) .stMainBlockContainer { padding: 4.25rem min(3rem, 4vw) 2rem; }
[data-testid="stLayoutWrapper"]:has(> .st-key-sidebar-head) {
  position: sticky; top: 0; z-index: 2;
}
.st-key-sidebar-head { padding-block: .5rem; }
.stSidebar :has(.st-key-sidebar-head), .st-key-sidebar-head { background: inherit; }
.stApp [data-testid^="stBaseButton-primary"]:enabled, .stMultiSelect [data-tag] {
  color: light-dark(#fff, #000);
}
</style>"""
_engines: list[Engine] = []
_starting = threading.Lock()


@dataclass(frozen=True)
class Frame:
    """What a page works with. ``sidebar`` is what the sidebar held when it was read."""

    engine: Engine
    sidebar: SidebarState

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that this session takes."""
        return state.lesson()

    @cached_property
    def participant(self) -> Participant:
        """What this visitor said in the lesson; nothing after a message if that cannot be read."""
        if self.lesson is None:
            return Participant()
        with shows_errors():
            return self.engine.lessons.participant(self.lesson, state.visitor())
        return Participant()

    @cached_property
    def run(self) -> Run | None:
        """The run on the screen as it was when a page first asked, if it is stored. To be asked for
        once Train has been looked at, which may put another one there."""
        name = state.run()
        return self.find(name) if name else None

    def find(self, name: str) -> Run | None:
        """Return the stored run of that name, or of these first digits; None with a message on the
        page if it cannot be shown."""
        run = None
        with shows_errors():
            run = self.engine.store.by_prefix(name)
        if run and not run.is_readable:
            st.error(OTHER_VERSION, icon=OLD_VERSION_ICON)
            return None
        return run


_now: ContextVar[Frame] = ContextVar("the frame of the page that is drawn")


def draw() -> None:
    """Draw navigation and sidebar, and the page within them. For the entry script."""
    # Where a fragment of the sidebar ran before in this thread, all of the page would be drawn into
    # the sidebar (Streamlit 1.67).
    context_dg_stack.set(get_default_dg_stack_value())
    # Before the navigation: else the browser would fetch the page's icon from Google's fonts.
    st.set_page_config(_titled(state.page()), _ICON, layout="wide")
    st.html(_STYLE)
    st.logo(_LOGO, size="large", icon_image=_ICON)
    try:
        engine = _engine()
    except (StoreError, environment.InvalidEnvironment) as error:
        # Whoever starts the app may see no page.
        log.error(
            "%s",
            environment.with_folders_named(str(error)) if isinstance(error, StoreError) else error,
        )
        show_error(str(error))
        return
    lost: list[str] = []
    state.set_initial(beginning_within(engine.limits, "digits", engine.data))
    try:
        wrong, only_a_run = state.read_link(lambda name: _lesson(engine, name, lost))
    except StoreError as error:  # its link stays in the address
        show_error(f"{error} Then load this page again.")
        return
    taken = state.lesson()
    state.hide_test(taken is not None and _hides_test(engine, taken))
    if only_a_run and (run := Frame(engine, SidebarState()).run):
        state.load(run.config)
    page = navigation.page()
    if page.title != state.page():
        st.set_page_config(_titled(page.title))
    state.note_page(page.title)
    places = sidebar.places.draw(taken, page.title)
    frame = Frame(engine, sidebar.draw(engine, places))
    _show_stored(frame)
    start.button(frame)
    state.write_link(frame.sidebar.config)
    with places.above:
        if wrong := wrong + lost:
            instead = "what the lesson begins with stands" if taken else "the defaults stand"
            st.warning(
                f"Part of this link could not be used; {instead} in its place.\n\n"
                + "\n".join(f"- {labels.plain(sentence)}" for sentence in wrong),
                icon=":material/link_off:",
            )
        for problem in filter(None, (engine.problem, engine.storage_problem)):
            show_error(problem)
    if not navigation.belongs(page.title):
        st.info(
            "This page is not part of the lesson. On the page Lesson you can leave it.",
            icon=":material/school:",
        )
    else:
        token = _now.set(frame)
        try:
            page.run()
        finally:
            _now.reset(token)
    navigation.next_links(page.title, frame.sidebar.config)


def _show_stored(frame: Frame) -> None:
    """Show the run of the settings that a session begins with, if it is stored and the link names
    none: a page begins with something to see. Not in a lesson, whose class may guess first."""
    config = frame.sidebar.config
    if config is None or not state.begins() or state.run() is not None or frame.lesson:
        return
    found = frame.find(config.name)
    if found and (found.is_active or found.is_measured):
        state.begin_with_run(found.name)


def current() -> Frame:
    """Return the frame that the page is drawn in.

    Where Streamlit runs a page without the entry script, as it does at first on a server that is
    not ours, the pages are announced, and it begins again.
    """
    if frame := _now.get(None):
        return frame
    navigation.page()
    st.rerun()


def _titled(page: str) -> str:
    """Return what the browser's tab is called."""
    return " · ".join(filter(None, (page, "Network playground")))


def _lesson(engine: Engine, name: str, lost: list[str]) -> Lesson | None:
    """Return the lesson of a link, or None after a message in ``lost``. Raises StoreError."""
    try:
        if found := engine.lessons.by_prefix(name):
            return found[0]
        lost.append("This lesson is not stored here: ask your teacher for its link.")
    except LessonError as error:
        lost.append(str(error))
    return None


def _hides_test(engine: Engine, lesson: Lesson) -> bool:
    """Tell whether the lesson's test figures were not revealed yet."""
    try:
        found = engine.lessons.by_prefix(lesson.name)
    except StoreError:
        return lesson.keep_test
    return lesson.keep_test and not (found and found[1])


def begin() -> None:
    """Start the app's engine before a visitor comes. What hinders it is told on the page."""
    with suppress(StoreError, environment.InvalidEnvironment):
        _engine()


def _engine() -> Engine:
    """Return the app's one engine. Not in a cache of Streamlit's: those can be cleared."""
    with _starting:
        if not _engines:
            _engines.append(_started())
        return _engines[0]


def _started() -> Engine:
    where = environment.read()
    engine = Engine(RunStore(where.runs), where.data, where.scheduler, where.limits)
    engine.start(START_AFTER)
    _train_first(engine)
    threading.Timer(START_AFTER, _import_the_rest).start()
    return engine


def _train_first(engine: Engine) -> None:
    """Train what an app without any finished run shows its first visitor: nobody meets an empty
    page."""
    try:
        if not engine.store.find(measured=True, limit=1)[1]:
            engine.train(beginning_within(engine.limits, "digits", engine.data))
    except (UserError, StoreError) as error:
        log.warning("No first run was trained: %s", error)


def _import_the_rest() -> None:
    """Have what the charts need before the first chart is drawn."""
    for name in ("pandas", "altair"):
        importlib.import_module(name)
    # What is there now stays: looked through at each full collection, it would hold all pages up.
    gc.collect()
    gc.freeze()

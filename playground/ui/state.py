"""The only owner of session keys and query parameters.

A widget's key is its setting's path with the kind in it (``optimizer.adam.learning_rate``), so
every optimizer, data set and architecture remembers its own settings. The link holds what differs
from the defaults, and the runs and the study on the screen; it is read once, when a session begins.

What the widgets hold is remembered here too: Streamlit forgets a widget's value when it is not
drawn, and on another page it is another widget, which would begin with its minimum.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from playground.config import KINDS, Part, RunConfig, Setting, settings_of, with_settings
from playground.lessons import Lesson

BLOCK_COUNT = "architecture.cnn.block_count"
MOST_RUNS = 8
"""Runs that can be compared at once."""
_PAGE, _RUN, _HOW, _WRITTEN = "app.page", "app.run", "app.how", "app.written"
_OTHERS, _CELL, _PLAYING = "app.others", "app.cell", "app.playing"
_REFUSALS = "app.refusals"
_STUDY = "app.study"
_VIEWS = {"Articles": ("article", "series"), "Ideas": ("idea",)}
"""What else the link of a page carries, by the page's name."""
_VIEW = "app.view"
_BESIDE, _NOBODY = "app.beside", "nobody"
_REMEMBERED = "app.remembered"
_SECTIONS = tuple(f"{section}." for section in RunConfig.model_fields)
_KEPT = (*_SECTIONS, "section.")
"""What is remembered: the settings, and which sections of the sidebar are open."""
_REFUSED, _SAMPLES = "app.refused", "app.samples"
_LESSON, _TEACHER, _VISITOR = "app.lesson", "app.teacher", "app.visitor"
_HIDDEN, _MADE = "app.hidden", "app.made"
_RUN_DIGITS = 16
_WORD = ".word"


def begin(page: str, lesson_of: Callable[[str], Lesson | None]) -> tuple[list[str], bool]:
    """Read the link when the session begins, and bring the settings along to another page.

    ``lesson_of`` finds a lesson by its name's first digits. Returns a sentence for each thing wrong
    with the link, and whether it named a run only.
    """
    came_from, st.session_state[_PAGE] = st.session_state.get(_PAGE), page
    if made := st.session_state.pop(_MADE, None):
        enter(made)
    if came_from is not None:
        if came_from != page:
            st.session_state.update(_remembered())
        return [], False
    params = st.query_params.to_dict()
    run, others = params.pop("run", None), params.pop("with", "")
    if study := params.pop("study", None):
        show_study(study[:64])
    for name in {name for names in _VIEWS.values() for name in names}:
        if name in params:
            view(name, params.pop(name)[:64])
    named = params.pop("lesson", None)
    settings = {key: value for key, value in params.items() if not key.startswith("embed")}
    if found := lesson_of(named[:64]) if named else None:
        st.session_state[_LESSON] = found
        config, problems = found.take(settings)
    else:
        config, problems = with_settings(settings)
    load(config)
    if run:
        choose([run[:64], *(name[:64] for name in others.split(",") if name)])
    return problems, bool(run) and not settings


def lesson() -> Lesson | None:
    """The lesson that this session takes."""
    return st.session_state.get(_LESSON)


def enter(lesson: Lesson | None) -> None:
    """Take a lesson from its start, or leave the one that was taken. In a callback."""
    st.session_state[_LESSON] = lesson
    choose([])
    show_study(None)
    if lesson:
        reset()


def enter_next(lesson: Lesson) -> None:
    """Take a lesson when the page is drawn next; now its widgets keep what they hold."""
    st.session_state[_MADE] = lesson


def hide_test(hidden: bool) -> None:
    """Keep the test figures from this session, or no longer."""
    st.session_state[_HIDDEN] = hidden


def hides_test() -> bool:
    """Whether this session must not see test figures, as its lesson keeps them."""
    return st.session_state.get(_HIDDEN, False)


def is_teacher() -> bool:
    """Whether this session gave the teacher's key."""
    return st.session_state.get(_TEACHER, False)


def set_teacher(is_one: bool) -> None:
    """Give this session the teacher's rights, or take them away."""
    st.session_state[_TEACHER] = is_one


def _remembered() -> dict[str, Any]:
    return st.session_state.setdefault(_REMEMBERED, {})


def remember() -> None:
    """Keep what the widgets hold. To be called once they are drawn."""
    # to_dict looks once for all values, items() once more for each.
    _remembered().update(
        (key, value)
        for key, value in st.session_state.to_dict().items()
        if str(key).startswith(_KEPT)
    )


def recall(key: str) -> bool:
    """Give a widget that was not drawn for a while its value back; False where it had none."""
    if key not in st.session_state and key in _remembered():
        st.session_state[key] = _remembered()[key]
    return key in st.session_state


def aside(key: str) -> Any:
    """What a widget holds that is not drawn, None where it never held anything.

    It is remembered only. Left in the session's state it would outlive the widget that is drawn
    next, and come back, old, when that one goes (Streamlit 1.67).
    """
    if key in st.session_state:
        _remembered()[key] = st.session_state[key]
        del st.session_state[key]
    return _remembered().get(key)


def load(config: RunConfig) -> None:
    """Set every widget to a config, as far as the lesson lets it. To be called before the widgets
    are drawn, or in a callback."""
    if taken := lesson():
        config = taken.hold(config)
    for section in RunConfig.model_fields:
        part: Part = getattr(config, section)
        prefix = section
        if section in KINDS:
            kind = getattr(part, part.tag or "")
            st.session_state[f"{section}.kind"] = kind
            prefix = f"{section}.{kind}"
        _load_part(part, prefix)
    remember()  # a fragment may go to another page before the sidebar is drawn again


def _load_part(part: Part, prefix: str) -> None:
    for name, setting in settings_of(type(part)).items():
        value = getattr(part, name)
        if setting.kind == "blocks":
            st.session_state[BLOCK_COUNT] = len(value)
            for index, block in enumerate(value):
                _load_part(block, f"{prefix}.{name}.{index}")
        elif setting.kind == "part":
            _load_part(value, f"{prefix}.{name}")
        else:
            put(f"{prefix}.{name}", setting, value)


def put(key: str, setting: Setting, value: Any) -> None:
    """Set one widget to a setting's value."""
    if setting.word:
        st.session_state[key + _WORD] = value == setting.word
        if value == setting.word:
            return
    if setting.kind == "widths":
        value = "-".join(map(str, value))
    st.session_state[key] = value


def hold(key: str, value: Any) -> None:
    """Make a widget hold a value; to be called before it is drawn, or in a callback."""
    st.session_state[key] = value


def default(key: str, value: Any) -> None:
    """Give a widget its first value, where it has none yet."""
    if not recall(key):
        st.session_state[key] = value


def word_key(key: str) -> str:
    """The key of the switch that stands for a setting's word, such as ``full``."""
    return key + _WORD


def get(key: str, otherwise: Any = None) -> Any:
    """What a widget holds."""
    return st.session_state.get(key, otherwise)


def reset() -> None:
    """Back to the defaults; other kinds forget what they remembered too."""
    _remembered().clear()
    for key in [key for key in st.session_state if str(key).startswith(_SECTIONS)]:
        del st.session_state[key]
    taken = lesson()
    load(taken.start if taken else RunConfig())


def run() -> str | None:
    """The name of the run on the screen, or its first digits as a link gave them."""
    return st.session_state.get(_RUN)


def show_run(name: str | None, how: str = "") -> None:
    """Put a run on the screen; ``how`` it was answered: cached, joined or submitted."""
    st.session_state[_RUN], st.session_state[_HOW] = name, how


def study() -> str | None:
    """The name of the sweep or search on the screen, or its first digits as a link gave them."""
    return st.session_state.get(_STUDY)


def show_study(name: str | None) -> None:
    """Put a sweep or a search on the screen."""
    st.session_state[_STUDY] = name


def chosen() -> list[str]:
    """The runs that are looked at: the one on the screen, then those it is compared with.

    Names, or their first digits as a link gave them.
    """
    first = run()
    return _distinct([first, *st.session_state.get(_OTHERS, [])])[:MOST_RUNS] if first else []


def choose(names: Sequence[str]) -> None:
    """Look at these runs, the first one on the screen; none at all where there are none."""
    names = _distinct(names)[:MOST_RUNS]
    first = names[0] if names else None
    if first != run():
        show_run(first)
    st.session_state[_OTHERS] = names[1:]


def _distinct(names: Sequence[str]) -> list[str]:
    """Names without those that are another's first digits, or the same again."""
    found: list[str] = []
    for name in names:
        if not any(name.startswith(one) or one.startswith(name) for one in found):
            found.append(name)
    return found


def beside() -> str | None:
    """The chosen run whose figures stand beside those of the first."""
    others = chosen()[1:]
    name = st.session_state.get(_BESIDE)
    if name == _NOBODY or not others:
        return None
    return name if name in others else others[0]


def set_beside(name: str | None) -> None:
    """Let a run stand beside the first, or none; it joins the chosen ones."""
    if name:
        first, *others = chosen()
        choose([first, *(others if name in others else [name, *others])])
    st.session_state[_BESIDE] = name or _NOBODY


def how() -> str:
    """How the run on the screen was answered, empty where it came with the link."""
    return st.session_state.get(_HOW, "")


def link_of(config: RunConfig | None, page: str = "") -> dict[str, str]:
    """The query parameters that carry a config, the chosen runs and the study to a page, this one
    where none is named.

    Where there is no config, those of the last one.
    """
    taken = lesson()
    if config:
        link = taken.chosen(config) if taken else config.settings()
    else:
        link = dict(st.session_state.get(_WRITTEN, {}))
    views = (name for names in _VIEWS.values() for name in names)
    for name in ("run", "with", "study", "lesson", *views):
        link.pop(name, None)
    if taken:
        link["lesson"] = taken.name[:_RUN_DIGITS]
    names = [name[:_RUN_DIGITS] for name in chosen()]
    if names:
        link["run"] = names[0]
    if names[1:]:
        link["with"] = ",".join(names[1:])
    if named := study():
        link["study"] = named[:_RUN_DIGITS]
    views = st.session_state.get(_VIEW, {})
    shown = _VIEWS.get(page or st.session_state.get(_PAGE, ""), ())
    return link | {name: views[name] for name in shown if name in views}


def view(name: str, value: str) -> None:
    """Let the link carry what part of a page is looked at, such as the article."""
    st.session_state.setdefault(_VIEW, {})[name] = value


def viewed(name: str, among: Sequence[str]) -> str:
    """What part of a page the link named, if it is one there is; else the first."""
    found = st.session_state.get(_VIEW, {}).get(name)
    return found if found in among else among[0]


def write_link(config: RunConfig | None) -> None:
    """Keep the address in step with the settings and the runs, so that it can be copied."""
    link = link_of(config)
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    st.session_state[_WRITTEN] = link


def session() -> str:
    """A name for this session; each tab has its own."""
    context = st.runtime.scriptrunner.get_script_run_ctx()
    return context.session_id if context else ""


def visitor() -> str:
    """A name for who sits before the browser: the same after a reload and in another tab.

    It is the hash of the random number in the cookie that Streamlit gives every browser against
    forged requests, or of the session where there is no such cookie. Others cannot know it.
    """
    if _VISITOR not in st.session_state:
        secret = _token(str(st.context.cookies.get("_streamlit_xsrf", ""))) or session()
        st.session_state[_VISITOR] = hashlib.sha256(secret.encode()).hexdigest()[:32]
    return st.session_state[_VISITOR]


def _token(cookie: str) -> str:
    """What stays the same of Streamlit's cookie, ``2|mask|masked number|time``; empty where it is
    another one."""
    parts = cookie.strip('"').split("|")
    try:
        mask, masked = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return ""
    if parts[0] != "2" or not mask or len(masked) < 8:
        return ""
    return bytes(byte ^ mask[place % len(mask)] for place, byte in enumerate(masked)).hex()


def refuse(sentence: str) -> None:
    """Keep why a request was refused, to be shown once."""
    st.session_state[_REFUSED] = sentence
    st.session_state[_REFUSALS] = refusals() + 1


def refusals() -> int:
    """How many requests of this session were refused."""
    return st.session_state.get(_REFUSALS, 0)


def take_refusal() -> str:
    """Why the last request was refused, once."""
    return st.session_state.pop(_REFUSED, "")


def cell() -> tuple[int, int] | None:
    """The cell of the confusion matrix that is looked at: true and predicted class."""
    return st.session_state.get(_CELL)


def look_at_cell(cell: tuple[int, int] | None) -> None:
    """Look at the images in a cell of the confusion matrix, or at none."""
    st.session_state[_CELL] = cell


def playing() -> bool:
    """Whether the matrix is moving through the epochs."""
    return st.session_state.get(_PLAYING, False)


def play(on: bool) -> None:
    """Let the matrix move through the epochs, or hold it."""
    st.session_state[_PLAYING] = on


def samples() -> int:
    """Which draw of sample images is shown."""
    return st.session_state.get(_SAMPLES, 0)


def next_samples() -> None:
    """Show another draw of sample images."""
    st.session_state[_SAMPLES] = samples() + 1

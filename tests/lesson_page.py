"""A lesson for the tests of pages, and someone who takes it."""

from streamlit.testing.v1 import AppTest

from playground.config import RunConfig
from playground.config.lessons import Lesson, lesson_of
from playground.service import Engine
from tests import pages

LESSON = "pages/8_Lesson.py"
START = pages.made({"run.epochs": "3", "architecture.hidden": "8", "optimizer.name": "momentum"})
KEY = "the teacher's key"


def lesson(engine: Engine, **values: object) -> Lesson:
    """A lesson that the engine keeps; its rate is open, its epochs and optimizer are shown."""
    found = lesson_of(
        **{
            "title": "How fast?",
            "question": "Which rate is best?",
            "start": START,
            "open": ("optimizer.learning_rate",),
            "fixed": ("run.epochs", "optimizer.name"),
        }
        | values
    )
    engine.lessons.make(found)
    return found


def take(lesson: Lesson, page: str = pages.TRAIN, visitor: str = "ann", **link: str) -> AppTest:
    """A visitor who opens the lesson's link."""
    return pages.open_page({"lesson": lesson.name[:16], **link}, page, visitor)


def config_of(at: AppTest, lesson: Lesson) -> RunConfig:
    """What the address carries, read as the lesson reads it."""
    settings = {k: v for k, v in at.query_params.items() if k not in ("lesson", "run")}
    config, problems = lesson.take(settings)
    assert problems == []
    return config

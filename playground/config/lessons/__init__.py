"""Lessons: a start, what may be changed of it, a question and a guess. No store, no app."""

from playground.config.lessons.lesson import (
    GUESSED,
    Access,
    Guess,
    Lesson,
    LessonError,
    controls_of,
    from_json,
    lesson_of,
)
from playground.config.lessons.nickname import MAX_LETTERS, folded, nickname

__all__ = [
    "GUESSED",
    "MAX_LETTERS",
    "Access",
    "Guess",
    "Lesson",
    "LessonError",
    "controls_of",
    "folded",
    "from_json",
    "lesson_of",
    "nickname",
]

"""Lessons as a class takes them: who takes part, what they tried, and how they stand."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from playground.config import DataConfig, RunConfig, lessons
from playground.config.lessons import Lesson, LessonError
from playground.data import datasets
from playground.data.datasets import DataError
from playground.errors import UserError
from playground.service.jobs import Ticket
from playground.service.limit_checker import LimitError, limit_problems
from playground.store import Participant, Run, StoredLesson

if TYPE_CHECKING:
    from playground.service import Engine

MAX_GUESSES = 10_000
"""In one lesson. Each new cookie may guess, and without a guess nobody can train."""
FRESH = 1.0
"""Seconds for which one reading of a board serves all who look at it."""
MAX_NAMES = 300
"""On one board. How fast they come is not limited: a class behind one address, all at once, looks
like a flood."""


@dataclass(frozen=True)
class Standing:
    """Someone's line on a class board."""

    place: int | None
    """From 1, equal for equal figures; None if the lesson's runs cannot be ranked."""
    nickname: str
    run: Run
    """Their best one, or the last if runs cannot be ranked."""
    tries: int
    """How many of their runs came to figures within the budget."""


class Lessons:
    """The lessons of one engine. Any thread may call its methods. A visitor is a text that stands
    for a browser. Each may raise StoreError."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._boards: dict[str, tuple[float, list[Standing]]] = {}

    def make(self, lesson: Lesson) -> None:
        """Keep a lesson, so that its link works. Raises LessonError if there are too many."""
        if not self._engine.store.lessons.keep(lesson.name, lesson.canonical()):
            raise LessonError(
                "There are as many lessons here as may be, each with somebody who took part: ask "
                "whoever runs this playground for a new run folder."
            )

    def by_prefix(self, start: str) -> tuple[Lesson, bool] | None:
        """Find the only lesson whose name begins so, and whether its test figures were revealed; or
        None. Raises LessonError if it is of another version."""
        stored = self._engine.store.lessons.by_prefix(start)
        return (_lesson(stored.definition), stored.revealed) if stored else None

    def all(self) -> list[tuple[StoredLesson, Lesson]]:
        """List the lessons that can be read, the newest first."""
        found = []
        for stored in self._engine.store.lessons.all():
            try:
                found.append((stored, _lesson(stored.definition)))
            except LessonError:
                continue
        return found

    def refusal(self, lesson: Lesson, config: RunConfig, visitor: str) -> str:
        """Tell why ``train`` would refuse a config, as a sentence; empty if it would not."""
        if lesson.hold(config) != config:
            return "It changes what this lesson holds."
        if lesson.guess and self.participant(lesson, visitor).guess is None:
            return "Guess first: then press Train."
        if refused := self._engine.refusal(config):
            return refused
        facts = datasets.facts(config.data, self._engine.data)
        return "\n".join(map(str, limit_problems(lesson.budget, "This lesson", config, facts)))

    def train(
        self, lesson: Lesson, config: RunConfig, visitor: str, with_files: bool = False
    ) -> Ticket:
        """Ask for a run within a lesson, for a visitor and their place on the board.

        Raises LimitError if the config is not one of the lesson, LessonError before the guess,
        and as ``Engine.train`` does.
        """
        if lesson.hold(config) != config:
            raise LimitError("These settings change what this lesson holds: take its start again.")
        facts = datasets.facts(config.data, self._engine.data)
        if problems := limit_problems(lesson.budget, "This lesson", config, facts):
            raise LimitError("\n".join(map(str, problems)))
        if lesson.guess and self.participant(lesson, visitor).guess is None:
            raise LessonError("Guess first: then press Train.")
        ticket = self._engine.train(config, visitor, with_files)
        self._engine.store.lessons.enter(lesson.name, visitor, ticket.run)
        return ticket

    def participant(self, lesson: Lesson, visitor: str) -> Participant:
        """Read what a visitor said in a lesson: a name, a guess."""
        return self._engine.store.lessons.participant(lesson.name, visitor)

    def guess(self, lesson: Lesson, visitor: str, answer: str) -> None:
        """Keep a visitor's guess; the first one stands. Raises UserError if it is none, or too
        many have guessed."""
        if lesson.guess:
            guessed = len(self._engine.store.lessons.guesses(lesson.name))
            if guessed >= MAX_GUESSES:
                raise UserError(
                    f"There are {guessed:,} guesses, the most there may be in a lesson."
                )
            self._engine.store.lessons.guess(lesson.name, visitor, lesson.guess.answer(answer))

    def guesses(self, lesson: Lesson) -> Counter[str]:
        """Count how often each answer was guessed."""
        return Counter(self._engine.store.lessons.guesses(lesson.name))

    def has_trained(self, lesson: Lesson, visitor: str) -> bool:
        """Tell whether a visitor has a run in a lesson that went to its end: one that they stopped
        does not show what comes out."""
        return self._engine.store.lessons.has_ended_run(lesson.name, visitor)

    def join(self, lesson: Lesson, visitor: str, text: str) -> None:
        """Give a visitor a name on the board. Raises UserError if it cannot be had."""
        name = lessons.nickname(text)
        stored = self._engine.store.lessons
        if stored.participant(lesson.name, visitor).nickname is None:
            if self.is_closed(lesson):
                raise UserError("The teacher has closed this board: ask them to open it.")
            if len(stored.names(lesson.name)) >= MAX_NAMES:
                raise UserError(
                    f"This board has {MAX_NAMES} names, the most there may be: ask the teacher to "
                    "take some off."
                )
        if not stored.name(lesson.name, visitor, name, lessons.folded(name)):
            raise UserError("This name cannot be had here: somebody has it. Choose another one.")

    def board(self, lesson: Lesson) -> list[Standing]:
        """List everyone's best run, the best first; the latest first if they cannot be
        ranked."""
        now = time.monotonic()
        read, board = self._boards.get(lesson.name, (float("-inf"), []))
        if now - read >= FRESH:
            board = self._board(lesson)
            self._boards[lesson.name] = now, board
        return board

    def _board(self, lesson: Lesson) -> list[Standing]:
        prints = cache(self._fingerprint)
        tries = [
            (name, run)
            for name, run in self._engine.store.lessons.tries(lesson.name)
            # What was trained on data that has been replaced since is another measure.
            # A stack that replaced a stopped try is not what its pupil trained.
            if lesson.counts(run.seconds or 0.0) and run.is_readable and not run.is_stacked
            and prints(run.config.data) in (run.fingerprint, None)
        ]  # fmt: skip
        return _standings(lesson, tries)

    def _fingerprint(self, data: DataConfig) -> str | None:
        """Return the fingerprint of the data as it is now; None if it is gone."""
        try:
            return datasets.fingerprint(data, self._engine.data)
        except DataError:
            return None

    def count(self, lesson: Lesson) -> tuple[int, int]:
        """Count how many take part with a name, and how many different runs were asked for."""
        return self._engine.store.lessons.count(lesson.name)

    def names(self, lesson: Lesson) -> list[str]:
        """List all names in a lesson, in alphabetical order."""
        return list(self._engine.store.lessons.names(lesson.name))

    def unknown(self, lesson: Lesson, seconds: float | None) -> list[str]:
        """List the names that were taken in the last so many seconds; if that is None, those
        without a run on the board."""
        names = self._engine.store.lessons.names(lesson.name)
        if seconds is not None:
            return [name for name, joined in names.items() if joined > time.time() - seconds]
        known = {standing.nickname for standing in self._board(lesson)}
        return [name for name in names if name not in known]

    def remove_unknown(self, lesson: Lesson, seconds: float | None) -> None:
        """Take all ``unknown`` names off the board; they are free again. For a teacher."""
        names = self.unknown(lesson, seconds)
        self._engine.store.lessons.free_names(lesson.name, names)
        self._boards.pop(lesson.name, None)

    def is_closed(self, lesson: Lesson) -> bool:
        """Tell whether nobody new may take a name."""
        stored = self._engine.store.lessons.by_prefix(lesson.name)
        return stored is not None and stored.closed

    def close(self, lesson: Lesson, closed: bool) -> None:
        """Let nobody new take a name, or let them again. For a teacher."""
        self._engine.store.lessons.close(lesson.name, closed)

    def reveal(self, lesson: Lesson, shown: bool) -> None:
        """Show the test figures, or no longer. For a teacher."""
        self._engine.store.lessons.reveal(lesson.name, shown)

    def remove_name(self, lesson: Lesson, nickname: str) -> None:
        """Take a name off the board; nobody can take it again. For a teacher."""
        folded = lessons.folded(nickname)
        self._engine.store.lessons.remove_name(lesson.name, nickname, folded)
        self._boards.pop(lesson.name, None)


def _standings(lesson: Lesson, tries: Sequence[tuple[str, Run]]) -> list[Standing]:
    of: dict[str, list[Run]] = {}
    for nickname, run in tries:
        of.setdefault(nickname, []).append(run)
    if not lesson.ranks:
        latest = [Standing(None, name, runs[-1], len(runs)) for name, runs in of.items()]
        return sorted(latest, key=lambda one: one.run.submitted, reverse=True)
    best = [(name, min(runs, key=_rank), len(runs)) for name, runs in of.items()]
    best.sort(key=lambda one: _rank(one[1]))
    ranks = [_rank(run) for _, run, _ in best]
    return [Standing(ranks.index(_rank(run)) + 1, name, run, count) for name, run, count in best]


def _rank(run: Run) -> tuple[float, float]:
    scores = run.scores["validation"]
    assert scores is not None  # the store gives no others
    return -scores.accuracy, scores.loss


# A class's pages ask again and again, and reading a definition takes half a millisecond.
_lesson = lru_cache(maxsize=128)(lessons.from_json)

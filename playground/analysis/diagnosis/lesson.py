"""A lesson of a run that shows something: its settings, a guess, and what the class may change."""

from playground.analysis import headline
from playground.analysis.diagnosis.record import Diagnosis
from playground.config import differences
from playground.config.lessons import Lesson, controls_of, lesson_of
from playground.formats import share
from playground.store import Run

_TITLES = {
    "diverged": "What went wrong here?",
    "rate_too_high": "How fast should it learn?",
    "rate_too_low": "How fast should it learn?",
    "memorising": "Does it learn or memorise?",
    "overfitting": "Does it learn or memorise?",
    "noise_learnt": "What does it learn from wrong labels?",
}
_OPEN = "run.epochs"
"""What a class may change if nothing is to be tried."""


def lesson_about(run: Run, found: Diagnosis) -> Lesson | None:
    """Return a lesson that begins with a run's settings, asks how many unseen images it gets right,
    and opens what was found to help. None of a run without these figures, or one that is judged by
    its test images, which a lesson is not to ask for."""
    seen, unseen = run.scores["train"], headline.of_run(run)
    if seen is None or unseen is None or unseen.split == "test":
        return None
    right = round(100 * unseen.accuracy)
    others = (10, round(100 * seen.accuracy), (right + 100) // 2, right // 2)
    near = {one for one in others if abs(one - right) >= 8}
    choices = [f"about {share(one / 100, 0)}" for one in sorted({right, *near})]
    if len(choices) < 2:
        return None
    changed = {path for one in found.changes for path in differences(run.config, one.config)}
    opened = sorted(changed & set(controls_of(run.config)))[:4]
    return lesson_of(
        title=_TITLES.get(found.kind, "What happens here?"),
        question="Guess, train it, and read what the page says. Then change a setting: can you "
        "make it better?",
        start=run.config,
        open=tuple(opened or [_OPEN]),
        guess={
            "question": "How many of the images that it has not seen will it get right?",
            "choices": tuple(choices),
            "right": f"about {share(right / 100, 0)}",
        },
    )

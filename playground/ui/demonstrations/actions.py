"""What a demonstration's buttons do: train it, set its runs side by side, make it a lesson."""

from typing import Any

from playground.analysis.labels import plain
from playground.config import RunConfig
from playground.recipes import DEMONSTRATIONS, Demonstration
from playground.service import Engine
from playground.ui import navigation, rights, state
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame
from playground.ui.navigation import Look
from playground.ui.run import ask


def train_button(page: Frame, place: Any, name: str) -> None:
    """Draw the button that takes the first settings into the sidebar and trains them, on Train."""
    config = _configs(DEMONSTRATIONS[name])[0]
    refused = page.engine.refusal(config)
    pressed = place.button(
        "Train it", type="primary", icon=":material/play_arrow:", disabled=bool(refused),
        key=f"demonstrations.train.{name}", on_click=_train, args=(page.engine, [config]),
        help=plain(refused) or "Takes its settings into the sidebar, and shows the run on Train.",
    )  # fmt: skip
    if pressed:
        navigation.go("Train", config)


def side_by_side_button(page: Frame, place: Any, name: str) -> None:
    """Draw the button that trains all settings and shows them on Runs; nothing if there is one
    only."""
    one = DEMONSTRATIONS[name]
    configs = _configs(one)
    if len(configs) == 1:
        return
    seeds = f", {one.seeds} seeds each" if one.seeds > 1 else ""
    every = [config.with_seed(seed) for seed in range(one.seeds) for config in configs]
    refused = next(filter(None, map(page.engine.refusal, configs)), "")
    pressed = place.button(
        f"All {len(configs)} side by side{seeds}", icon=":material/compare_arrows:",
        key=f"demonstrations.beside.{name}",
        on_click=_train, args=(page.engine, every, len(configs)), disabled=bool(refused),
        help=plain(refused) or "Trains what is not there yet, and shows the runs on the page Runs.",
    )  # fmt: skip
    if pressed:
        navigation.go("Runs", configs[0])


def lesson_button(page: Frame, place: Any, name: str, look: Look = "secondary") -> None:
    """Draw the button that makes a lesson of a demonstration and goes to its link and QR code."""
    allowed = rights.is_in_charge()
    refused = page.engine.refusal(_configs(DEMONSTRATIONS[name])[0]) if allowed else ""
    pressed = place.button(
        "Make it a lesson", icon=":material/school:", type=look,
        disabled=not allowed or bool(refused),
        key=f"demonstrations.lesson.{name}",
        help=plain(refused)
        or "Its settings, its question and its guess, with a link and a QR code for the class."
        if allowed
        else "Here the teacher makes the lessons: enter the key on the page Lesson.",
    )  # fmt: skip
    if not pressed:
        return
    with shows_errors():
        lesson = DEMONSTRATIONS[name].lesson()
        page.engine.lessons.make(lesson)
        state.enter_lesson_next(lesson)
        navigation.go("Lesson", page.sidebar.config)


def _configs(one: Demonstration) -> list[RunConfig]:
    return [recipe.config for recipe in one.recipes.values()]


@shows_errors(state.keep_error)
def _train(engine: Engine, configs: list[RunConfig], shown: int = 1) -> None:
    """Ask for runs, and put the first ``shown`` of them on the screen."""
    state.load(configs[0])
    state.choose_runs([])  # if they are refused, no other run stands under their settings
    tickets = engine.train_all(configs, state.visitor())
    state.choose_runs([ticket.run for ticket in tickets[:shown]])
    engine.wait_for_first_epoch(tickets[0].run, ask.FIRST_EPOCH)

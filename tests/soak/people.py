"""Visitors without a browser: each does something, looks at it for a while, and goes on."""

import random
import time

from tests.soak.session import Session
from tests.soak.tally import Tally, link

PAUSE = (2.0, 6.0)
"""Seconds between two actions of a visitor, each as likely as the others between."""
PAGES = (
    "", "Data", "Confusion_matrix", "Sample_predictions", "Compare", "Sweep", "Search", "Articles",
    "Ideas",
)  # fmt: skip
ACTIONS = {"change": 6, "train": 3, "page": 4, "link": 1, "stop": 1}
"""What visitors do, and how often beside the others."""
SHARED_SEEDS = 10
"""Half of the runs have one of so many seeds, and one of three lengths: others ask for them too."""
EPOCHS = (5, 20, 60)
LONG = 400
"""Epochs of a run that is there to be stopped; it ends by itself where nobody does."""


def person(url: str, number: int, seed: int, until: float, tally: Tally) -> None:
    """Visit until a moment (``time.monotonic``). Whatever goes wrong is counted."""
    chance = random.Random(f"{seed}.{number}")
    time.sleep(chance.uniform(0, PAUSE[1]))  # they do not all come at once
    session = None
    while time.monotonic() < until:
        try:
            if session is None:
                session = Session(url)
            session = _act(session, url, chance, number, tally)
            tally.see(session)
            session.watch(chance.uniform(*PAUSE))
            tally.see(session)
        except Exception as error:  # noqa: BLE001 - counted, and the visitor comes again
            tally.errors.append(f"A visitor was thrown out: {type(error).__name__}: {error}")
            session = None
            time.sleep(1)
    if session:
        session.close()


def _act(session: Session, url: str, chance: random.Random, number: int, tally: Tally) -> Session:
    action = chance.choices(list(ACTIONS), list(ACTIONS.values()))[0]
    tally.did(action)
    if action == "page":
        session.go(chance.choice(PAGES), "")
    elif action == "link":
        session.close()
        return Session(url, link(tally, chance.random()))
    elif action == "change":
        _change(session, chance)
    else:
        session.go("", "")
        if action == "train":
            shared = chance.random() < 0.5
            seed = chance.randrange(SHARED_SEEDS) if shared else 1000 + chance.randrange(10**6)
            session.set("Seed", seed)
            session.press("Train", {"Epochs": chance.choice(EPOCHS)})
        else:
            session.press("Train", {"Epochs": LONG, "Seed": 10**7 + number})
            session.watch(chance.uniform(0.5, 2))
            if session.can_press("Stop"):
                session.press("Stop")
            session.set("Epochs", chance.choice(EPOCHS))
    return session


def _change(session: Session, chance: random.Random) -> None:
    """Change one setting in the sidebar."""
    what, value = chance.choice(
        (
            ("Hidden layers", chance.choice(("8", "16", "32-16", "24-12"))),
            ("Batch size (images)", chance.choice((16, 32, 64))),
            ("Epochs", chance.choice(EPOCHS)),
            ("Seed", chance.randrange(SHARED_SEEDS)),
            ("Flip left to right", chance.random() < 0.5),
            ("Optimizer", chance.choice(("SGD", "Adam", "RMSprop"))),
            ("Activation", chance.choice(("ReLU", "Tanh"))),
        )
    )
    if what in session._widgets:
        session.set(what, value)
    else:
        session.rerun()

"""Fuzzing: how many inputs of each kind are tried, and what became of them.

The suite tries some hundred. This tries ten thousand, and writes down the counts:

    python -m tests.fuzzing --inputs 10000 --json counts.json

A further kind of input is a line in ``SHARES`` and a test that calls ``inputs`` and ``tried``.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings

from playground.cli import CommandError
from playground.errors import MAX_PROBLEMS, UserError

T = TypeVar("T")
VARIABLE = "PLAYGROUND_FUZZ"
"""The environment variable with the number of inputs, over all kinds."""
SHORT = 400
SHARES = {
    "configs": 16,
    "files": 16,
    "links": 16,
    "changes": 10,
    "own images": 14,
    "pictures": 10,
    "drawings": 6,
    "sweeps": 4,
    "searches": 4,
    "exports": 4,
}
"""Kind -> its part of the inputs, in percent; the slower ones have fewer."""


@dataclass
class Count:
    """What became of the inputs of one kind. ``run`` are those accepted that were also trained, or
    what else they are for, to the end."""

    tried: int = 0
    accepted: int = 0
    refused: int = 0
    run: int = 0


COUNTS = {kind: Count() for kind in SHARES}


def inputs(kind: str) -> settings:
    """The settings of a test with hypothesis that tries this kind's share of the inputs."""
    wanted = int(os.environ.get(VARIABLE, SHORT))
    return settings(
        max_examples=-(-wanted * SHARES[kind] // 100),
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # shrinking a sweep took five minutes
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


def tried(kind: str, use: Callable[[], T], refusal: type[UserError]) -> T | None:
    """What ``use`` makes of an input; None where it was refused, which must be told clearly.

    Any other error than ``refusal`` comes through and fails the test.
    """
    count = COUNTS[kind]
    count.tried += 1
    try:
        made = use()
    except refusal as error:
        assert_clear(error)
        count.refused += 1
        return None
    count.accepted += 1
    return made


def assert_clear(error: UserError) -> None:
    """One sentence, or one for each thing wrong; each short, whole and on one line."""
    lines = str(error).split("\n") if isinstance(error, CommandError) else [str(error)]
    sentences = list(map(str, getattr(error, "problems", lines)))
    assert 1 <= len(sentences) <= MAX_PROBLEMS + 1, len(sentences)
    assert str(error) == "\n".join(sentences)
    for sentence in sentences:
        assert len(sentence) < 600 and sentence.isprintable(), sentence
        assert " " in sentence and sentence.endswith((".", "?")), sentence
        assert "Traceback" not in sentence, sentence


def main() -> int:
    """Try as many inputs as asked for, and write down what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000, help="over all kinds")
    parser.add_argument("--json", type=Path, help="a file for the counts")
    arguments = parser.parse_args()
    os.environ[VARIABLE] = str(arguments.inputs)
    begun = time.perf_counter()
    files = sorted(str(path) for path in Path(__file__).parent.glob("test_fuzz_*.py"))
    failed = pytest.main(["-p", "no:cacheprovider", *files])
    total = Count(*(sum(column) for column in zip(*map(_row, COUNTS.values()), strict=True)))
    text = json.dumps(
        {
            "inputs": asdict(total),
            "kinds": {kind: asdict(count) for kind, count in COUNTS.items()},
            "seconds": round(time.perf_counter() - begun, 1),
            "passed": not failed,
        },
        indent=1,
    )
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")
    return int(failed or total.tried < arguments.inputs)


def _row(count: Count) -> tuple[int, ...]:
    return count.tried, count.accepted, count.refused, count.run


if __name__ == "__main__":
    # Not this module, which is __main__: the one that the tests import and count in.
    from tests import fuzzing

    sys.exit(fuzzing.main())

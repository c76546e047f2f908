"""python -m tests.soak --minutes N: thirty visitors at once, then ``kill -9``; what came of it."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.machine import machine, versions
from tests.soak import report
from tests.soak.kills import TARGETS, Kills
from tests.soak.load import load

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
HEAD = """\
# How it holds up

Written by `python -m tests.soak --minutes N --write`. Visitors without a browser speak to the app
over its websocket as the browser does, and go on watching the runs on their screens; those in
Chromium draw them, with what the others leave of the processor, since a class's browsers are on
machines of their own. They change settings, train short digits runs (half of them shared), stop
runs, go to other pages and open links. Then another app, with a store of its own, is killed at
random moments. What went wrong is listed below the table.
"""


def main() -> int:
    """Soak, and print what came of it; 1 where something fell short."""
    asked = _arguments()
    kills = asked.kills
    if kills is None:
        kills = min(100, max(len(TARGETS), round(asked.minutes * 100 / 30)))
    about = [
        datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        " · ".join(f"{name} {value}" for name, value in machine().items()),
        " · ".join(f"{name} {value}" for name, value in versions().items()),
        f"n = 1, seed {asked.seed}",
    ]
    with TemporaryDirectory() as folder:
        _say(f"{asked.people} visitors and {asked.pages} pages for {asked.minutes:g} min")
        loaded = load(
            Path(folder, "load"), asked.minutes * 60, asked.people, asked.pages, asked.seed, _say
        )
        print(report.markdown(report.of_load(loaded)), file=sys.stderr, flush=True)
        _say(f"{kills} kills")
        killed = Kills(Path(folder, "kills"), asked.seed).run(kills, _say)
    rows = report.of_load(loaded) + report.of_kills(killed) + report.of_fuzzing(asked.fuzzed)
    wrong = loaded.tally.errors + loaded.lost + loaded.problems + killed.problems
    listed = "\n".join(f"- {one}" for one in wrong[:50])
    text = "\n\n".join(part for part in (*about, report.markdown(rows), listed) if part)
    print(text)
    if asked.write:
        DOCUMENT.write_text(f"{HEAD}\n{text}\n")
    if asked.json:
        asked.json.write_text(json.dumps({"about": about, "rows": rows, "wrong": wrong}, indent=1))
    return int(any(row["holds"] is False for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="how long the visitors stay")
    parser.add_argument("--people", type=int, default=25, help="visitors without a browser")
    parser.add_argument("--pages", type=int, default=5, help="visitors in Chromium")
    parser.add_argument(
        "--kills", type=int, help="how often kill -9; 100 for 30 minutes, in proportion for fewer"
    )
    parser.add_argument("--fuzzed", type=int, help="random inputs that tests/test_fuzz_*.py took")
    parser.add_argument("--seed", type=int, default=1, help="of whatever is drawn at random")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    return parser.parse_args()


def _say(sentence: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

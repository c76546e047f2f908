"""python -m benchmarks [GROUP ...] [--json] [--smoke]: how fast and how large this is here."""

import argparse
import importlib
import json
from datetime import datetime

from benchmarks.machine import machine, versions
from benchmarks.rows import Row, holds

GROUPS = {
    "loops": "training beside plain PyTorch loops",
    "together": "many networks trained at once",
    "estimates": "estimated beside measured times",
    "precision": "accuracy in bfloat16 beside float32",
    "stopping": "from Stop until the device is free",
    "pages": "how soon the pages answer",
    "live": "training as one changes the settings",
    "inside": "looking into a network, and what its snapshots cost",
    "memory": "how large the app and its worker are",
}


def main() -> None:
    arguments = _arguments()
    about = {"machine": machine(), "versions": versions()}
    for facts in about.values():
        print(" · ".join(f"{name} {value}" for name, value in facts.items()))
    print(datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"), flush=True)
    groups = {}
    for name in arguments.groups or GROUPS:
        groups[name] = importlib.import_module(f"benchmarks.{name}").measure(arguments.smoke)
        print(f"\n{name}: {GROUPS[name]}\n{_table(groups[name])}", flush=True)
    if arguments.json:
        print(json.dumps(about | {"groups": groups}, allow_nan=False))


def _arguments() -> argparse.Namespace:
    listed = "\n".join(f"  {name:<10} {what}" for name, what in GROUPS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures this machine; quote the figures with what is printed above them.\n\n"
        f"groups:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # Not choices: with those, argparse of Python 3.11 refuses an empty list.
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="without one, all of them")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object as the last line"
    )
    parser.add_argument(
        "--smoke", action="store_true", help="seconds a group, to see that it works"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    return arguments


def _table(rows: list[Row]) -> str:
    """Format the rows as lines of text, with the spread of the measurements and the targets."""
    lines = [("what", "value", "unit", "min to max", "n", "target", "")]
    lines += [
        (row["what"], _number(row["value"]), row["unit"], _spread(row), str(row["n"]), *_goal(row))
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numbers = (1, 4)  # these stand on the right of their columns
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in numbers else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _spread(row: Row) -> str:
    if "low" not in row or "high" not in row:
        return ""
    return f"{_number(row['low'])} to {_number(row['high'])}"


def _goal(row: Row) -> tuple[str, str]:
    reached = holds(row)
    if reached is None:
        return "", ""
    sign = "≤" if row.get("at_most") else "≥"
    return f"{sign} {_number(row['target'])}", "holds" if reached else "short"


def _number(value: float) -> str:
    """Format with three digits at least, and no more behind the point than that takes."""
    size = abs(value)
    return f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"


if __name__ == "__main__":
    main()

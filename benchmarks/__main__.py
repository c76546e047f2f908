"""python -m benchmarks [--json] [--quick]: how fast and how large the app is on this machine."""

import argparse
import json
import os
import platform
from importlib.metadata import version

from benchmarks import pages, reading


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures the app on this machine; quote the figures with what is printed.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it works")
    arguments = parser.parse_args()
    packages = ("streamlit", "torch", "distributed")
    machine = {
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    } | {name: version(name) for name in packages}
    print(" · ".join(f"{name} {value}" for name, value in machine.items()))
    rows = pages.measure(arguments.quick) + reading.measure(arguments.quick)
    width = max(len(row["what"]) for row in rows)
    for row in rows:
        print(f"{row['what']:<{width}}  {row['value']:>9.1f} {row['unit']:<3} n={row['n']}")
    if arguments.json:
        print(json.dumps({"machine": machine, "pages": rows}))


if __name__ == "__main__":
    main()

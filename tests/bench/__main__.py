"""`make bench`: measures every published figure on a local chain of its own and prints them. It writes nothing else."""

import argparse
import asyncio
import sys

from agent.cli.main import guarded
from chain.devnet import start_devnet
from tests.bench.figures import QUICK, Rounds
from tests.bench.report import document, measure, table, this_machine


def run(wants_json: bool, rounds: Rounds) -> int:
    """Measure and print; 0, whether or not each figure reaches its bar. Raises as the parts do."""
    machine = this_machine()
    with start_devnet() as chain:
        figures = asyncio.run(measure(chain.rpc_url, rounds))
    print(document(figures, machine) if wants_json else table(figures, machine))
    return 0


def main() -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="measure each thing once, to see that it works")
    options = parser.parse_args()
    return guarded(lambda: run(options.json, QUICK if options.quick else Rounds()), options.json)


if __name__ == "__main__":
    sys.exit(main())

"""The embedded cloud in a process of its own, full of a fleet. `python -m benchmarks.cloud` is it.

Not `dcsync emulator --seed FILE`: to read 50,000 connectors as YAML would take a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.fleet import SECRETS, Fleet
from benchmarks.processes import serving
from dcsync import emulator
from dcsync.emulator.remote import RemoteEmulator


@contextmanager
def cloud_of(
    fleet: Fleet, *, is_live: bool = True, latency_s: float = 0.0, is_limited: bool = False
) -> Iterator[RemoteEmulator]:
    """A cloud with the fleet's projects and, if `is_live`, its connectors.

    Its `environ` has also what the fleet's declarations refer to. It has DT's rate limit if
    `is_limited`, else none.
    """
    sizes = [str(fleet.projects), str(fleet.connectors)]
    options = [f"--latency={latency_s}", *([] if is_live else ["--empty"])]
    options += ["--limited"] if is_limited else []
    with serving("benchmarks.cloud", *sizes, *options) as said:
        yield RemoteEmulator({**json.loads(said), **SECRETS}, 0)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("projects", type=int)
    parser.add_argument("connectors", type=int)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--limited", action="store_true")
    given = parser.parse_args()
    seed = Fleet(given.projects, given.connectors).seed(is_live=not given.empty)
    switches: dict[str, Any] = {} if given.limited else {"rate_limit": None}
    with emulator.running(seed=seed, latency_s=given.latency, **switches) as cloud:
        print(json.dumps(cloud.environ), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

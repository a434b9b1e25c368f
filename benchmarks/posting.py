"""Posts a stream's lines in a bare loop: `python -m benchmarks.posting EVENTS URL`."""

from __future__ import annotations

import sys
from itertools import islice

import requests

from benchmarks.reading import lines

HEADERS = {"Content-Type": "application/json"}


def main() -> None:
    """What a user would write."""
    for line in islice(lines(), int(sys.argv[1])):
        requests.post(sys.argv[2], data=line, headers=HEADERS, timeout=10).raise_for_status()


if __name__ == "__main__":
    main()

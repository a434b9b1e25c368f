"""What a run of apply says happened, read from its text or its JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.cli.conftest import Ended

SYMBOLS = {"+": "create", "~": "update", "-/+": "replace", "-": "delete", "!": "blocked"}
DEEDS = {"created": "create", "updated": "update", "replaced": "replace", "deleted": "delete"}
DONE = ("done", "done, not synced")
_LINE = re.compile(r"(done, not synced|done|failed|refused|not attempted)  (\S+) ")
_COUNT = re.compile(r"(\d+) (not attempted|not synced|\w+)")


@dataclass(frozen=True, slots=True)
class Said:
    """How often each (outcome, action) came; the tally where there is one; JSON's operations."""

    code: int
    outcomes: Counter[tuple[str, str]]
    tally: dict[str, int] | None
    operations: list[dict[str, Any]] | None

    def done(self, *actions: str) -> int:
        """How many operations of these actions were done."""
        return sum(self.outcomes[outcome, each] for outcome in DONE for each in actions)

    def ended(self, *outcomes: str) -> int:
        """How many operations ended so."""
        return sum(count for (outcome, _), count in self.outcomes.items() if outcome in outcomes)


def read(ended: Ended) -> Said:
    """JSON, text, or nothing where the run never came to its report."""
    if ended.out.startswith("{"):
        operations = json.loads(ended.out)["operations"]
        outcomes = Counter((each["outcome"], each["action"]) for each in operations)
        return Said(ended.code, outcomes, None, operations)
    lines = ended.out.splitlines()
    found = [match.groups() for line in lines if (match := _LINE.match(line))]
    outcomes = Counter((outcome, SYMBOLS[symbol]) for outcome, symbol in found)
    is_told = bool(lines) and lines[-1].startswith("Applied: ")
    tally = {name: int(count) for count, name in _COUNT.findall(lines[-1])} if is_told else None
    return Said(ended.code, outcomes, tally, None)

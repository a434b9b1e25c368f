"""`dcsync show`: print a saved plan, or how two of them differ, in any format. Asks nobody."""

from __future__ import annotations

import argparse
from pathlib import Path

from dcsync.plan.difference import difference
from dcsync.session.console import Console
from dcsync.session.plan_output import show_difference, show_plan
from dcsync.session.result import Result
from dcsync.session.saved_plan import read


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Read, compare where there are two, render."""
    plan, _ = read(Path(arguments.saved))
    if arguments.newer:
        newer, _ = read(Path(arguments.newer))
        show_difference(difference(plan, newer), arguments.format, console)
    else:
        show_plan(plan, arguments.format, console)
    return Result()

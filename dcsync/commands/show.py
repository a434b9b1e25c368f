"""`dcsync show`: print a saved plan in any format. Asks nobody."""

from __future__ import annotations

import argparse
from pathlib import Path

from dcsync.session.console import Console
from dcsync.session.plan_output import show_plan
from dcsync.session.result import Result
from dcsync.session.saved_plan import read


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Read, render."""
    plan, _ = read(Path(arguments.saved))
    show_plan(plan, arguments.format, console)
    return Result()

"""Verifies generated declarations: loads them as dcsync would, and plans them against the live
connectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from dcsync import declare
from dcsync.adopt.nouns import LiveProject
from dcsync.adopt.variables import Variable
from dcsync.declare.canonical.writing import document
from dcsync.errors import DeclarationError
from dcsync.model import Declarations, Severity
from dcsync.plan import make, planned_projects

NO_MATTER_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
"""Only freezes depend on the time, and guards are not asked here."""


def load_back(files: Mapping[str, str], variables: Iterable[Variable]) -> Declarations:
    """What the files declare with the variables set. Raises DeclarationError."""
    return declare.load_contents(
        {Path(name): text.encode("utf-8") for name, text in files.items()},
        environ={each.name: each.value.reveal() for each in variables},
        references=declare.References.RESOLVE,
    )


def reason_against(text: str, variables: Iterable[Variable]) -> str:
    """Why a file with one connector cannot be a declaration, or "". Repeats no value."""
    try:
        load_back({"dcsync.yaml": text}, variables)
    except DeclarationError as error:
        errors = [each for each in error.diagnostics if each.severity is Severity.ERROR]
        return "; ".join(dict.fromkeys(each.message for each in errors))
    except UnicodeEncodeError:
        return "it holds characters that no file can"
    return ""


def differing(
    files: Mapping[str, str], variables: Iterable[Variable], projects: Iterable[LiveProject]
) -> tuple[str, ...]:
    """Addresses that a plan would change although they were just imported; normally none."""
    projects = list(projects)
    stand_ins = {
        f"policy of {each.project_id}": document(
            {
                "dcsync": 1,
                "project": each.project_id,
                "policy": {"prune": "none", "quota": len(each.live) + 1},
                "connectors": {},
            }
        )
        for each in projects
        if each.keys is not None  # an earlier file has it
    }
    live = {each.project_id: (*each.live, *each.others) for each in projects}
    declared = planned_projects(load_back({**stand_ins, **files}, variables))
    plan = make(declared, live.items(), now=NO_MATTER_WHEN)
    return tuple(
        [str(each) for each in plan.problems]
        + [
            f"{each.address}: {', '.join(str(c.path) for c in each.changes)}"
            for each in plan.operations
        ]
    )

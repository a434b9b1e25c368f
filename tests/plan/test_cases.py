"""One folder a situation: what is declared, what is live, and the plan that follows.

Adding a case is adding a folder; `pytest tests/plan --update-cases` writes its plans, which are
then reviewed as text. `options.json` may hold what the command line would say.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dcsync import declare
from dcsync.cloud.wire import connector_of
from dcsync.model import Allowances, Connector, Declarations
from dcsync.plan import (
    Impact,
    Narrowing,
    Operation,
    Plan,
    make,
    planned_projects,
)
from dcsync.render.plans import plan_json, plan_text

CASES = Path(__file__).parent.parent / "cases"
ENVIRON = {"TOKEN": "the-token-value", "SIGNATURE_SECRET": "the-signature-secret-value"}


def read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def live_connectors(folder: Path, *, backwards: bool) -> dict[str, list[Connector]]:
    """What the API would list: resources by project id."""
    listings = read_json(folder / "live.json")
    return {
        project_id: [connector_of(each) for each in resources[:: -1 if backwards else 1]]
        for project_id, resources in listings.items()
    }


def flow_of(
    operation: Operation, live: dict[str, list[Connector]], flows: dict[str, list[int]]
) -> Impact:
    """What flows through a connector: what the case says, by connector id."""
    listed = live[operation.project_id]
    key = operation.data_connector_id
    [status] = [each.status for each in listed if each.data_connector_id == key]
    if key not in flows:
        return Impact(operation.project_id, key, status, trouble="503")
    successes, failures = flows[key]
    return Impact(operation.project_id, key, status, successes, failures)


def previous_declarations(folder: Path) -> Declarations | None:
    """What the base revision declared, where the case has one."""
    path = folder / "previous.yaml"
    if not path.exists():
        return None
    place = Path("0ba5e000:declared.yaml")
    return declare.load_contents(
        {place: path.read_bytes()}, environ={}, references=declare.References.NOTHING
    )


def plan_case(folder: Path, *, backwards: bool = False) -> Plan:
    """The plan of a case, its places relative to its folder."""
    options = read_json(folder / "options.json")
    references = declare.References(options.pop("references", "resolve"))
    allowed = options.pop("allow", {}).items()
    allowances = Allowances(**{f"allow_{name}": number for name, number in allowed})
    now = datetime.fromisoformat(options.pop("now", "2026-03-04T12:00:00Z"))
    flows, weighs_all = options.pop("flows", {}), options.pop("impact", False)
    declarations = declare.load(
        [Path("declared.yaml")], environ=ENVIRON, root=folder, references=references
    )
    narrowing = Narrowing(**{name: tuple(patterns) for name, patterns in options.items()})
    live = live_connectors(folder, backwards=backwards)
    return make(
        planned_projects(declarations, previous_declarations(folder), narrowing),
        live.items(),
        now=now,
        narrowing=narrowing,
        allowances=allowances,
        measure=lambda operations: tuple(flow_of(each, live, flows) for each in operations),
        weighs_all=weighs_all,
    )


@pytest.fixture(params=sorted(path.name for path in CASES.iterdir()))
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = CASES / str(request.param)
    monkeypatch.chdir(folder)
    return folder


def test_the_plan_is_the_expected_one(case: Path, request: pytest.FixtureRequest) -> None:
    """The same declarations and listing give the same bytes, as text and as JSON."""
    plan = plan_case(case)
    renderings = {
        "plan.txt": plan_text.render_plan(plan) + "\n",
        "plan.json": "".join(plan_json.render_plan(plan)) + "\n",
    }
    for name, rendering in renderings.items():
        if request.config.getoption("--update-cases"):
            (case / name).write_text(rendering, "utf-8")

        assert rendering == (case / name).read_text("utf-8")


def test_the_order_of_the_listing_makes_no_difference(case: Path) -> None:
    """The API lists in any order, and the plan is the same."""
    assert plan_case(case, backwards=True) == plan_case(case)


def test_no_secret_is_in_a_plan(case: Path) -> None:
    """Neither the declared nor the live secrets are in any rendering."""
    renderings = [(case / name).read_text("utf-8") for name in ("plan.txt", "plan.json")]

    for secret in (*ENVIRON.values(), "live-secret"):
        assert all(secret not in rendering for rendering in renderings)


@pytest.fixture(scope="module")
def plan_schema() -> jsonschema.Draft202012Validator:
    """The schema of plans, itself a proper one."""
    schema = read_json(CASES.parent.parent / "schemas" / "plan.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_plan_fits_its_schema(
    case: Path, plan_schema: jsonschema.Draft202012Validator
) -> None:
    """The JSON is what schemas/plan.schema.json promises to other tools."""
    plan_schema.validate(read_json(case / "plan.json"))

"""Whatever any project holds, what is written of it loads, is whole, and plans to nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcsync import adopt
from dcsync.adopt.proof import load_back
from dcsync.cloud.wire import connector_of
from dcsync.declare.canonical.formatting import format_text
from dcsync.model import Connector

PROJECTS = ("c3n5gj90p7bet3vicob0", "c3n5gj90p7bet3vicobg")

ODD = st.sampled_from(
    ("", " ", "a", "A", "a-b", "yes", "1e5", "${env:X}", "$${", "#", "- ", ": ", "\n", "\x85", "é")
)
NAMES = ODD | st.text(max_size=8)
URLS = st.builds(
    "https://{}x.example.com{}".format,
    st.sampled_from(("", "user:pw@", "@", "${x}@")),
    st.sampled_from(("", "/", "/a?b=c&d", "?", "?a=b?c=d", "/?=v&&x=", "/${var:y}#f", "/a@b")),
)
HTTP = st.fixed_dictionaries(
    {
        "url": URLS,
        "signatureSecret": NAMES,
        "headers": st.dictionaries(st.sampled_from(("X-A", "x-a", "1", "a.b", "")), NAMES),
    }
).map(lambda config: {"type": "HTTP_PUSH", "httpConfig": config})
SQS = st.fixed_dictionaries({"queueUrl": URLS, "awsRoleArn": NAMES, "audience": NAMES}).map(
    lambda config: {"type": "AWS_SQS", "awsSqsConfig": config}
)
UNKNOWN = st.just({"type": "CARRIER_PIGEON"})
STATUS = st.sampled_from(("ACTIVE", "USER_DISABLED", "SYSTEM_DISABLED", ""))


@st.composite
def listings(draw: st.DrawFn) -> list[tuple[Connector, ...]]:
    """What two projects hold; some of it is the same in both."""
    found: list[tuple[Connector, ...]] = []
    common = draw(st.lists(HTTP | SQS, max_size=2))
    for project_id in PROJECTS:
        others = draw(st.lists(HTTP | SQS | UNKNOWN, max_size=3))
        shared = [{**each, "displayName": f"C{n}"} for n, each in enumerate(common)]
        own = [{**each, "displayName": draw(NAMES), "status": draw(STATUS)} for each in others]
        found.append(tuple(_live(project_id, n, each) for n, each in enumerate([*shared, *own])))
    return found


def _live(project_id: str, number: int, resource: dict[str, Any]) -> Connector:
    name = f"projects/{project_id}/dataconnectors/{project_id[:18]}{number:02}"
    return connector_of({"labels": ["name"], "events": [], **resource, "name": name})


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(listings())
def test_whatever_is_live_is_adopted_or_left_out_with_a_reason(
    found: list[tuple[Connector, ...]],
) -> None:
    """Nothing is lost, nothing differs, no warning is earned, and the text is canonical."""
    projects = [
        adopt.LiveProject(project_id, "Store", live)
        for project_id, live in zip(PROJECTS, found, strict=True)
    ]

    adoption = adopt.adopt(projects)

    files = {each.name: each.text for each in adoption.files}
    assert adopt.differing(files, adoption.variables, projects) == ()
    assert load_back(files, adoption.variables).warnings == ()
    assert all(each.reason for each in adoption.left_out)
    written = sum(each.connectors for each in adoption.files)
    assert written + len(adoption.left_out) == sum(map(len, found))
    for text in files.values():
        assert format_text(text) == text

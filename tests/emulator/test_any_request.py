"""Whatever comes, the cloud answers by its own rules and never fails."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync import emulator
from dcsync.emulator.api.connector_resource import CONFIGS
from dcsync.emulator.api.routes import ROUTES
from dcsync.emulator.cloud import Cloud
from dcsync.emulator.telemetry.event_types import EVENT_TYPES
from dcsync.emulator.wire import HttpRequest
from tests.emulator.conftest import PROJECT

KNOWN = (200, 400, 401, 403, 404, 409)
NAMES = st.sampled_from(
    [
        *("type", "displayName", "status", "events", "labels", "httpConfig", "pubsubConfig"),
        *("url", "headers", "signatureSecret", "devices", "addLabels", "removeLabels"),
        *("organization", "location", "email", "roles", "name", "projects", "updateTime"),
        *("temperature", "networkStatus", "cloudConnectors", "value", "state", "samples"),
        *EVENT_TYPES,
    ]
)
WORDS = st.sampled_from(
    [
        *("", "HTTP_PUSH", "ACTIVE", "temperature", "touch", "https://example.com", "a@b", "x"),
        *("user@example.com", "2026-01-01T00:00:00Z", PROJECT, f"projects/{PROJECT}"),
        *CONFIGS,
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | WORDS | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=5)
QUERIES = st.dictionaries(
    st.sampled_from(
        [
            *("page_size", "page_token", "update_mask", "label_filters", "order_by", "query"),
            *("start_time", "event_types", "device_types", "ping_interval", "organization"),
        ]
    ),
    st.lists(WORDS | st.text(max_size=8), min_size=1, max_size=2),
    max_size=3,
)


def world() -> tuple[Cloud, dict[str, str]]:
    """A cloud without a socket, and names of what is in it."""
    cloud = Cloud(emulator.Switches(rate_limit=None), emulator.ManualClock(), seed=1)
    cloud.add_service_account(key_id="k", secret="s")
    cloud.add_project("Head office", PROJECT)
    device = cloud.add_device(PROJECT, "temperature", {"name": "x"}, emulated=True)
    config = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}}
    connector = cloud.add_connector(PROJECT, config)
    organization = next(iter(cloud.store.organizations.of()))
    return cloud, {"dataconnectors": connector, "devices": device, "organizations": organization}


@pytest.mark.slow
@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(ROUTES), st.booleans(), BODIES, QUERIES)
def test_any_request_is_answered(
    route: Any, exists: bool, body: dict[str, Any], query: dict[str, list[str]]
) -> None:
    """Every call with any body and query is done or refused, and listings stay readable."""
    cloud, names = world()
    pattern = route.pattern.pattern
    kind = re.search(r"/(\w+)/\(\?P<resource>", pattern)
    path = pattern.replace("(?P<project>[^/:]+)", PROJECT)
    resource = names.get(kind[1], "x") if kind and exists else "x"
    path = path.replace("(?P<resource>[^/:]+)", resource)
    headers = {"authorization": "Basic " + base64.b64encode(b"k:s").decode()}

    response = cloud.handle(
        HttpRequest(route.method, path, query, headers, json.dumps(body).encode())
    )

    assert response.status in KNOWN, response
    if response.stream is None:
        assert isinstance(json.loads(response.body), dict)
    for listing in ("dataconnectors", "devices", "members"):
        request = HttpRequest("GET", f"/v2/projects/{PROJECT}/{listing}", {}, headers)
        assert cloud.handle(request).status in {200, 404}

"""The seven Data Connector calls, their checks, and every switch about them."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api

CONNECTORS = f"/projects/{PROJECT}/dataconnectors"
HTTP: dict[str, Any] = {
    "type": "HTTP_PUSH",
    "displayName": "Ingest",
    "events": ["touch", "temperature"],
    "labels": ["name"],
    "httpConfig": {
        "url": "https://example.com/dt",
        "signatureSecret": "s3cret",
        "headers": {"X-Env": "prod"},
    },
}
AZURE = {"tenantId": "t", "clientId": "c"}
OTHERS = [
    (
        "GOOGLE_CLOUD_PUBSUB",
        "pubsubConfig",
        {"topic": "projects/p/topics/t", "audience": "//iam.googleapis.com/x"},
    ),
    (
        "AWS_SQS",
        "awsSqsConfig",
        {
            "queueUrl": "https://sqs.eu-north-1.amazonaws.com/1/q",
            "awsRoleArn": "arn:aws:iam::1:role/r",
            "audience": "a",
        },
    ),
    (
        "AZURE_SERVICE_BUS",
        "azureServiceBusConfig",
        {
            "url": "sb://ns.servicebus.windows.net/topic",
            "authenticationConfig": AZURE,
            "brokerProperties": {"correlationId": "k"},
        },
    ),
    (
        "AZURE_EVENT_HUB",
        "azureEventHubConfig",
        {"url": "sb://ns.servicebus.windows.net/hub", "authenticationConfig": AZURE},
    ),
]


@pytest.fixture(autouse=True)
def _project(project: str) -> None:
    """Every test here has the project."""


def path_of(resource: dict[str, Any]) -> str:
    return f"/{resource['name']}"


def test_create_and_get(api: Api) -> None:
    """A created connector comes back whole, with a name, and is found by it."""
    created = api.post(CONNECTORS, HTTP)

    assert created == {**HTTP, "name": created["name"], "status": "ACTIVE"}
    assert created["name"].startswith(f"projects/{PROJECT}/dataconnectors/")
    assert api.get(path_of(created)) == created


def test_create_the_least(api: Api) -> None:
    """Type and URL suffice; all that clients read is there, empty."""
    created = api.post(
        CONNECTORS, {"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}}
    )

    assert {**created, "name": ""} == {
        "name": "",
        "displayName": "",
        "type": "HTTP_PUSH",
        "status": "ACTIVE",
        "events": [],
        "labels": [],
        "httpConfig": {"url": "https://example.com", "signatureSecret": "", "headers": {}},
    }


@pytest.mark.parametrize(("kind", "key", "config"), OTHERS)
def test_every_type(api: Api, kind: str, key: str, config: dict[str, Any]) -> None:
    """Each of the cloud types keeps its config, with nulls for the foreign ones allowed."""
    nulls = {other: None for _, other, _ in OTHERS if other != key}
    created = api.post(CONNECTORS, {"type": kind, key: config, "httpConfig": None, **nulls})

    assert (created["type"], created[key]) == (kind, config)
    assert "httpConfig" not in created


@pytest.mark.parametrize(
    "change",
    [
        {"type": None},
        {"type": "FTP"},
        {"type": ["HTTP_PUSH"]},
        {"httpConfig": None},
        {"httpConfig": "https://example.com"},
        {"httpConfig": {"url": ""}},
        {"httpConfig": {"url": "http://example.com"}},
        {"httpConfig": {"url": "example.com"}},
        {"httpConfig": {"url": "https://"}},
        {"httpConfig": {"url": "https://[::1"}},
        {"httpConfig": {"url": "sb://example.com"}},
        {"httpConfig": {"url": 7}},
        {"httpConfig": {"url": "https://example.com", "headers": {"A": 1}}},
        {"httpConfig": {"url": "https://example.com", "headers": ["A"]}},
        {"httpConfig": {"url": "https://example.com", "signatureSecret": 1}},
        {"pubsubConfig": {"topic": "t"}},
        {"status": "SYSTEM_DISABLED"},
        {"status": "off"},
        {"status": ["ACTIVE"]},
        {"displayName": 1},
        {"labels": "name"},
        {"labels": [1]},
        {"events": {"touch": True}},
        {"events": ["tuoch"]},
    ],
    ids=str,
)
def test_bad_body_is_400(api: Api, change: dict[str, Any]) -> None:
    """A body that does not fit is refused, on create and on update, and nothing changes."""
    before = api.post(CONNECTORS, HTTP)

    answers = [
        api.call("POST", CONNECTORS, {**HTTP, **change}),
        *([api.call("PATCH", path_of(before), change)] if None not in change.values() else []),
    ]

    assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert api.get(CONNECTORS)["dataConnectors"] == [before]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', b"\xff", "[" * 100_000])
def test_what_is_no_object_is_400(api: Api, body: str | bytes) -> None:
    """What is no JSON object is refused."""
    assert api.call("POST", CONNECTORS, body).status_code == 400


def test_http_to_this_machine_is_allowed(api: Api) -> None:
    """Plain http is for loopback hosts."""
    for host in ("127.0.0.1:9000", "localhost:9000", "[::1]:9000"):
        body = {"type": "HTTP_PUSH", "httpConfig": {"url": f"http://{host}/x"}}
        assert api.call("POST", CONNECTORS, body).status_code == 200


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, {}),
        ({"displayName": "Other"}, {"displayName": "Other"}),
        ({"displayName": ""}, {"displayName": ""}),
        ({"status": "USER_DISABLED"}, {"status": "USER_DISABLED"}),
        ({"events": [], "labels": []}, {"events": [], "labels": []}),
        ({"events": None, "labels": None, "status": None}, {}),
        ({"name": "ignored", "type": "HTTP_PUSH", "pubsubConfig": None}, {}),
        (
            {"httpConfig": {"signatureSecret": "new"}},
            {"httpConfig": {**HTTP["httpConfig"], "signatureSecret": "new"}},
        ),
        (
            {"httpConfig": {"headers": {"A": "b"}, "url": None}},
            {"httpConfig": {**HTTP["httpConfig"], "headers": {"A": "b"}}},
        ),
        (
            {"httpConfig": {"headers": {}}},
            {"httpConfig": {**HTTP["httpConfig"], "headers": {}}},
        ),
    ],
    ids=str,
)
def test_patch_changes_what_it_names(
    api: Api, patch: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Only what the body names changes; the answer is the whole resource; the map is replaced."""
    before = api.post(CONNECTORS, HTTP)

    after = api.call("PATCH", path_of(before), patch).json()

    assert after == {**before, **expected}
    assert api.get(path_of(before)) == after


def test_patch_nested_config(api: Api) -> None:
    """Objects inside a config are merged field by field."""
    kind, key, config = OTHERS[2]
    before = api.post(CONNECTORS, {"type": kind, key: config})

    patch = {key: {"authenticationConfig": {"clientId": "new"}}}
    after = api.call("PATCH", path_of(before), patch).json()

    assert after[key]["authenticationConfig"] == {"tenantId": "t", "clientId": "new"}


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("displayName", {"displayName": "New"}),
        ("displayName,labels", {"displayName": "New", "labels": []}),
        (
            "httpConfig.url",
            {"httpConfig": {**HTTP["httpConfig"], "url": "https://new.example.com"}},
        ),
        (
            "httpConfig.signatureSecret",
            {"httpConfig": {**HTTP["httpConfig"], "signatureSecret": ""}},
        ),
    ],
)
def test_update_mask_still_works(api: Api, mask: str, expected: dict[str, Any]) -> None:
    """With the old parameter only named fields change; a named one that is absent is emptied."""
    before = api.post(CONNECTORS, HTTP)
    body = {"displayName": "New", "httpConfig": {"url": "https://new.example.com"}}

    for name in ("update_mask", "updateMask"):
        after = api.call("PATCH", path_of(before), body, **{name: mask}).json()
        assert after == {**before, **expected}


def test_delete(api: Api) -> None:
    """A deleted connector is gone: the second delete, get and metrics are 404."""
    path = path_of(api.post(CONNECTORS, HTTP))

    assert api.call("DELETE", path).json() == {}
    for method, call in (
        ("DELETE", path),
        ("GET", path),
        ("PATCH", path),
        ("GET", path + ":metrics"),
        ("POST", path + ":sync"),
    ):
        assert api.call(method, call).status_code == 404


def test_unknown_project_is_404(api: Api) -> None:
    """Nothing is listed for a project that does not exist, nor for the wildcard."""
    for project in ("c16pegipidie7lltrefg", "-"):
        assert api.call("GET", f"/projects/{project}/dataconnectors").status_code == 404


def test_quota(api: Api) -> None:
    """The eleventh connector of a project is refused."""
    statuses = [api.call("POST", CONNECTORS, HTTP).status_code for _ in range(11)]

    assert statuses == [200] * 10 + [400]


def test_equal_names_are_allowed(api: Api) -> None:
    """Two connectors may have the same display name and URL."""
    first, second = api.post(CONNECTORS, HTTP), api.post(CONNECTORS, HTTP)

    assert first["name"] != second["name"]


def test_behind_the_api_s_back(cloud: emulator.Emulator, api: Api) -> None:
    """What a script adds is live, and what it may not add raises."""
    connector_id = cloud.add_connector(PROJECT, HTTP)

    assert api.get(CONNECTORS)["dataConnectors"] == cloud.connectors(PROJECT)
    assert cloud.connectors(PROJECT)[0]["name"].endswith(connector_id)
    with pytest.raises(emulator.Refused, match="type must be"):
        cloud.add_connector(PROJECT, {})


def test_what_only_the_service_can_make(cloud: emulator.Emulator, api: Api) -> None:
    """A script can add what the API refuses: a disabled connector, a type of the future."""
    off = cloud.add_connector(PROJECT, {**HTTP, "status": "SYSTEM_DISABLED"}, as_is=True)
    new = cloud.add_connector(PROJECT, {"type": "PIGEON", "pigeonConfig": {"loft": 7}}, as_is=True)

    patch = {"status": "USER_DISABLED"}
    patched = api.call("PATCH", f"{CONNECTORS}/{new}", patch).json()
    found = api.get(f"{CONNECTORS}/{off}")

    assert (found["status"], found["httpConfig"]) == ("SYSTEM_DISABLED", HTTP["httpConfig"])
    assert (patched["status"], patched["pigeonConfig"]) == ("USER_DISABLED", {"loft": 7})
    assert api.call("PATCH", f"{CONNECTORS}/{off}", {"status": "ACTIVE"}).status_code == 200


def test_metrics_of_a_new_connector(api: Api) -> None:
    """Nothing was delivered yet: counts and latency are zero."""
    metrics = api.get(path_of(api.post(CONNECTORS, HTTP)) + ":metrics")

    assert metrics == {"metrics": {"successCount": 0, "errorCount": 0, "latency99p": "0s"}}


HEADERS_MERGED = {**HTTP["httpConfig"], "headers": {"X-Env": "prod", "A": "b"}}
URL_ONLY = {"url": "https://example.com", "signatureSecret": "", "headers": {}}
SWITCHES = [
    ({"config_patch": "replace"}, {"httpConfig": {"url": "https://example.com"}}, URL_ONLY),
    ({"headers_patch": "merge"}, {"httpConfig": {"headers": {"A": "b"}}}, HEADERS_MERGED),
    ({"update_mask": "ignore"}, {"displayName": "New"}, HTTP["httpConfig"]),
]


@pytest.mark.parametrize(("switches", "patch", "config"), SWITCHES)
def test_patch_switches(
    cloud: emulator.Emulator,
    api: Api,
    switches: dict[str, Any],
    patch: dict[str, Any],
    config: dict[str, Any],
) -> None:
    """What nobody knows about PATCH can be had either way."""
    cloud.switch(**switches)
    before = api.post(CONNECTORS, HTTP)

    after = api.call(
        "PATCH", path_of(before), patch, update_mask="labels" if "displayName" in patch else ""
    )

    assert after.json()["httpConfig"] == config
    assert after.json()["displayName"] == patch.get("displayName", "Ingest")


OTHER_TYPE = {"type": "AWS_SQS"}


@pytest.mark.parametrize(
    ("switches", "method", "patch", "status"),
    [
        ({}, "PATCH", OTHER_TYPE, 400),
        ({"type_change": "ignore"}, "PATCH", OTHER_TYPE, 200),
        ({"empty_patch": "reject"}, "PATCH", {}, 400),
        ({}, "PATCH", {"unheard": 1}, 200),
        ({"unknown_fields": "reject"}, "PATCH", {"unheard": 1}, 400),
        ({"unknown_event_types": "accept"}, "PATCH", {"events": ["unheard"]}, 200),
        ({"system_disabled_by_client": "ignore"}, "PATCH", {"status": "SYSTEM_DISABLED"}, 200),
        ({"foreign_config": "ignore"}, "PATCH", {"pubsubConfig": {"topic": "t"}}, 200),
        ({"second_delete": "ok"}, "DELETE", None, 200),
        ({"quota": 1}, "POST", HTTP, 400),
        ({"quota": 1, "quota_status": 429}, "POST", HTTP, 429),
        ({"quota": None}, "POST", HTTP, 200),
        (
            {"require_cloud_config": True},
            "POST",
            {"type": "AWS_SQS", "awsSqsConfig": {"queueUrl": "https://q.example.com"}},
            400,
        ),
        (
            {},
            "POST",
            {"type": "AWS_SQS", "awsSqsConfig": {"queueUrl": "https://q.example.com"}},
            200,
        ),
        ({"longest_text": 20}, "POST", HTTP, 400),
        ({"longest_text": 22}, "POST", HTTP, 200),
        ({"refused_headers": ["x-env"]}, "POST", HTTP, 400),
        ({"refused_headers": ["authorization"]}, "POST", HTTP, 200),
        ({}, "SYNC", None, 200),
        ({"sync_disabled": "reject"}, "SYNC", None, 400),
    ],
    ids=str,
)
def test_refusal_switches(
    cloud: emulator.Emulator,
    api: Api,
    switches: dict[str, Any],
    method: str,
    patch: dict[str, Any] | None,
    status: int,
) -> None:
    """What nobody knows to be refused or taken can be had either way."""
    path = path_of(api.post(CONNECTORS, {**HTTP, "status": "USER_DISABLED"}))
    cloud.switch(**switches)
    if method == "DELETE":
        api.call("DELETE", path)

    match method:
        case "POST":
            answer = api.call("POST", CONNECTORS, patch)
        case "SYNC":
            answer = api.call("POST", f"{path}:sync")
        case _:
            answer = api.call(method, path, patch)

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("write_answers", "created", "changed"),
    [("json", 200, 200), ("created", 201, 200), ("no_content", 204, 204)],
)
def test_write_answers(
    cloud: emulator.Emulator, api: Api, write_answers: str, created: int, changed: int
) -> None:
    """Writes can be answered as other servers would, though they are carried out the same."""
    cloud.switch(write_answers=write_answers)
    create = api.call("POST", CONNECTORS, HTTP)
    path = path_of(cloud.connectors(PROJECT)[0])
    update = api.call("PATCH", path, {"displayName": "New"})
    sync = api.call("POST", f"{path}:sync")
    delete = api.call("DELETE", path)

    statuses = [answer.status_code for answer in (create, update, sync, delete)]

    assert statuses == [created, changed, changed, changed]
    assert (create.content == b"") == (write_answers == "no_content")
    assert cloud.connectors(PROJECT) == []


def test_default_labels_switch(cloud: emulator.Emulator, api: Api) -> None:
    """The labels of a connector created without any can be chosen."""
    cloud.switch(default_labels=["name"])
    created = api.post(CONNECTORS, {key: HTTP[key] for key in ("type", "httpConfig")})

    assert created["labels"] == ["name"]


def test_null_foreign_configs_switch(cloud: emulator.Emulator, api: Api) -> None:
    """Answers can carry nulls for the configs of other types."""
    cloud.switch(null_foreign_configs=True)
    created = api.post(CONNECTORS, HTTP)

    assert created["pubsubConfig"] is None
    assert api.get(path_of(created)) == created == api.get(CONNECTORS)["dataConnectors"][0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"quoda": 1}, "there is no switch 'quoda'"),
        ({"quota": "ten"}, "quota='ten': must be a whole number or none"),
        ({"quota": True}, "quota=True"),
        ({"list_order": "random"}, "created or newest or shuffled"),
        ({"stream_chunked": 1}, "true or false"),
        ({"default_labels": "name"}, "a list of strings"),
        ({"time_scale": 0}, "time_scale=0: must be from 0.001"),
        ({"latency_s": float("nan")}, "latency_s=nan: must be from 0"),
        ({"rate_limit": -1}, "rate_limit=-1: must be from 0"),
        ({"quota_status": 200}, "must be from 400 to 599"),
    ],
)
def test_bad_switch(cloud: emulator.Emulator, changes: dict[str, Any], problem: str) -> None:
    """A switch that does not exist or fit is told, and none is changed."""
    before = cloud.switches

    with pytest.raises(ValueError, match=problem):
        cloud.switch(**changes)

    assert cloud.switches is before


def test_default_status_switch(cloud: emulator.Emulator, api: Api) -> None:
    """A connector created without a status can start disabled."""
    cloud.switch(default_status="USER_DISABLED")

    assert api.post(CONNECTORS, HTTP)["status"] == "USER_DISABLED"


def test_propagation_switch() -> None:
    """A created connector can take a while to be seen, though it is there."""
    clock = emulator.ManualClock()
    with emulator.running(clock=clock, propagation_s=5, rate_limit=None) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session:
            path = path_of(api.post(CONNECTORS, HTTP))
            early = (api.call("GET", path).status_code, api.get(CONNECTORS)["dataConnectors"])
            clock.advance(5)
            late = (api.call("GET", path).status_code, len(api.get(CONNECTORS)["dataConnectors"]))

    assert early == (404, [])
    assert late == (200, 1)


def test_wildcard_switch(cloud: emulator.Emulator, api: Api) -> None:
    """The wildcard project can list the connectors of all projects."""
    cloud.switch(wildcard_connectors=True)
    ids = [cloud.add_connector(PROJECT, HTTP)]
    ids.append(cloud.add_connector(cloud.add_project("Store Oslo"), HTTP))

    found = api.get("/projects/-/dataconnectors")["dataConnectors"]

    assert [resource["name"].rpartition("/")[2] for resource in found] == ids

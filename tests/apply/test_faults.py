"""Each call, each way it can fail: no connector is doubled or lost, and the report is true."""

from __future__ import annotations

import socket
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import pytest

from dcsync import cloud as api
from dcsync.apply import Outcome, Status
from dcsync.cloud.http.transport import Message
from dcsync.errors import CloudError
from dcsync.model import Declared
from tests.apply.conftest import Bench, declared

HTML = "<html><body>Bad Gateway</body></html>"
CUT_JSON = '{"name": "projects/'
TIMEOUT_S = 0.2
FAULTS: dict[str, dict[str, Any]] = {
    "reset before": {"drop": True},
    "reset after acting": {"drop": True, "acts": True},
    "time-out before": {"delay_s": 2 * TIMEOUT_S, "drop": True},
    "time-out after acting": {"delay_s": 2 * TIMEOUT_S},
    "429": {"status": 429, "headers": {"Retry-After": "1"}},
    "429 with a date": {
        "status": 429,
        "headers": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"},
    },
    "429 without a time": {"status": 429},
    "500": {"status": 500},
    "500 after acting": {"status": 500, "acts": True},
    "502 HTML": {"status": 502, "body": HTML},
    "502 HTML after acting": {"status": 502, "body": HTML, "acts": True},
    "503": {"status": 503},
    "504": {"status": 504},
    "504 after acting": {"status": 504, "acts": True},
    "cut off": {"truncate_at": 10},
    "cut JSON": {"status": 200, "body": CUT_JSON, "acts": True},
    "a page as success": {"status": 200, "body": HTML},
    "a page as success after acting": {"status": 200, "body": HTML, "acts": True},
    "an empty success": {"status": 204, "body": "", "acts": True},
    "expired token": {"status": 401},
    "slow": {"delay_s": 0.02},
    "refused": {},
}
WRITES = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
PLACES = {
    "token": ("POST", "/oauth2/token"),
    "list": ("GET", "*/dataconnectors"),
    "read": ("GET", "*/dataconnectors/*"),
    "create": ("POST", "*/dataconnectors"),
    "update": ("PATCH", "*/dataconnectors/*"),
    "delete": ("DELETE", "*/dataconnectors/*"),
    "sync": ("POST", "*:sync"),
}
TOLD = {
    ("token", "cut JSON"),
    ("token", "an empty success"),
    ("token", "expired token"),
    ("token", "a page as success"),
    ("token", "a page as success after acting"),
    ("list", "cut JSON"),
    ("list", "a page as success"),
    ("list", "a page as success after acting"),
    ("list", "an empty success"),
}
"""No plan is made from an answer that is none; asking again would give the same."""
REPORTED = {
    ("update", "a page as success"): ("update", Status.FAILED),
    ("delete", "a page as success"): ("delete", Status.FAILED),
    ("sync", "cut JSON"): ("create", Status.NOT_SYNCED),
    ("sync", "a page as success"): ("create", Status.NOT_SYNCED),
    ("sync", "a page as success after acting"): ("create", Status.NOT_SYNCED),
}
"""Nothing like the API's response, and a second look finds nothing done, or cannot find out."""
HASTY = ("time-out before", "time-out after acting")


def break_call(bench: Bench, call: str, fault: str) -> None:
    """Let the next such call go wrong."""
    method, path = PLACES[call]
    if call == "token":
        bench.cloud.revoke_tokens()
    if fault in HASTY:
        bench.client = api.connect(bench.cloud.environ, timeout_s=TIMEOUT_S, clock=bench.clock)
    if fault == "refused":
        refuse_once(bench.client, method, path)
    else:
        bench.cloud.fail(path, method=method, **FAULTS[fault])


def refuse_once(client: api.Client, method: str, path: str) -> None:
    """Send the next such call to a port on which nobody listens."""
    transport: Any = client._transport
    send = transport.send
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def send_once(message: Message) -> object:
        if message.method == method and fnmatchcase(urlsplit(message.url).path, path):
            transport.send = send
            message = replace(message, url=nowhere)
        return send(message)

    transport.send = send_once


def wanted() -> tuple[Declared, ...]:
    """An update with a read before it, and a create with a sync after it."""
    return (
        declared("kept"),
        declared("changed", headers={"X-Env": "new"}, ignore_changes=("config.headers.X-Trace",)),
        declared("new", sync_after=("create",)),
    )


def summary(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(each.operation.action, each.status) for each in outcomes]


TROUBLES = [
    (call, fault)
    for call in PLACES
    for fault in FAULTS
    if (call, fault) not in REPORTED
    and (fault not in HASTY or call in {"list", *WRITES})  # these take their time
]


@pytest.mark.slow
@pytest.mark.parametrize(("call", "fault"), TROUBLES)
def test_one_fault_changes_nothing_in_the_end(bench: Bench, call: str, fault: str) -> None:
    """After one fault of any kind on any call all is as declared and reported so, or it is told."""
    bench.apply(declared("kept"), declared("changed"), declared("gone"))
    break_call(bench, call, fault)
    if (call, fault) in TOLD:
        with pytest.raises(CloudError):
            bench.plan(*wanted())
        return

    outcomes = bench.apply(*wanted())

    assert summary(outcomes) == [("update", "done"), ("create", "done"), ("delete", "done")]
    assert bench.names() == ["changed", "kept", "new"]
    assert bench.plan(*wanted()).operations == ()


@pytest.mark.parametrize(("call", "fault"), REPORTED)
def test_what_a_response_does_not_show_is_not_reported_as_done(
    bench: Bench, call: str, fault: str
) -> None:
    """A page of a proxy, with status 200, is no success; the next run does what is left."""
    bench.apply(declared("kept"), declared("changed"), declared("gone"))
    break_call(bench, call, fault)

    outcomes = bench.apply(*wanted())

    action, status = REPORTED[call, fault]
    assert [each.status for each in outcomes if each.operation.action == action] == [status]
    assert sum(each.status is Status.DONE for each in outcomes) == 2
    bench.apply(*wanted())
    assert bench.names() == ["changed", "kept", "new"]
    assert bench.plan(*wanted()).operations == ()


@pytest.mark.parametrize("call", WRITES)
def test_a_call_that_always_fails_is_reported_as_it_is(bench: Bench, call: str) -> None:
    """What fails to the end is failed, with its call and status; the others are done."""
    bench.apply(declared("changed"), declared("gone"))
    bench.cloud.fail(method=WRITES[call], path="*/dataconnectors*", status=500, count=None)

    outcomes = bench.apply(declared("changed", labels=("name",)), declared("new"))

    failed = [each for each in outcomes if each.status is Status.FAILED]
    assert [each.operation.action for each in failed] == [call]
    assert f"{WRITES[call]} /projects/" in failed[0].error
    assert "500" in failed[0].error
    assert sum(each.status is Status.DONE for each in outcomes) == 2
    assert len(set(bench.names())) == len(bench.names())


def test_a_create_that_surfaces_late_is_adopted(bench: Bench) -> None:
    """A create that shows up only after the settling time is not sent again."""
    bench.cloud.fail(method="POST", path="*/dataconnectors", drop=True)
    late = {
        "displayName": "new",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://a.example.com/dt"},
    }
    project = declared("new").connector.project_id
    bench.during_settle = lambda: bench.cloud.add_connector(project, late)

    outcomes = bench.apply(declared("new"))

    assert outcomes[0].status is Status.DONE
    assert len(bench.settles) == 1
    assert [each["name"].rpartition("/")[2] for each in bench.live()] == [
        outcomes[0].data_connector_id
    ]


def test_two_that_fit_after_a_lost_answer_are_both_named(bench: Bench) -> None:
    """If a lost create and somebody's own look the same, both ids are reported."""
    bench.cloud.fail(method="POST", path="*/dataconnectors", drop=True, acts=True)
    twin = {
        "displayName": "new",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://a.example.com/dt"},
    }
    project = declared("new").connector.project_id

    outcomes = bench.apply(declared("new"), behind=lambda: bench.cloud.add_connector(project, twin))

    ids = [each["name"].rpartition("/")[2] for each in bench.live()]
    assert outcomes[0].status is Status.FAILED
    assert len(ids) == 2
    assert outcomes[0].error == (
        "the response to a create was lost, and more than one connector fits it now: "
        f"{', '.join(sorted(ids))}; delete all but one of them"
    )


def test_one_that_was_there_before_is_never_adopted(bench: Bench) -> None:
    """A connector that was live when the plan was made is not taken for the lost create."""
    first = declared("same", url="https://b.example.com/dt")
    bench.apply(first)
    bench.cloud.fail(method="POST", path="*/dataconnectors", drop=True, acts=True)

    outcomes = bench.apply(declared("new"), first)

    assert outcomes[0].status is Status.DONE
    assert bench.names() == ["new", "same"]

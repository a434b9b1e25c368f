"""Each write, each way it can fail: no connector is doubled or lost, and the report is true."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync.apply import Status
from tests.apply.conftest import Bench, declared

HTML = "<html><body>Bad Gateway</body></html>"
FAULTS: dict[str, dict[str, Any]] = {
    "reset before": {"drop": True},
    "reset after acting": {"drop": True, "acts": True},
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
    "truncated": {"truncate_at": 10},
    "expired token": {"status": 401},
}
CALLS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_one_fault_changes_nothing_in_the_end(bench: Bench, call: str, fault: str) -> None:
    """After one fault of any kind on any write, everything is as declared and reported done."""
    bench.apply(declared("kept"), declared("changed"), declared("gone"))
    bench.cloud.fail(method=CALLS[call], path="*/dataconnectors*", **FAULTS[fault])
    wanted = (declared("kept"), declared("changed", labels=("name",)), declared("new"))

    outcomes = bench.apply(*wanted)

    assert [(each.status, each.error) for each in outcomes] == [(Status.DONE, "")] * 3
    assert bench.names() == ["changed", "kept", "new"]
    assert bench.plan(*wanted).operations == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_listing_is_survived(bench: Bench, fault: str) -> None:
    """Whatever happens to a listing once, the plan is made from the whole of it."""
    bench.apply(declared("kept"))
    bench.cloud.fail(method="GET", path="*/dataconnectors", **FAULTS[fault])

    assert bench.plan(declared("kept")).operations == ()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_always_fails_is_reported_as_it_is(bench: Bench, call: str) -> None:
    """What fails to the end is failed, with its call and status; the others are done."""
    bench.apply(declared("changed"), declared("gone"))
    bench.cloud.fail(method=CALLS[call], path="*/dataconnectors*", status=500, count=None)

    outcomes = bench.apply(declared("changed", labels=("name",)), declared("new"))

    failed = [each for each in outcomes if each.status is Status.FAILED]
    assert [each.operation.action for each in failed] == [call]
    assert f"{CALLS[call]} /projects/" in failed[0].error
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
    assert all(each in outcomes[0].error for each in ids)


def test_one_that_was_there_before_is_never_adopted(bench: Bench) -> None:
    """A connector that was live when the plan was made is not taken for the lost create."""
    first = declared("same", url="https://b.example.com/dt")
    bench.apply(first)
    bench.cloud.fail(method="POST", path="*/dataconnectors", drop=True, acts=True)

    outcomes = bench.apply(declared("new"), first)

    assert outcomes[0].status is Status.DONE
    assert bench.names() == ["new", "same"]

"""What becomes of writes whose answers are lost: looked up, read back, told as it is."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync.apply import Status
from dcsync.model import ConnectorPatch, HttpPushConfig, Prune
from tests.apply.conftest import PROJECT, Bench, declared

TWIN = {
    "displayName": "new",
    "type": "HTTP_PUSH",
    "httpConfig": {"url": "https://a.example.com/dt"},
}
PUBSUB = {
    "displayName": "a",
    "type": "GOOGLE_CLOUD_PUBSUB",
    "pubsubConfig": {"topic": "projects/g/topics/t", "audience": "x"},
}


def methods(bench: Bench) -> list[str]:
    return [each.method for each in bench.cloud.calls]


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (True, ["GET", "PATCH", "GET"]),
        (False, ["GET", "PATCH", "GET", "PATCH"]),
    ],
)
def test_an_update_is_read_back_before_it_is_repeated(
    bench: Bench, acts: bool, expected: list[str]
) -> None:
    """It is sent again only where the cloud did not take it."""
    bench.apply(declared("a"))
    bench.cloud.calls.clear()
    bench.cloud.fail("*", method="PATCH", drop=True, acts=acts)

    outcomes = bench.apply(declared("a", labels=("name",)))

    assert [each.status for each in outcomes] == [Status.DONE]
    assert methods(bench) == expected


def test_a_repeated_update_takes_what_is_others_as_it_is_by_then(bench: Bench) -> None:
    """What somebody changed in an ignored header between two attempts is kept."""
    bench.cloud.switch(config_patch="replace")
    owned: Any = {"ignore_changes": ("config.headers.X-Trace",)}
    bench.apply(declared("a", headers={"X-Trace": "1", "X-Env": "x"}, **owned))
    theirs = ConnectorPatch(
        config=HttpPushConfig("https://a.example.com/dt", None, {"X-Trace": "2", "X-Env": "x"})
    )
    calls = bench.cloud.calls
    append = calls.append

    def interfere(call: Any) -> None:
        append(call)
        if call.method == "PATCH" and call.status == 0:
            bench.patch("a", theirs)

    bench.cloud.fail("*", method="PATCH", drop=True)
    calls.append = interfere  # type: ignore[method-assign] # the moment between two attempts

    outcomes = bench.apply(declared("a", headers={"X-Trace": "1", "X-Env": "y"}, **owned))

    headers = bench.live()[0]["httpConfig"]["headers"]
    assert [each.status for each in outcomes] == [Status.DONE]
    assert (headers["X-Trace"], headers["X-Env"]) == ("2", "y")


def test_an_update_that_cannot_be_read_back_says_so(bench: Bench) -> None:
    """Nobody knows whether it was done: the error says so and what to do."""
    bench.apply(declared("a"))
    bench.cloud.fail("*", method="PATCH", drop=True, acts=True)
    bench.cloud.fail("*/dataconnectors/*", method="GET", status=403)

    outcomes = bench.apply(declared("a", labels=("name",)))

    assert outcomes[0].status is Status.FAILED
    assert "PATCH" in outcomes[0].error
    assert "it is unknown whether it was done anyway: GET" in outcomes[0].error
    assert "plan again" in outcomes[0].error


def test_a_delete_that_fails_to_the_end_and_worked_is_done(bench: Bench) -> None:
    """It is looked at once more before it is reported."""
    bench.apply(declared("a"), declared("gone"))
    bench.cloud.fail("*", method="DELETE", status=502, acts=True, count=None)

    outcomes = bench.apply(declared("a"))

    assert [each.status for each in outcomes] == [Status.DONE]
    assert bench.names() == ["a"]


def test_a_delete_of_what_is_said_not_to_be_there_is_looked_at(bench: Bench) -> None:
    """A 404 for something that can still be read is a failure, not a delete."""
    bench.apply(declared("a"), declared("gone"))
    bench.cloud.fail("*", method="DELETE", status=404)

    [outcome] = bench.apply(declared("a"))

    assert (outcome.status, outcome.changed) == (Status.FAILED, False)
    assert "404" in outcome.error
    assert bench.names() == ["a", "gone"]


def test_what_somebody_else_has_deleted_is_done(bench: Bench) -> None:
    """It is gone, which is what was wanted."""
    bench.apply(declared("a"), declared("gone"))
    gone = bench.id_of("gone")

    [outcome] = bench.apply(declared("a"), behind=lambda: bench.delete(gone))

    assert outcome.status is Status.DONE


def test_a_delete_that_cannot_be_looked_at_says_so(bench: Bench) -> None:
    """It may have worked, so the run does not say that nothing was changed."""
    bench.apply(declared("a"), declared("gone"))
    bench.cloud.fail("*", method="DELETE", status=500, count=None)
    bench.cloud.fail("*/dataconnectors/*", method="GET", status=403)

    [outcome] = bench.apply(declared("a"))

    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert outcome.data_connector_id == bench.id_of("gone")
    assert outcome.error.startswith("DELETE /projects/")
    assert "it is unknown whether it was deleted anyway: GET" in outcome.error


def test_an_earlier_attempt_that_surfaces_after_a_later_one_is_told(bench: Bench) -> None:
    """Both ids are reported, so that a person can delete one."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True)
    append = bench.cloud.calls.append

    def surface(call: Any) -> None:
        append(call)
        if call.method == "POST" and call.status == 200 and "dataconn" in call.path:
            bench.cloud.add_connector(PROJECT, TWIN)

    bench.cloud.calls.append = surface  # type: ignore[method-assign] # what the cloud does late

    outcomes = bench.apply(declared("new"))

    ids = [each["name"].rpartition("/")[2] for each in bench.live()]
    assert outcomes[0].status is Status.FAILED
    assert outcomes[0].changed
    assert len(ids) == 2
    assert all(each in outcomes[0].error for each in ids)


def test_a_create_that_cannot_be_looked_up_says_so(bench: Bench) -> None:
    """It is not sent again on a guess."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True, acts=True)
    bench.cloud.fail("*/dataconnectors", method="GET", status=403, after=1)

    outcomes = bench.apply(declared("new"))

    assert outcomes[0].status is Status.FAILED
    assert "it is unknown whether it was created anyway: GET" in outcomes[0].error
    assert bench.names() == ["new"]


def test_a_refusal_after_a_lost_answer_is_looked_up_too(bench: Bench) -> None:
    """The quota may be full because the first attempt worked after all."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True)
    bench.cloud.fail("*/dataconnectors", method="POST", status=400, after=1)
    append = bench.cloud.calls.append

    def surface(call: Any) -> None:
        append(call)
        if call.method == "POST" and call.status == 400:
            bench.cloud.add_connector(PROJECT, TWIN)

    bench.cloud.calls.append = surface  # type: ignore[method-assign] # what the cloud does late

    outcomes = bench.apply(declared("new"))

    assert [each.status for each in outcomes] == [Status.DONE]
    assert bench.names() == ["new"]


def test_a_create_is_not_sent_again_once_stopped(bench: Bench) -> None:
    """What was in flight is looked for to the end, and nothing new is sent."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True)
    bench.during_settle = lambda: setattr(bench, "stopped", lambda: True)

    outcomes = bench.apply(declared("new"))

    assert [each.status for each in outcomes] == [Status.FAILED]
    assert bench.cloud.calls.count("POST", "dataconnectors") == 1


def test_a_replace_that_half_succeeds_names_both(bench: Bench) -> None:
    """The new one is there and the old one as well; the next apply ends it."""
    bench.cloud.add_connector(PROJECT, PUBSUB)
    bench.cloud.fail("*", method="DELETE", status=403)

    outcomes = bench.apply(declared("a"))
    error = outcomes[0].error
    ids = [each["name"].rpartition("/")[2] for each in bench.live()]
    again = bench.apply(declared("a"))

    assert (outcomes[0].status, outcomes[0].changed) == (Status.FAILED, True)
    assert all(each in error for each in ids)
    assert "twice" in error
    assert [each.operation.action for each in again] == ["delete"]
    assert [each["type"] for each in bench.live()] == ["HTTP_PUSH"]


def test_a_replace_in_a_full_project_that_half_succeeds_says_that_none_is_left(
    bench: Bench,
) -> None:
    """The old one is gone and the new one is not there: applying again creates it."""
    bench.cloud.add_connector(PROJECT, PUBSUB)
    others = [declared(f"other{number}") for number in range(9)]
    bench.apply(*others, prune=Prune.NONE)
    bench.cloud.fail("*/dataconnectors", method="POST", status=403)

    outcomes = bench.apply(*others, declared("a"))
    again = bench.apply(*others, declared("a"))

    assert (outcomes[0].status, outcomes[0].changed) == (Status.FAILED, True)
    assert "was deleted" in outcomes[0].error
    assert "apply again" in outcomes[0].error
    assert [each.operation.action for each in again] == ["create"]
    assert len(bench.live()) == 10

"""What apply sends, in which order, and what it makes of the answers."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from dcsync import cloud as api
from dcsync.apply import Status
from dcsync.model import ConnectorPatch, HttpPushConfig, Secret
from tests.apply.conftest import PROJECT, Bench, declared


def test_updates_then_creates_then_deletes(bench: Bench) -> None:
    """Nothing is deleted before what may take its place is there."""
    bench.apply(declared("changed"), declared("gone"))
    bench.cloud.calls.clear()

    bench.apply(declared("changed", labels=("name",)), declared("new"))

    methods = [each.method for each in bench.cloud.calls if each.method != "GET"]
    assert methods == ["PATCH", "POST", "DELETE"]


@pytest.mark.parametrize("config_patch", ["merge", "replace"])
def test_an_undeclared_secret_survives_an_update(bench: Bench, config_patch: str) -> None:
    """Whether the server merges configs or replaces them, what is not declared stays."""
    bench.cloud.switch(config_patch=config_patch)
    bench.apply(declared("a", signature_secret=Secret("the-old-one")))

    outcomes = bench.apply(declared("a", url="https://b.example.com/dt"))

    assert outcomes[0].status is Status.DONE
    assert bench.live()[0]["httpConfig"]["signatureSecret"] == "the-old-one"
    assert bench.live()[0]["httpConfig"]["url"] == "https://b.example.com/dt"


def test_a_secret_that_somebody_rotates_meanwhile_is_not_turned_back(bench: Bench) -> None:
    """An undeclared secret is read just before the write: what was listed may be old by then."""
    bench.apply(declared("a", signature_secret=Secret("the-old-one")))
    rotated = HttpPushConfig("https://a.example.com/dt", "the-new-one", {})

    bench.apply(
        declared("a", url="https://b.example.com/dt"),
        behind=lambda: bench.patch("a", ConnectorPatch(config=rotated)),
    )

    assert bench.live()[0]["httpConfig"]["signatureSecret"] == "the-new-one"


@pytest.mark.parametrize("config_patch", ["merge", "replace"])
@pytest.mark.parametrize("headers_patch", ["merge", "replace"])
def test_ignored_headers_are_kept_as_they_are_at_the_write(
    bench: Bench, config_patch: str, headers_patch: str
) -> None:
    """What ignore_changes leaves to others is read just before the write and sent along."""
    bench.cloud.switch(config_patch=config_patch, headers_patch=headers_patch)
    owned: Any = {"ignore_changes": ("config.headers.X-Trace",)}
    bench.apply(declared("a", headers={"X-Trace": "1", "X-Env": "x"}, **owned))
    theirs = ConnectorPatch(
        config=HttpPushConfig("https://a.example.com/dt", None, {"X-Trace": "2", "X-Env": "x"})
    )

    outcomes = bench.apply(
        declared("a", headers={"X-Trace": "1", "X-Env": "y"}, **owned),
        behind=lambda: bench.patch("a", theirs),
    )

    headers = bench.live()[0]["httpConfig"]["headers"]
    assert outcomes[0].status is Status.DONE
    assert headers["X-Trace"] == "2"
    assert headers["X-Env"] == "y"


def test_an_ignored_header_that_appears_after_the_plan_is_kept(bench: Bench) -> None:
    """Somebody may own a header that nobody has seen when the plan was made."""
    bench.cloud.switch(config_patch="replace")
    owned: Any = {"ignore_changes": ("config.headers.X-Trace",)}
    bench.apply(declared("a", headers={"X-Env": "x"}, **owned))
    theirs = ConnectorPatch(
        config=HttpPushConfig("https://a.example.com/dt", None, {"X-Trace": "2", "X-Env": "x"})
    )

    bench.apply(
        declared("a", headers={"X-Env": "y"}, **owned), behind=lambda: bench.patch("a", theirs)
    )

    assert bench.live()[0]["httpConfig"]["headers"]["X-Trace"] == "2"


def test_a_field_that_the_cloud_does_not_take_is_an_error(bench: Bench) -> None:
    """Success in the status line is not enough: the answer is compared with the declaration."""
    bench.cloud.switch(headers_patch="merge")
    bench.apply(declared("a", headers={"X-Old": "secret-value"}))

    outcomes = bench.apply(declared("a", headers={}))

    assert outcomes[0].status is Status.FAILED
    assert "did not accept config.headers.X-Old" in outcomes[0].error
    assert "secret-value" not in outcomes[0].error


@pytest.mark.parametrize("write_answers", ["created", "no_content"])
def test_writes_may_answer_in_any_successful_way(bench: Bench, write_answers: str) -> None:
    """201 and an empty 204 are successes: the result is read back."""
    bench.cloud.switch(write_answers=write_answers)
    bench.apply(declared("a"), declared("gone"))

    outcomes = bench.apply(declared("a", labels=("name",)))

    assert {each.status for each in outcomes} == {Status.DONE}
    assert bench.names() == ["a"]


def test_sync_after_follows_its_write(bench: Bench) -> None:
    """:sync is called after the changes that sync_after names, and only those."""
    wanted: Any = {"sync_after": ("create", "endpoint")}
    bench.apply(declared("a", **wanted))
    bench.apply(declared("a", labels=("name",), **wanted))
    bench.apply(declared("a", labels=("name",), url="https://b.example.com/dt", **wanted))

    posts = [each.path for each in bench.cloud.calls if "dataconnectors" in each.path]
    tails = [path.rpartition("/")[2].partition(":")[2] for path in posts]
    assert tails.count("sync") == 2


def test_a_failed_sync_is_done_and_not_synced(bench: Bench) -> None:
    """The write counts; that its sync failed is told."""
    bench.cloud.fail(path="*:sync", status=400)

    outcomes = bench.apply(declared("a", sync_after=("create",)))

    assert outcomes[0].status is Status.NOT_SYNCED
    assert ":sync: 400" in outcomes[0].error


def test_a_new_connector_that_is_not_found_yet_is_synced_a_little_later(bench: Bench) -> None:
    """What was just created may take moments to be found."""
    bench.cloud.fail(path="*:sync", status=404, count=2)

    outcomes = bench.apply(declared("a", sync_after=("create",)))

    assert [each.status for each in outcomes] == [Status.DONE]


def test_projects_are_applied_side_by_side(bench: Bench) -> None:
    """As many at once as the parallelism allows: here all four creates must be on their way."""
    together = threading.Barrier(4, timeout=10)
    projects = [PROJECT, *(bench.cloud.add_project() for _ in range(3))]
    append = bench.cloud.calls.append

    def meet(call: Any) -> None:
        append(call)
        if call.method == "POST" and "dataconnectors" in call.path:
            together.wait()

    bench.cloud.calls.append = meet  # type: ignore[method-assign] # the moment before the answer

    outcomes = bench.apply(*(declared("a", project_id=each) for each in projects))

    assert [each.status for each in outcomes] == [Status.DONE] * 4


def test_what_is_gone_already_is_a_delete_that_is_done(bench: Bench) -> None:
    """A 404 for a delete is what was wanted."""
    bench.apply(declared("a"), declared("gone"))
    writer = api.Writer(bench.client)

    outcomes = bench.apply(
        declared("a"),
        behind=lambda: writer.delete_data_connector(PROJECT, bench.id_of("gone")),
    )

    assert [each.status for each in outcomes] == [Status.DONE]


def test_after_a_stop_nothing_new_is_started(bench: Bench) -> None:
    """What is in flight is finished; the rest is reported as not attempted."""
    calls = bench.cloud.calls
    bench.stopped = lambda: any(each.method == "POST" and "dataconn" in each.path for each in calls)

    outcomes = bench.apply(declared("a"), declared("b"))

    assert [each.status for each in outcomes] == [Status.DONE, Status.NOT_ATTEMPTED]
    assert bench.names() == ["a"]


def test_a_bug_in_one_operation_leaves_the_others_and_the_report(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something that nobody thought of is a failure of its operation, and is kept to be told."""
    create = api.Writer.create_data_connector

    def stumble(writer: api.Writer, connector: Any) -> Any:
        if connector.display_name == "a":
            raise ZeroDivisionError("with a secret in its message")
        return create(writer, connector)

    monkeypatch.setattr(api.Writer, "create_data_connector", stumble)

    outcomes = bench.apply(declared("a"), declared("b"))

    assert [each.status for each in outcomes] == [Status.FAILED, Status.DONE]
    assert "ZeroDivisionError" in outcomes[0].error
    assert "secret" not in outcomes[0].error
    assert isinstance(outcomes[0].bug, ZeroDivisionError)

"""Several runs at once: all but the one that was first take back what they created, and say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dcsync.apply import Outcome, Status
from dcsync.cloud import Writer
from dcsync.emulator import ApiCall
from dcsync.model import Prune
from tests.apply.conftest import PROJECT, Bench, declared
from tests.apply.test_lost_answers import PUBSUB

NEW = declared("new")
EMPTY_LISTING = '{"dataConnectors": [], "nextPageToken": ""}'


def resource(url: str = "https://a.example.com/dt", **fields: Any) -> dict[str, Any]:
    """The connector `new` as somebody else creates it."""
    return {
        "displayName": "new",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": url, "signatureSecret": "", "headers": {}},
        **fields,
    }


def ids(bench: Bench) -> list[str]:
    return sorted(each["name"].rpartition("/")[2] for each in bench.live())


def on_call(bench: Bench, act: Callable[[ApiCall], object]) -> None:
    """Call a function with each call, after the cloud has acted and before it answers."""
    append = bench.cloud.calls.append

    def log(call: ApiCall) -> None:
        append(call)
        act(call)

    bench.cloud.calls.append = log  # type: ignore[method-assign] # what others do meanwhile


def once(bench: Bench, method: str, act: Callable[[], object]) -> None:
    """Call a function once, when the first successful write of this kind was acted on."""
    todo = [act]

    def maybe(call: ApiCall) -> None:
        if call.method == method and "dataconn" in call.path and call.status == 200 and todo:
            todo.pop()()

    on_call(bench, maybe)


def test_of_two_runs_the_second_takes_back_its_own(bench: Bench) -> None:
    """It is done with the first one's connector, and the note names both."""
    firsts: list[Outcome] = []

    [second] = bench.apply(NEW, behind=lambda: firsts.extend(bench.apply(NEW)))

    [first] = firsts
    assert (first.status, first.note) == (Status.DONE, "")
    assert ids(bench) == [first.data_connector_id] == [second.data_connector_id]
    assert second.status is Status.DONE
    gone = bench.cloud.calls[-1].path.rpartition("/")[2]
    assert second.note == (
        f"another run created {first.data_connector_id} first; this run's {gone} was deleted again"
    )
    assert bench.settles == []


def test_of_four_runs_one_connector_is_left(bench: Bench) -> None:
    """Whoever looks first: the oldest stays, and every run is done with it."""
    outcomes: list[Outcome] = []

    def apply(depth: int) -> None:
        behind = (lambda: apply(depth - 1)) if depth else (lambda: None)
        outcomes.extend(bench.apply(NEW, behind=behind))

    apply(3)

    assert {each.data_connector_id for each in outcomes} == set(ids(bench))
    assert [each.status for each in outcomes] == [Status.DONE] * 4
    assert bench.names() == ["new"]


def test_the_first_waits_until_the_second_has_taken_back_its_own(bench: Bench) -> None:
    """A younger twin is no failure as long as its run deletes it in time."""
    twins: list[str] = []
    once(bench, "POST", lambda: twins.append(bench.cloud.add_connector(PROJECT, resource())))
    bench.during_settle = lambda: Writer(bench.client).delete_data_connector(PROJECT, twins[0])

    [outcome] = bench.apply(NEW)

    assert outcome.status is Status.DONE
    assert ids(bench) == [outcome.data_connector_id]
    assert bench.settles == ["another run has created the same connector"]


def test_a_twin_that_stays_is_named_and_never_deleted(bench: Bench) -> None:
    """Its run was killed, or a person made it: that is a failure which names both ids."""
    once(bench, "POST", lambda: bench.cloud.add_connector(PROJECT, resource()))

    [outcome] = bench.apply(NEW)

    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert len(ids(bench)) == 2
    assert ", ".join(ids(bench)) in outcome.error
    assert "delete all but one" in outcome.error


@pytest.mark.parametrize(
    ("theirs", "path"),
    [
        (resource("https://b.example.com/dt"), "config.url"),
        (resource(labels=["name"]), "labels"),
        (resource(status="USER_DISABLED"), None),
    ],
)
def test_an_older_one_that_differs_is_kept_and_told(
    bench: Bench, theirs: dict[str, Any], path: str | None
) -> None:
    """This run's is deleted all the same; what the declaration does not say cannot differ."""
    older: list[str] = []

    [outcome] = bench.apply(
        NEW, behind=lambda: older.append(bench.cloud.add_connector(PROJECT, theirs))
    )

    assert ids(bench) == older == [outcome.data_connector_id]
    assert outcome.changed
    if path is None:
        assert outcome.status is Status.DONE
    else:
        assert outcome.status is Status.FAILED
        assert f"differs in {path}: plan again" in outcome.error


def test_one_of_another_type_is_no_twin(bench: Bench) -> None:
    """Only name and type together make two connectors the same."""
    other = {**PUBSUB, "displayName": "new"}

    [outcome] = bench.apply(NEW, behind=lambda: bench.cloud.add_connector(PROJECT, other))

    assert (outcome.status, outcome.note) == (Status.DONE, "")
    assert len(ids(bench)) == 2


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 500, "count": None}])
def test_what_could_not_be_checked_is_told(bench: Bench, fault: dict[str, Any]) -> None:
    """The create is done and its id is known, but nobody saw who else was there."""
    bench.cloud.fail("*/dataconnectors", method="GET", after=1, **fault)

    [outcome] = bench.apply(NEW)

    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert outcome.data_connector_id in ids(bench)
    assert f"{outcome.data_connector_id} was created, and whether another run" in outcome.error
    assert "could not be checked: GET" in outcome.error


def test_a_listing_without_what_was_just_created_is_asked_again(bench: Bench) -> None:
    """It shows too little to say that nobody else was there."""
    bench.cloud.fail("*/dataconnectors", method="GET", after=1, status=200, body=EMPTY_LISTING)
    older: list[str] = []

    [outcome] = bench.apply(
        NEW, behind=lambda: older.append(bench.cloud.add_connector(PROJECT, resource()))
    )

    assert ids(bench) == older == [outcome.data_connector_id]
    assert outcome.status is Status.DONE


def test_a_listing_that_never_shows_what_was_created_is_no_proof(bench: Bench) -> None:
    """The report says which connector it does not show."""
    bench.cloud.fail(
        "*/dataconnectors", method="GET", after=1, status=200, body=EMPTY_LISTING, count=None
    )

    [outcome] = bench.apply(NEW)

    assert outcome.status is Status.FAILED
    new = outcome.data_connector_id
    assert outcome.error.startswith(f"{new} was created, and whether another run created the same")
    assert f"does not show the new {new}" in outcome.error


@pytest.mark.parametrize(
    ("fault", "is_deleted"),
    [
        ({"status": 403}, False),
        ({"status": 500, "count": None}, False),
        ({"drop": True, "acts": True}, True),
        ({"status": 502, "acts": True, "count": None}, True),
        ({"status": 404, "acts": True}, True),
        ({"status": 404}, False),
    ],
)
def test_when_its_own_cannot_be_deleted_both_are_named(
    bench: Bench, fault: dict[str, Any], is_deleted: bool
) -> None:
    """A delete whose answer is lost is looked up; one that fails leaves two, and says so."""
    older: list[str] = []

    def interfere() -> None:
        older.append(bench.cloud.add_connector(PROJECT, resource()))
        bench.cloud.fail("*/dataconnectors/*", method="DELETE", **fault)

    [outcome] = bench.apply(NEW, behind=interfere)

    if is_deleted:
        assert outcome.status is Status.DONE
        assert ids(bench) == older == [outcome.data_connector_id]
    else:
        assert (outcome.status, outcome.changed) == (Status.FAILED, True)
        assert len(ids(bench)) == 2
        assert all(each in outcome.error for each in ids(bench))
        assert "arrive twice" in outcome.error


def test_a_replace_takes_back_its_own_as_well(bench: Bench) -> None:
    """Both runs rename, create and delete; one old and one new connector are gone after that."""
    bench.cloud.add_connector(PROJECT, PUBSUB)
    wanted = declared("a")
    firsts: list[Outcome] = []

    def interfere() -> None:
        if not firsts:
            firsts.extend(bench.apply(wanted, prune=Prune.NONE))

    once(bench, "PATCH", interfere)
    [second] = bench.apply(wanted, prune=Prune.NONE)

    [first] = firsts
    assert (first.status, second.status) == (Status.DONE, Status.DONE)
    assert ids(bench) == [first.data_connector_id] == [second.data_connector_id]
    assert bench.live()[0]["type"] == "HTTP_PUSH"


def test_ids_of_another_kind_are_not_compared(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is older cannot be told from ids of different lengths: nothing is deleted."""
    odd = ["1"]
    monkeypatch.setattr("dcsync.emulator.api.data_connectors.new_id", lambda _: odd.pop())

    def interfere() -> None:
        bench.cloud.add_connector(PROJECT, resource())
        monkeypatch.undo()

    [outcome] = bench.apply(NEW, behind=interfere)

    assert outcome.status is Status.FAILED
    assert len(ids(bench)) == 2
    assert all(each in outcome.error for each in ids(bench))


def test_what_was_adopted_is_never_deleted(bench: Bench) -> None:
    """After a lost answer nobody knows whose it is; the twin is named instead."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True, acts=True)
    older: list[str] = []
    on_call(bench, lambda call: _add_late(bench, call, older))

    [outcome] = bench.apply(NEW)

    assert outcome.status is Status.FAILED
    assert len(ids(bench)) == 2
    assert ", ".join(sorted(ids(bench))) in outcome.error
    assert bench.cloud.calls.count("DELETE", "dataconnectors") == 0


def _add_late(bench: Bench, call: ApiCall, made: list[str]) -> None:
    """Somebody creates the same between the look that adopts and the look for twins."""
    listings = bench.cloud.calls.count("GET", "dataconnectors")
    if call.method == "GET" and listings == 2 and not made:
        made.append("")
        made[0] = bench.cloud.add_connector(PROJECT, resource())


def test_of_two_that_fit_a_lost_create_the_other_run_takes_back_its_own(bench: Bench) -> None:
    """The one that is left is this run's, however it came about."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True, acts=True)
    twins: list[str] = []
    bench.during_settle = lambda: Writer(bench.client).delete_data_connector(PROJECT, twins[0])

    [outcome] = bench.apply(
        NEW, behind=lambda: twins.append(bench.cloud.add_connector(PROJECT, resource()))
    )

    assert outcome.status is Status.DONE
    assert ids(bench) == [outcome.data_connector_id]


def test_an_earlier_attempt_that_surfaces_is_kept_and_the_later_taken_back(bench: Bench) -> None:
    """The first attempt surfaces while the second is on its way: one connector stays."""
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True)
    listings = iter([False, False, True])

    def surface(call: ApiCall) -> None:
        if call.method == "GET" and "dataconn" in call.path and next(listings, False):
            bench.cloud.add_connector(PROJECT, resource())

    on_call(bench, surface)

    [outcome] = bench.apply(NEW)

    assert outcome.status is Status.DONE
    assert ids(bench) == [outcome.data_connector_id]


def test_a_failure_of_one_that_is_taken_back_stays_a_failure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud did not take a field of this run's, which is gone now: both is told."""
    own = "d" * 20
    name = f"projects/{PROJECT}/dataconnectors/{own}"
    body = json.dumps({**resource("https://wrong.example.com"), "name": name, "status": "ACTIVE"})
    older: list[str] = []

    def interfere() -> None:
        older.append(bench.cloud.add_connector(PROJECT, resource()))
        monkeypatch.setattr("dcsync.emulator.api.data_connectors.new_id", lambda _: own)
        bench.cloud.fail("*/dataconnectors", method="POST", status=200, acts=True, body=body)

    [outcome] = bench.apply(NEW, behind=interfere)

    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert "did not accept config.url" in outcome.error
    assert f"this run's {own} was deleted again" in outcome.error
    assert ids(bench) == older


def test_looking_costs_one_listing_a_project_with_creates(bench: Bench) -> None:
    """Three creates are looked at together; updates and deletes are not looked at."""
    bench.apply(declared("a"), declared("b"), declared("c"))
    after_creates = bench.cloud.calls.count("GET", "dataconnectors")
    bench.apply(declared("a", labels=("name",)), declared("b"))

    assert after_creates == 2
    assert bench.cloud.calls.count("GET", "dataconnectors") == 3

"""A replace renames, creates, deletes; stopped anywhere, the next run ends it."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync.apply import Status
from dcsync.model import GoogleCloudPubsubConfig, Prune
from dcsync.plan import Replace, retired
from tests.apply.conftest import PROJECT, Bench, declared
from tests.apply.test_lost_answers import PUBSUB, methods

WANTED = declared("a")
STEPS = {"PATCH": "*/dataconnectors/*", "POST": "*/dataconnectors", "DELETE": "*/dataconnectors/*"}


def live(bench: Bench) -> list[tuple[str, str]]:
    return sorted((each["displayName"], each["type"]) for each in bench.live())


@pytest.fixture
def old(bench: Bench) -> str:
    """A connector that is to be replaced; its id."""
    return bench.cloud.add_connector(PROJECT, PUBSUB)


@pytest.mark.usefixtures("old")
def test_a_replace_is_a_rename_a_create_and_a_delete(bench: Bench) -> None:
    """The rename sends nothing but the name; one listing looks for twins."""
    bench.cloud.calls.clear()

    [outcome] = bench.apply(WANTED, prune=Prune.NONE)

    assert outcome.status is Status.DONE
    assert methods(bench)[-5:] == ["GET", "PATCH", "POST", "DELETE", "GET"]
    assert live(bench) == [("a", "HTTP_PUSH")]


@pytest.mark.parametrize("fault", [{"status": 403}, {"drop": True, "acts": True}])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.usefixtures("old")
def test_whatever_step_fails_the_next_run_ends_it_under_prune_none(
    bench: Bench, step: str, fault: dict[str, Any]
) -> None:
    """Nothing is ever lost: at least one of the two is there, and one in the end."""
    bench.cloud.fail(STEPS[step], method=step, **fault)
    bench.stopped = lambda: bench.cloud.calls.count(step, "dataconnectors") > 0

    outcomes = bench.apply(WANTED, prune=Prune.NONE)
    between = live(bench)
    bench.stopped = lambda: False
    bench.apply(WANTED, prune=Prune.NONE)

    assert outcomes[0].is_done or fault == {"status": 403}
    assert between
    assert live(bench) == [("a", "HTTP_PUSH")]
    assert bench.plan(WANTED, prune=Prune.NONE).operations == ()


def test_a_name_that_is_refused_stops_it_before_anything_changed(bench: Bench, old: str) -> None:
    """Nobody knows how long a name may be: the old one stays as it was."""
    bench.cloud.fail("*", method="PATCH", status=400, body='{"error": "name too long"}')

    [outcome] = bench.apply(WANTED, prune=Prune.NONE)

    assert (outcome.status, outcome.changed) == (Status.FAILED, False)
    assert "could not be renamed" in outcome.error
    assert "nothing was done" in outcome.error
    assert outcome.data_connector_id == old
    assert live(bench) == [("a", "GOOGLE_CLOUD_PUBSUB")]


def test_an_old_one_that_is_gone_is_not_replaced(bench: Bench, old: str) -> None:
    """Another run was quicker, or a person deleted it: that takes a new plan."""
    [outcome] = bench.apply(WANTED, prune=Prune.NONE, behind=lambda: bench.delete(old))

    assert (outcome.status, outcome.changed) == (Status.FAILED, False)
    assert "the old connector is gone" in outcome.error
    assert "plan again" in outcome.error
    assert live(bench) == []


def test_a_name_that_is_not_taken_stops_it(bench: Bench, old: str) -> None:
    """A success that changed nothing is no success: without the name nothing is created."""
    name = f"projects/{PROJECT}/dataconnectors/{old}"
    body = f'{{"name": "{name}", "displayName": "a", "type": "GOOGLE_CLOUD_PUBSUB"}}'
    bench.cloud.fail("*", method="PATCH", status=200, body=body)

    [outcome] = bench.apply(WANTED, prune=Prune.NONE)

    assert (outcome.status, outcome.data_connector_id) == (Status.FAILED, old)
    assert "did not accept the name 'a [replaced by dcsync]'" in outcome.error
    assert bench.cloud.calls.count("POST", "dataconnectors") == 0


def test_a_rename_that_cannot_be_read_back_says_so(bench: Bench, old: str) -> None:
    """It may have been done, so the run does not say that nothing was changed."""
    bench.cloud.fail("*", method="PATCH", drop=True, acts=True)
    bench.cloud.fail("*/dataconnectors/*", method="GET", status=403)

    [outcome] = bench.apply(WANTED, prune=Prune.NONE)

    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert outcome.data_connector_id == old
    assert "is unknown" in outcome.error


def test_a_create_that_is_refused_leaves_the_old_one_at_work(bench: Bench, old: str) -> None:
    """Its new name is told, and the next run goes on without renaming it again."""
    bench.cloud.fail("*/dataconnectors", method="POST", status=400)

    [outcome] = bench.apply(WANTED, prune=Prune.NONE)
    bench.cloud.calls.clear()
    [again] = bench.apply(WANTED, prune=Prune.NONE)

    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert outcome.data_connector_id == old
    assert outcome.error.endswith(
        f"; the old {old} is still there, as 'a [replaced by dcsync]', and delivers as before; "
        "apply again to continue"
    )
    assert isinstance(again.operation, Replace)
    assert "PATCH" not in methods(bench)
    assert live(bench) == [("a", "HTTP_PUSH")]


def test_of_two_that_fit_a_lost_create_of_a_replace_all_three_are_named(
    bench: Bench, old: str
) -> None:
    """The old one stays until somebody has decided between the two new ones."""
    twin = {
        "displayName": "a",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://a.example.com/dt"},
    }
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True, acts=True)

    [outcome] = bench.apply(
        WANTED, prune=Prune.NONE, behind=lambda: bench.cloud.add_connector(PROJECT, twin)
    )

    new = [each["name"].rpartition("/")[2] for each in bench.live() if each["type"] == "HTTP_PUSH"]
    assert (outcome.status, outcome.changed) == (Status.FAILED, True)
    assert outcome.data_connector_id in new
    assert all(each in outcome.error for each in (*new, old))


def test_a_replace_that_is_undone_gets_its_name_back(bench: Bench, old: str) -> None:
    """The type was changed back meanwhile: the old one is kept, with its undelivered events."""
    bench.cloud.fail("*/dataconnectors", method="POST", status=400)
    bench.apply(WANTED, prune=Prune.NONE)
    back = declared(
        "a", type="GOOGLE_CLOUD_PUBSUB", config=GoogleCloudPubsubConfig("projects/g/topics/t", "x")
    )

    [outcome] = bench.apply(back, prune=Prune.NONE)

    assert (outcome.operation.action, outcome.status) == ("update", Status.DONE)
    assert outcome.data_connector_id == old
    assert live(bench) == [("a", "GOOGLE_CLOUD_PUBSUB")]


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.usefixtures("old")
def test_in_a_full_project_the_old_one_goes_first_and_is_not_renamed(
    bench: Bench, acts: bool
) -> None:
    """There is no time at which both are there, so there is nothing to remember."""
    others = [declared(f"other{number}") for number in range(9)]
    bench.apply(*others, prune=Prune.NONE)
    bench.cloud.calls.clear()
    bench.cloud.fail("*/dataconnectors/*", method="DELETE", drop=True, acts=acts)

    [outcome] = bench.apply(*others, WANTED, prune=Prune.NONE)

    assert outcome.status is Status.DONE
    assert "PATCH" not in methods(bench)
    assert ("a", "HTTP_PUSH") in live(bench)
    assert len(bench.live()) == 10


def test_the_name_of_what_is_replaced_is_short() -> None:
    """Nobody knows how long a display name may be."""
    assert retired("Ingest") == "Ingest [replaced by dcsync]"

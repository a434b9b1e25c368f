"""Which operations are followed by a :sync, and what syncing named connectors comes to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from dcsync.apply import Outcome, Status, Sync, sync_all, syncs_of
from dcsync.apply.sync import wants_sync
from dcsync.cloud import Reader, Writer
from dcsync.errors import CloudError
from dcsync.model import (
    AwsSqsConfig,
    AzureEventHubConfig,
    AzureServiceBusConfig,
    Config,
    Declared,
    DeclaredProject,
    GoogleCloudPubsubConfig,
    HttpPushConfig,
    Policy,
    Prune,
    field_path,
)
from dcsync.model.path import LABELS
from dcsync.plan import Change, Create, Delete, Narrowing, Operation, Replace, Update
from tests.apply.conftest import POSITION, PROJECT, Bench, declared

TOLD = ("oslo/a", "oslo", PROJECT, "id", "a", "", POSITION)
PROJECT_A = DeclaredProject(
    PROJECT, "oslo", Policy(Prune.NONE), (declared("a"), declared("b")), POSITION
)


def update(path: str, after: str | None = "new") -> Update:
    return Update(
        *TOLD, changes=(Change(LABELS, (), ("x",)), Change(field_path(path), "old", after))
    )


@pytest.mark.parametrize(
    ("operation", "wanted", "others"),
    [
        (Create(*TOLD), {"create"}, {"enable", "endpoint"}),
        (Replace(*TOLD), {"create", "endpoint"}, {"enable"}),
        (update("status", "ACTIVE"), {"enable"}, {"create", "endpoint"}),
        (update("status", "USER_DISABLED"), set(), {"create", "enable", "endpoint"}),
        (update("display_name", "ACTIVE"), set(), {"create", "enable", "endpoint"}),
        (update("config.url"), {"endpoint"}, {"create", "enable"}),
        (update("config.audience"), set(), {"create", "enable", "endpoint"}),
        (Delete(*TOLD), set(), {"create", "enable", "endpoint"}),
    ],
)
def test_an_operation_is_followed_by_a_sync_where_its_kind_is_named(
    operation: Operation, wanted: set[str], others: set[str]
) -> None:
    """Creating, enabling and sending elsewhere are three things; a replace is two of them."""
    for kind in wanted | others:
        assert wants_sync(operation, declared("a", sync_after=(kind,))) == (kind in wanted)
    assert not wants_sync(operation, declared("a"))


@pytest.mark.parametrize(
    ("config", "path"),
    [
        (HttpPushConfig("https://a.example.com"), "url"),
        (GoogleCloudPubsubConfig("projects/g/topics/t"), "topic"),
        (AwsSqsConfig("https://sqs.example.com/q"), "queue_url"),
        (AzureServiceBusConfig("sb://a.example.com/q"), "url"),
        (AzureEventHubConfig("sb://a.example.com/h"), "url"),
    ],
)
def test_each_type_has_an_endpoint(config: Config, path: str) -> None:
    """Where it sends to is what its type calls it, and nothing else of its config."""
    wanted = declared("a", type=config.type, config=config, sync_after=("endpoint",))

    assert wants_sync(update(f"config.{path}"), wanted)
    assert not wants_sync(update("config.audience"), wanted)
    assert not wants_sync(update("labels"), wanted)


def test_an_unknown_type_has_no_endpoint() -> None:
    """Whatever of it is updated."""
    wanted = declared("a", type="MQTT_PUSH", sync_after=("endpoint",))

    assert not wants_sync(update("config.url"), wanted)


@pytest.fixture
def ticks(bench: Bench) -> Iterator[int]:
    """A clock that moves by one with each look."""
    assert bench
    return iter(count(5))


def outcomes_of(
    bench: Bench, syncs: tuple[Sync, ...], ticks: Iterator[int], *, stopped: bool = False
) -> list[Outcome]:
    return list(
        sync_all(
            syncs,
            Writer(bench.client),
            parallelism=1,
            clock=lambda: float(next(ticks)),
            stopped=lambda: stopped,
            starting=started.append,
        )
    )


started: list[Sync] = []


def test_named_connectors_are_synced_and_told_one_by_one(
    bench: Bench, ticks: Iterator[int]
) -> None:
    """Each with its id and time; one that is not live fails without a call."""
    bench.apply(declared("a"))
    started.clear()
    listing = Reader(bench.client).list_data_connectors(PROJECT)
    syncs = syncs_of(PROJECT_A, Narrowing(), listing)
    bench.cloud.calls.clear()

    first, second = outcomes_of(bench, syncs, ticks)

    assert (first.status, first.error, first.seconds) == (Status.DONE, "", 1.0)
    assert first.data_connector_id == bench.id_of("a")
    assert (second.status, second.data_connector_id) == (Status.FAILED, "")
    assert "it is not live; 'dcsync apply' creates it" in second.error
    assert [each.path.rpartition(":")[2] for each in bench.cloud.calls] == ["sync"]
    assert started == list(syncs)
    assert {(each.project_key, each.project_id, each.source) for each in syncs} == {
        ("oslo", PROJECT, POSITION)
    }
    assert [each.display_name for each in syncs] == ["a", "b"]


def test_a_sync_that_fails_says_why(bench: Bench, ticks: Iterator[int]) -> None:
    """The call, its status and the cloud's reason."""
    bench.apply(declared("a"))
    listing = Reader(bench.client).list_data_connectors(PROJECT)
    bench.cloud.fail("*:sync", status=400)

    [outcome] = outcomes_of(
        bench, syncs_of(PROJECT_A, Narrowing(addresses=("*/a",)), listing), ticks
    )

    assert outcome.status is Status.FAILED
    assert ":sync: 400" in outcome.error


def test_once_stopped_nothing_more_is_synced(bench: Bench, ticks: Iterator[int]) -> None:
    """What did not have its turn is told as such, with its connector."""
    bench.apply(declared("a"))
    listing = Reader(bench.client).list_data_connectors(PROJECT)
    syncs = syncs_of(PROJECT_A, Narrowing(addresses=("*/a",)), listing)

    [outcome] = outcomes_of(bench, syncs, ticks, stopped=True)

    assert outcome == Outcome(
        syncs[0], Status.NOT_ATTEMPTED, "interrupted before its turn", bench.id_of("a")
    )


def test_what_cannot_be_listed_or_matched_is_an_obstacle_of_each() -> None:
    """Nobody is synced on a guess."""
    pinned = declared("a", data_connector_id="c0000000000000000000")
    project = DeclaredProject(PROJECT, "oslo", Policy(Prune.NONE), (pinned,), POSITION)

    [unlisted] = syncs_of(project, Narrowing(), CloudError("no answer"))
    [unmatched] = syncs_of(project, Narrowing(), ())

    assert unlisted.obstacle == "no answer"
    assert "no live connector has the id c0000000000000000000" in unmatched.obstacle


def test_the_end_of_a_stopped_replace_is_not_followed_by_a_sync(bench: Bench) -> None:
    """The new connector was synced when it was made; the old one is gone."""
    wanted: Declared = declared("a", sync_after=("create", "endpoint", "enable"))
    bench.apply(wanted)
    left = {"displayName": "a [replaced by dcsync]", "type": "GOOGLE_CLOUD_PUBSUB"}
    bench.cloud.add_connector(PROJECT, {**left, "pubsubConfig": {"topic": "t", "audience": "x"}})
    bench.cloud.calls.clear()

    [outcome] = bench.apply(wanted)

    assert (outcome.operation.action, outcome.status) == ("delete", Status.DONE)
    assert not any(each.path.endswith(":sync") for each in bench.cloud.calls)

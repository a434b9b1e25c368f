"""Each field is updated alone, and each type is told apart by where it sends to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from dcsync import cloud as api
from dcsync.apply import Outcome, Status
from dcsync.apply.side_by_side import side_by_side
from dcsync.errors import CloudError, ConnectionFailed, CredentialsError
from dcsync.model import CONFIG_CLASSES, ConnectorPatch, HttpPushConfig, Prune
from dcsync.plan import Create
from tests.apply.conftest import PROJECT, Bench, declared

URL = "https://a.example.com/dt"


@pytest.fixture
def patches(monkeypatch: pytest.MonkeyPatch) -> list[ConnectorPatch]:
    """Every patch that is sent."""
    sent: list[ConnectorPatch] = []
    update = api.Writer.update_data_connector

    def keep(
        self: api.Writer, project_id: str, key: str, patch: ConnectorPatch, **rest: Any
    ) -> Any:
        sent.append(patch)
        return update(self, project_id, key, patch, **rest)

    monkeypatch.setattr(api.Writer, "update_data_connector", keep)
    return sent


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "USER_DISABLED"}, ConnectorPatch(status="USER_DISABLED")),
        ({"event_types": ("touch",)}, ConnectorPatch(event_types=("touch",))),
        ({"labels": ("name",)}, ConnectorPatch(labels=("name",))),
        (
            {"url": "https://b.example.com"},
            ConnectorPatch(config=HttpPushConfig("https://b.example.com", "s", {})),
        ),
        (
            {"headers": {"X-Env": "x"}, "status": "USER_DISABLED"},
            ConnectorPatch(status="USER_DISABLED", config=HttpPushConfig(URL, "s", {"X-Env": "x"})),
        ),
    ],
)
def test_an_update_sends_what_differs_and_nothing_else(
    bench: Bench, patches: list[ConnectorPatch], change: dict[str, Any], expected: ConnectorPatch
) -> None:
    """Of the config everything, since it may be replaced as a whole; no call but the PATCH."""
    bench.apply(declared("a", signature_secret="s"))
    bench.cloud.calls.clear()
    wanted = declared("a", signature_secret="s", **change)

    [outcome] = bench.apply(wanted)

    assert (outcome.status, outcome.error) == (Status.DONE, "")
    assert patches == [expected]
    assert [each.method for each in bench.cloud.calls] == ["GET", "PATCH"]
    assert bench.plan(wanted).operations == ()


def test_a_rename_sends_the_name_alone(bench: Bench, patches: list[ConnectorPatch]) -> None:
    """Pinned by its id, only its display name differs."""
    bench.apply(declared("a"))
    wanted = declared("b", data_connector_id=bench.id_of("a"))

    [outcome] = bench.apply(wanted)

    assert outcome.status is Status.DONE
    assert patches == [ConnectorPatch(display_name="b")]
    assert bench.names() == ["b"]


KINDS = {
    "url": ("HTTP_PUSH", "httpConfig", {"url": "https://ours.example.com"}),
    "topic": ("GOOGLE_CLOUD_PUBSUB", "pubsubConfig", {"topic": "projects/ours/topics/t"}),
}


@pytest.mark.parametrize("field", KINDS)
@pytest.mark.parametrize("same", [True, False])
def test_after_a_lost_create_only_one_with_the_same_endpoint_is_taken_for_it(
    bench: Bench, field: str, same: bool
) -> None:
    """One that sends elsewhere is somebody else's: this run's own is sent again, and taken back."""
    kind, key, config = KINDS[field]
    wanted = declared("new", type=kind, config=CONFIG_CLASSES[kind](**config))
    theirs = {field: config[field] if same else config[field].replace("ours", "theirs")}
    resource = {"displayName": "new", "type": kind, key: theirs}
    bench.cloud.fail("*/dataconnectors", method="POST", drop=True)

    [outcome] = bench.apply(wanted, behind=lambda: bench.cloud.add_connector(PROJECT, resource))

    assert bench.cloud.calls.count("POST", "dataconnectors") == (1 if same else 2)
    assert (outcome.status is Status.DONE) == same
    assert len(bench.live()) == 1


@pytest.mark.parametrize("error", [ConnectionFailed("refused"), CredentialsError("no key")])
def test_a_create_that_certainly_did_nothing_is_not_looked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: CloudError
) -> None:
    """It never reached the server: there is nothing to find, and nothing was changed."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(api.Writer, "create_data_connector", fail)

    [outcome] = bench.apply(declared("new"))

    assert (outcome.status, outcome.changed, outcome.error) == (Status.FAILED, False, str(error))
    assert [each.method for each in bench.cloud.calls if "dataconn" in each.path] == ["GET"]
    assert bench.settles == []


def test_what_cannot_be_listed_again_and_what_is_interrupted_keep_their_ids(bench: Bench) -> None:
    """The report says which connector it is about."""
    bench.apply(declared("a"))
    wanted = declared("a", labels=("name",))
    bench.cloud.fail("*/dataconnectors", method="GET", status=403, after=1)
    [unlisted] = bench.apply(wanted, age_s=61.0)
    bench.stopped = lambda: True
    [stopped] = bench.apply(wanted, prune=Prune.NONE)

    assert (unlisted.status, unlisted.data_connector_id) == (Status.FAILED, bench.id_of("a"))
    assert "too old and cannot be renewed" in unlisted.error
    assert (stopped.status, stopped.data_connector_id) == (
        Status.NOT_ATTEMPTED,
        bench.id_of("a"),
    )
    assert stopped.error == "interrupted before its turn"


def test_a_project_that_is_declared_no_more_is_carried_out_too(bench: Bench) -> None:
    """With --base a project may be planned of which no file says anything any more."""
    bench.apply(declared("a"))
    plan = bench.plan()
    live = {PROJECT: api.Reader(bench.client).list_data_connectors(PROJECT)}

    [outcome] = replace(bench.engine((), live), declared={}).run(plan)

    assert (outcome.operation.action, outcome.status) == ("delete", Status.DONE)


def test_a_bug_in_a_projects_work_comes_out_where_the_outcomes_are_read() -> None:
    """It is not swallowed by the thread that met it."""

    def work(items: Sequence[Create]) -> Iterator[Outcome]:
        yield Outcome(items[0], Status.DONE, seconds=1 / 0)

    operation = Create("oslo/a", "oslo", PROJECT, "", "a", "", None)

    with pytest.raises(ZeroDivisionError):
        list(side_by_side([operation], work, 1))

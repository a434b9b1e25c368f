"""Between the plan and a project's turn somebody else may have been there."""

from __future__ import annotations

from dcsync import cloud as api
from dcsync.apply import Status
from dcsync.model import ConnectorPatch
from tests.apply.conftest import PROJECT, Bench, declared

OLD_S = 61.0
TWIN = {
    "displayName": "new",
    "type": "HTTP_PUSH",
    "httpConfig": {"url": "https://a.example.com/dt"},
}


def listings(bench: Bench) -> int:
    return bench.cloud.calls.count("GET", "dataconnectors")


def test_a_young_listing_is_not_renewed(bench: Bench) -> None:
    """Within a minute, applying costs one call for each operation and a look after its creates."""
    bench.apply(declared("new"), age_s=59.0)

    assert listings(bench) == 2


def test_an_old_listing_is_renewed_once(bench: Bench) -> None:
    """After a minute the project is listed once more, and what did not change is carried out."""
    bench.apply(declared("changed"), declared("gone"))
    bench.cloud.calls.clear()

    outcomes = bench.apply(declared("changed", labels=("name",)), declared("new"), age_s=OLD_S)

    assert {each.status for each in outcomes} == {Status.DONE}
    assert listings(bench) == 3  # the plan's, the renewed one, and the look after the create


def test_a_connector_that_somebody_changed_is_refused(bench: Bench) -> None:
    """The change of somebody else is not overwritten, the other operations go on."""
    bench.apply(declared("changed"), declared("other"))
    labels = ("name",)

    outcomes = bench.apply(
        declared("changed", labels=labels),
        declared("other", labels=labels),
        behind=lambda: bench.patch("changed", ConnectorPatch(status="USER_DISABLED")),
        age_s=OLD_S,
    )

    assert [each.status for each in outcomes] == [Status.REFUSED, Status.DONE]
    assert "somebody changed this connector" in outcomes[0].error


def test_a_create_whose_name_is_live_by_now_is_refused(bench: Bench) -> None:
    """Another run created it meanwhile: no twin is made."""
    outcomes = bench.apply(
        declared("new"), behind=lambda: bench.cloud.add_connector(PROJECT, TWIN), age_s=OLD_S
    )

    assert [each.status for each in outcomes] == [Status.REFUSED]
    assert bench.names() == ["new"]


def test_a_connector_that_is_gone_is_not_updated_and_counts_as_deleted(bench: Bench) -> None:
    """An update of what is gone is refused; a delete of it is done."""
    bench.apply(declared("changed"), declared("gone"))
    writer = api.Writer(bench.client)

    def delete_both() -> None:
        for each in bench.live():
            writer.delete_data_connector(PROJECT, str(each["name"]).rpartition("/")[2])

    outcomes = bench.apply(declared("changed", labels=("name",)), behind=delete_both, age_s=OLD_S)

    assert [each.status for each in outcomes] == [Status.REFUSED, Status.DONE]


def test_an_old_listing_that_cannot_be_renewed_fails_its_project(bench: Bench) -> None:
    """Nothing is done on the strength of a listing that may be wrong."""
    outcomes = bench.apply(
        declared("new"),
        behind=lambda: bench.cloud.fail(method="GET", path="*/dataconnectors", status=403),
        age_s=OLD_S,
    )

    assert [each.status for each in outcomes] == [Status.FAILED]
    assert bench.names() == []


def test_a_create_whose_name_somebody_gave_to_another_is_refused(bench: Bench) -> None:
    """A connector that was renamed meanwhile has the name, too."""
    bench.apply(declared("old"))
    outcomes = bench.apply(
        declared("old"),
        declared("new"),
        behind=lambda: bench.patch("old", ConnectorPatch(display_name="new")),
        age_s=OLD_S,
    )

    assert [each.status for each in outcomes] == [Status.REFUSED]
    assert bench.names() == ["new"]


def test_a_replace_whose_successor_is_live_by_now_is_refused(bench: Bench) -> None:
    """Another run was faster with the first half: no second successor is made."""
    pubsub = {"topic": "projects/g/topics/t", "audience": "x"}
    resource = {"displayName": "new", "type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": pubsub}
    bench.cloud.add_connector(PROJECT, resource)

    outcomes = bench.apply(
        declared("new"), behind=lambda: bench.cloud.add_connector(PROJECT, TWIN), age_s=OLD_S
    )

    assert [each.status for each in outcomes] == [Status.REFUSED]
    assert len(bench.live()) == 2


def test_what_is_blocked_stays_refused_where_the_listing_cannot_be_renewed(bench: Bench) -> None:
    """It would not have been carried out either way."""
    full = [declared(f"c{number:02}") for number in range(11)]

    outcomes = bench.apply(
        *full,
        behind=lambda: bench.cloud.fail(method="GET", path="*/dataconnectors", status=403),
        age_s=OLD_S,
    )

    statuses = [each.status for each in outcomes]
    assert statuses == [Status.FAILED] * 10 + [Status.REFUSED]

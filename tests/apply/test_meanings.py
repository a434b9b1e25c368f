"""What nobody knows of the API may be one way or the other: applying works with either."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync.apply import Status
from dcsync.model import Secret
from tests.apply.conftest import PROJECT, Bench, declared

MEANINGS: dict[str, Any] = {
    "write_answers": ("json", "created", "no_content"),
    "list_order": ("newest", "shuffled"),
    "null_foreign_configs": (True,),
    "default_labels": (("name",),),
    "unknown_fields": ("reject",),
    "require_cloud_config": (True,),
    "foreign_config": ("ignore",),
    "update_mask": ("ignore",),
    "config_patch": ("replace",),
    "type_change": ("ignore",),
    "empty_patch": ("reject",),
    "system_disabled_by_client": ("ignore",),
    "second_delete": ("ok",),
    "sync_disabled": ("reject",),
}
CASES = [(name, value) for name, values in MEANINGS.items() for value in values]


@pytest.mark.parametrize(("switch", "value"), CASES)
def test_everything_works_with_either_meaning(bench: Bench, switch: str, value: Any) -> None:
    """Creates, updates, a replace and a delete are done, and then there is nothing more to do."""
    bench.cloud.switch(**{switch: value})
    pubsub = {"topic": "projects/g/topics/t", "audience": "//iam.googleapis.com/x"}
    old = {"displayName": "typed", "type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": pubsub}
    bench.cloud.add_connector(PROJECT, old)
    secret = Secret("a-secret-of-theirs")
    before = bench.apply(
        declared("a", labels=("x",), event_types=("touch",), signature_secret=secret),
        declared("gone", status="USER_DISABLED"),
        declared("typed"),
    )
    wanted = (
        declared("a", headers={"X-Env": "1"}),
        declared("b", status="USER_DISABLED", sync_after=("endpoint",)),
        declared("typed", status="ACTIVE"),
    )

    after = bench.apply(*wanted)

    assert [each.operation.action for each in before] == ["replace", "create", "create"]
    assert [each.operation.action for each in after] == ["update", "create", "delete"]
    assert {each.status for each in (*before, *after)} == {Status.DONE}
    assert bench.plan(*wanted).operations == ()
    live = next(each for each in bench.live() if each["displayName"] == "a")
    assert live["httpConfig"]["signatureSecret"] == "a-secret-of-theirs"

"""Rotating a secret loses nothing, even where retries keep their old signature."""

from __future__ import annotations

from queue import SimpleQueue

import pytest
import requests

from dcsync import emulator
from dcsync.model import Secret
from dcsync.receive import Endpoint, FaultInjection, PushResponse, SharedSecret, serving


@pytest.mark.parametrize(("resigns", "signer"), [(False, "OLD"), (True, "NEW")])
def test_a_retry_after_the_rotation_is_taken(resigns: bool, signer: str) -> None:
    """A retry is good whichever secret it bears: the old one is needed until the queue is empty."""
    answers: SimpleQueue[PushResponse] = SimpleQueue()
    throws = iter([0.0, 1.0, 1.0])
    clock = emulator.ManualClock()
    secrets = {"NEW": Secret("n3w"), "OLD": Secret("0ld")}
    endpoint = Endpoint(
        [SharedSecret(secrets, now_s=clock.now)], FaultInjection(0.5, random=lambda: next(throws))
    )
    with (
        serving(endpoint, 0, answers.put) as url,
        emulator.running(rate_limit=None, resign_retries=resigns, clock=clock) as cloud,
    ):
        project = cloud.add_project("Oslo")
        config = {"url": url, "signatureSecret": "0ld"}
        connector = cloud.add_connector(project, {"type": "HTTP_PUSH", "httpConfig": config})
        device = cloud.add_device(project, "touch")
        cloud.publish(project, device, "touch", {})
        assert answers.get(timeout=10).outcome == "failed"

        requests.patch(
            f"{cloud.api_url}/projects/{project}/dataconnectors/{connector}",
            auth=(cloud.account.key_id, cloud.account.secret),
            json={"httpConfig": {"signatureSecret": "n3w"}},
            timeout=10,
        ).raise_for_status()
        clock.advance(2)
        retry = answers.get(timeout=10).accepted
        cloud.publish(project, device, "touch", {})
        fresh = answers.get(timeout=10).accepted

    assert retry is not None
    assert fresh is not None
    assert (retry.signer, fresh.signer) == (signer, "NEW")

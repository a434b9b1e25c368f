"""Calls for several devices: what they could not do, and responses that are no such thing."""

from __future__ import annotations

from typing import Any

import pytest

import dcsync as dt
from dcsync import errors
from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer

pytestmark = pytest.mark.usefixtures("pointed")


@pytest.mark.parametrize("body", [{}, {"batchErrors": None}, {"batchErrors": []}])
def test_no_errors(body: dict[str, Any], server: ScriptedServer) -> None:
    """An empty list, however the API writes it, means that everything was done."""
    server.say(Say(body=body))

    assert dt.Device.set_label("d", PROJECT, "floor", "2") == []


@pytest.mark.parametrize("found", ["none", {"d": 1}, [1], ["d"], [[]], 7])
def test_what_is_no_list_of_errors(found: object, server: ScriptedServer) -> None:
    """Success is said only of what was understood."""
    server.say(Say(body={"batchErrors": found}), Say(body={"transferErrors": found}))

    with pytest.raises(errors.InvalidResponse, match="batchErrors"):
        dt.Device.remove_label("d", PROJECT, "floor")
    with pytest.raises(errors.InvalidResponse, match="transferErrors"):
        dt.Device.transfer_devices(["d"], PROJECT, "t")


def test_an_error_that_says_little(server: ScriptedServer) -> None:
    """What an error leaves out is empty; its raw JSON is there."""
    server.say(Say(body={"batchErrors": [{"device": "d", "status": None}]}))

    (error,) = dt.Device.set_label("d", PROJECT, "floor", "2")

    assert (error.device_id, error.status_code, error.message) == ("", "", "")
    assert error.raw == {"device": "d", "status": None}


def test_what_may_be_sent_again(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels are set once more after a server error, a transfer is not: it may have happened."""
    monkeypatch.setattr("dcsync.cloud.attempts.Attempts.back_off", lambda *_: None)
    server.otherwise = Say(503)

    with pytest.raises(errors.ServerError):
        dt.Device.set_label("d", PROJECT, "floor", "2", request_attempts=3)
    assert len(server.calls) == 3
    with pytest.raises(errors.ServerError):
        dt.Device.transfer_devices(["d"], PROJECT, "t", request_attempts=3)
    assert len(server.calls) == 4


def test_a_client_has_them_too(server: ScriptedServer) -> None:
    """A Client's own Device sets labels with its credentials and settings."""
    server.say(Say(body={"batchErrors": []}))
    client = dt.Client(dt.default_auth, base_url=server.api_url)

    assert client.Device.batch_update_labels(["a", "b"], PROJECT, {"k": "v"}) == []
    assert server.calls[0].json["addLabels"] == {"k": "v"}

"""`watch --forward-to` as a process: what the endpoint gets, and what is said about it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dtintegrations import data_connector

from dcsync import emulator
from dcsync.session.events import forwarding
from tests.emulator.conftest import Endpoint, listening
from tests.watch.conftest import Run
from tests.watch.test_watch_command import Watch

OSLO = "c0md3pm0p7bet3vico8g"
SECRET = "a secret of at least 32 bytes, or PyJWT warns"
DECLARATION = f"""
dcsync: 1
project: {OSLO}
policy: {{prune: none}}
connectors:
  ingest:
    event_types: [temperature]
    labels: [name]
    config:
      url: https://ingest.example.com
      signature_secret: "${{env:INGEST_SECRET}}"
      headers: {{X-Env: "${{env:INGEST_ENV}}"}}
  archive:
    config: {{url: https://archive.example.com, signature_secret: "${{env:ARCHIVE_SECRET}}"}}
  queue:
    type: AWS_SQS
    event_types: [touch]
    config:
      {{queue_url: https://sqs.example.com/q, aws_role_arn: "arn:aws:iam::1:role/r", audience: a}}
"""
NOWHERE = "http://127.0.0.1:9/dt"

Start = Callable[..., Watch]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def fridge(cloud: emulator.Emulator, tmp_path: Path) -> str:
    (tmp_path / "connectors.yaml").write_text(DECLARATION)
    cloud.add_project("Oslo", OSLO)
    return cloud.add_device(OSLO, "temperature", {"name": "Fridge", "room": "99"})


@pytest.fixture
def start(cloud: emulator.Emulator, tmp_path: Path, fridge: str) -> Iterator[Start]:  # noqa: ARG001 - declares
    """Starts `dcsync watch`; what still runs at the end is killed."""
    watches: list[Watch] = []

    def start(*arguments: str, **environ: str) -> Watch:
        known = {"INGEST_SECRET": SECRET, "INGEST_ENV": "staging", "ARCHIVE_SECRET": "other"}
        watches.append(Watch(tmp_path, {**cloud.environ, **known, **environ}, *arguments))
        return watches[-1]

    yield start
    for watch in watches:
        watch.process.kill()
        watch.process.communicate()


def send(cloud: emulator.Emulator, device: str, *values: float) -> list[str]:
    return [
        str(cloud.publish(OSLO, device, "temperature", {"value": value})["eventId"])
        for value in values
    ]


@pytest.mark.slow
def test_the_receiver_library_takes_what_is_forwarded(
    cloud: emulator.Emulator, fridge: str, start: Start, endpoint: Endpoint
) -> None:
    """Body, declared labels, headers and signature are those of the declared connector."""
    path = f"{OSLO}/ingest"
    watch = start(path, "--count", "1", "--forward-to", endpoint.url)
    [event_id] = send(cloud, fridge, 4.5)
    code, out, err = watch.end()

    assert code == 0, err
    assert out.rstrip().endswith(" ms]")
    assert f"[{path}: 200 in " in out
    assert err.splitlines()[-1] == "delivered 1, failed attempts 0, not delivered 0"
    [(headers, body)] = endpoint.received
    push = data_connector.HttpPush(dict(headers), body, SECRET)
    assert (push.event.event_id, push.labels) == (event_id, {"name": "Fridge"})
    assert headers["X-Env"] == "staging"
    assert json.loads(body)["metadata"]["deviceType"] == "temperature"


@pytest.mark.slow
def test_each_connector_that_takes_an_event_delivers_it(
    cloud: emulator.Emulator, fridge: str, start: Start, endpoint: Endpoint
) -> None:
    """Each with its own secret; a queue's deliveries are not signed; labels choose no devices."""
    cloud.add_device(OSLO, "touch", {})
    watch = start("--count", "2", "--forward-to", endpoint.url, "--format", "json")
    assert watch.first_words == f"{OSLO}/queue: AWS_SQS has no headers and no signature"
    assert watch.words() == "watching 3 connectors in 1 project"
    send(cloud, fridge, 4.5)
    bare = cloud.add_device(OSLO, "touch", {})
    cloud.publish(OSLO, bare, "touch")
    code, out, err = watch.end()

    assert code == 0, err
    lines = [json.loads(line) for line in out.splitlines()]
    assert sorted((each["eventType"], each["delivery"]["address"]) for each in lines) == [
        ("temperature", f"{OSLO}/archive"),
        ("temperature", f"{OSLO}/ingest"),
        ("touch", f"{OSLO}/archive"),
        ("touch", f"{OSLO}/queue"),
    ]
    assert {each["delivery"]["status"] for each in lines} == {200}
    signed = sorted("X-Dt-Signature" in headers for headers, _ in endpoint.received)
    assert signed == [False, True, True, True]


@pytest.mark.slow
def test_what_is_refused_is_tried_again_in_order(
    cloud: emulator.Emulator, fridge: str, start: Start, endpoint: Endpoint
) -> None:
    """A line an attempt, with the back-off; nothing of the device overtakes it."""
    endpoint.statuses = [500, 404]
    watch = start(f"{OSLO}/ingest", "--count", "3", "--forward-to", endpoint.url)
    ids = send(cloud, fridge, 1, 2, 3)
    code, out, err = watch.end()

    assert code == 0, err
    assert endpoint.event_ids == [ids[0], ids[0], *ids]
    marks = [line.partition("[")[2] for line in out.splitlines()]
    assert [mark.split(": ")[1].split(" ")[0] for mark in marks] == ["500", "404", *["200"] * 3]
    assert [", retrying in " in mark for mark in marks] == [True, True, False, False, False]
    assert err.splitlines()[-1] == "delivered 3, failed attempts 2, not delivered 0"


@pytest.mark.parametrize("ending", ["count", "signal"])
def test_what_is_not_delivered_is_reported(
    ending: str,
    cloud: emulator.Emulator,
    fridge: str,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An endpoint that is down makes a watch incomplete, and names the way to make up for it."""
    monkeypatch.setattr(forwarding, "FAREWELL_S", 0.0)
    monkeypatch.setenv("INGEST_SECRET", SECRET)
    monkeypatch.setenv("INGEST_ENV", "staging")
    oldest = cloud.publish(OSLO, fridge, "temperature", {"value": 1})["timestamp"]
    send(cloud, fridge, 2)
    options = ("--count", "2") if ending == "count" else ("--duration", "5")
    if ending == "signal":
        monkeypatch.setattr(
            forwarding.Forwarder, "_report", lambda *_: os.kill(os.getpid(), signal.SIGINT)
        )
    done = run("watch", f"{OSLO}/ingest", "--since", "1h", "--forward-to", NOWHERE, *options)

    assert done.returncode == 4, done.stderr
    *_, summary, line = done.stderr.splitlines()
    assert summary.endswith("not delivered 2")
    assert line == (
        f"incomplete: {OSLO}/ingest: 2 events not delivered, the oldest of {oldest}: see "
        f"'dcsync backfill {OSLO}/ingest --since {oldest} --to URL'"
    )


@pytest.mark.slow
def test_a_full_queue_does_not_hold_the_end(
    cloud: emulator.Emulator, fridge: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends a watch that is held back by an endpoint that is down; all is accounted for."""
    monkeypatch.setattr(forwarding, "FAREWELL_S", 0.0)
    monkeypatch.setattr(forwarding.Forwarder, "_report", interrupting(after=1))
    monkeypatch.setenv("INGEST_SECRET", SECRET)
    monkeypatch.setenv("INGEST_ENV", "staging")
    send(cloud, fridge, *range(150))

    done = run(
        *("watch", f"{OSLO}/ingest", "--since", "1h"),
        *("--forward-to", NOWHERE, "--max-in-flight", "1"),
    )

    assert done.returncode == 4, done.stderr
    assert f"incomplete: {OSLO}/ingest: 150 events not delivered" in done.stderr


def interrupting(after: int) -> Callable[..., None]:
    """Sends SIGINT once, at the so-manieth report."""
    reports = 0

    def report(*_: Any) -> None:
        nonlocal reports
        reports += 1
        if reports == after:
            os.kill(os.getpid(), signal.SIGINT)

    return report


def test_only_secrets_that_are_needed_are_resolved(
    cloud: emulator.Emulator, fridge: str, run: Run, endpoint: Endpoint
) -> None:
    """An unset variable of a chosen connector is an error with its place, another's is nothing."""
    cloud.publish(OSLO, fridge, "touch")

    refused = run("watch", f"{OSLO}/ingest", "--since", "1h", "--forward-to", endpoint.url)
    queue = run(
        *("watch", f"{OSLO}/queue", "--since", "1h", "--count", "1"),
        *("--forward-to", endpoint.url),
    )

    assert refused.returncode == 1
    assert "connectors.yaml:11:" in refused.stderr
    assert "variable INGEST_SECRET is not set" in refused.stderr
    assert "ARCHIVE_SECRET" not in refused.stderr
    assert queue.returncode == 0, queue.stderr
    assert len(endpoint.received) == 1


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--forward-to", "http://staging.example.com/dt"), "https"),
        (("--forward-to", "https://u:hush@staging.example.com/dt"), "user part"),
        (("--forward-to", "staging"), "https"),
        (("--forward-to", ""), "--forward-to: is empty: is a variable not set?"),
        (("--resume", ""), "--resume: is empty: is a variable not set?"),
        (("--forward-to", NOWHERE, "--format", "cloudevents"), "--format text or json"),
    ],
)
@pytest.mark.usefixtures("fridge")
def test_what_is_not_forwarded_to(options: tuple[str, ...], fault: str, run: Run) -> None:
    """Plain http leaves this machine on request only; no message shows a user part."""
    done = run("watch", f"{OSLO}/queue", *options)

    assert done.returncode in (1, 64)
    assert fault in done.stderr
    assert "hush" not in done.stderr


@pytest.mark.slow
def test_what_stays_here_passes_no_proxy(
    cloud: emulator.Emulator, fridge: str, start: Start, endpoint: Endpoint
) -> None:
    """A proxy would read the body and the headers of a delivery to this machine."""
    host = cloud.api_url.split("/")[2]
    watch = start(
        *(f"{OSLO}/ingest", "--count", "1", "--forward-to", endpoint.url),
        http_proxy="http://127.0.0.1:9",
        no_proxy=host,
    )
    send(cloud, fridge, 1)
    code, _, err = watch.end()

    assert code == 0, err
    assert len(endpoint.received) == 1


@pytest.mark.slow
def test_what_was_not_delivered_is_delivered_by_the_next_start(
    cloud: emulator.Emulator,
    fridge: str,
    run: Run,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With `--resume` an event is done with once every connector that takes it has delivered it."""
    monkeypatch.setattr(forwarding, "FAREWELL_S", 0.0)
    for name, value in (("INGEST_SECRET", SECRET), ("INGEST_ENV", "x"), ("ARCHIVE_SECRET", "y")):
        monkeypatch.setenv(name, value)
    addresses = (f"{OSLO}/ingest", f"{OSLO}/archive")
    options = ("watch", *addresses, "--since", "1h", "--resume", "state", "--duration", "3")
    sent = send(cloud, fridge, 1, 2)
    assert run(*options, "--forward-to", NOWHERE).returncode == 4

    monkeypatch.setattr(forwarding, "FAREWELL_S", 10.0)
    assert run(*options, "--forward-to", endpoint.url).returncode == 0
    sent += send(cloud, fridge, 3)
    done = run(*options, "--forward-to", endpoint.url)

    assert done.returncode == 0, done.stderr
    bodies = [json.loads(body)["event"]["eventId"] for _, body in endpoint.received]
    assert sorted(bodies) == sorted(2 * sent)

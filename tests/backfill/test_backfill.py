"""`dcsync backfill` against hours of emulated history: what the receiver has equals it."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.deliver import persistence
from dcsync.emulator.clock import timestamp
from dcsync.session.events import backfilling
from tests.backfill.conftest import Receiver
from tests.watch.conftest import Run, run

__all__ = ["run"]

OSLO = "c0md3pm0p7bet3vico8g"
INGEST = f"{OSLO}/ingest"
SECRET = "a secret of at least 32 bytes, or PyJWT warns"
HOUR_S = 3600.0


@pytest.fixture
def cloud() -> Iterator[emulator.Emulator]:
    """Three devices with 12 hours of a past, a heartbeat a minute."""
    with emulator.running(
        rate_limit=None, past_s=12 * HOUR_S, heartbeat_s=120.0, random_seed=1
    ) as running:
        running.add_project("Oslo", OSLO)
        for number, kind in enumerate(("temperature", "co2", "touch")):
            labels = {"name": f"Device {number}", "room": "99"}
            running.add_device(OSLO, kind, labels, f"dc0t5vro6h15oko0000{number}")
        yield running


@pytest.fixture(autouse=True)
def declared(tmp_path: Path, endpoint: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits take no time; a connector of everything, one of temperatures, and a queue."""
    monkeypatch.setattr(persistence, "FIRST_WAIT_S", 0.0)
    monkeypatch.setenv("INGEST_SECRET", SECRET)
    (tmp_path / "connectors.yaml").write_text(f"""
dcsync: 1
project: {OSLO}
policy: {{prune: none}}
connectors:
  ingest:
    labels: [name]
    config: {{url: "{endpoint.url}", signature_secret: "${{env:INGEST_SECRET}}"}}
  temperatures:
    event_types: [temperature]
    watch: {{device_types: [touch]}}
    config: {{url: "{endpoint.url}/t", headers: {{X-Key: "${{env:UNSET}}"}}}}
  queue:
    type: AWS_SQS
    config:
      {{queue_url: https://sqs.example.com/q, aws_role_arn: "arn:aws:iam::1:role/r", audience: a}}
""")


def history(cloud: emulator.Emulator, since_s: float, *types: str) -> dict[str, list[str]]:
    """The eventIds of each device since a moment, oldest first."""
    found = {}
    for device_id, device in cloud.store.devices.of(OSLO).items():
        past = list(cloud.past.newest_first(device, since_s, cloud.clock.now()))
        sent = [
            event
            for event in (*past, *cloud.store.events.of(device_id).values())
            if not types or event["eventType"] in types
        ]
        sent.sort(key=lambda event: (event["timestamp"], event["eventId"]))
        found[device_id] = [event["eventId"] for event in sent]
    return found


@pytest.mark.slow
def test_what_was_lost_is_delivered_as_the_connector_would(
    cloud: emulator.Emulator, endpoint: Receiver, run: Run
) -> None:
    """Same eventIds, each device's oldest first, signed, with labels as they are."""
    since_s = cloud.clock.now() - 6 * HOUR_S
    since = timestamp(since_s)

    done = run("backfill", INGEST, "--since", since, "--auto-approve")

    assert done.returncode == 0, done.stderr
    wanted = history(cloud, since_s)
    assert endpoint.by_device == wanted
    assert len(endpoint.bodies) == sum(map(len, wanted.values())) > 3 * 6 * 30
    assert {body["labels"]["name"] for body in endpoint.bodies} == {
        "Device 0",
        "Device 1",
        "Device 2",
    }
    assert all(each["X-Dt-Signature"] for each in endpoint.headers)
    assert done.stdout.splitlines()[-1] == (
        f"Backfill: {len(endpoint.bodies)} delivered, failed attempts 0."
    )


def test_event_types_choose_and_the_watch_block_does_not(
    cloud: emulator.Emulator, endpoint: Receiver, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connector would have delivered these; `watch:` is about what is shown."""
    monkeypatch.setenv("UNSET", "set by now")
    since_s = cloud.clock.now() - HOUR_S

    done = run(
        *("backfill", f"{OSLO}/temperatures", "--since", timestamp(since_s)),
        *("--auto-approve", "--format", "json"),
    )

    assert done.returncode == 0, done.stderr
    wanted = {d: ids for d, ids in history(cloud, since_s, "temperature").items() if ids}
    assert endpoint.by_device == wanted
    assert {headers["X-Key"] for headers in endpoint.headers} == {"set by now"}
    assert "not signed" in done.stderr
    report = json.loads(done.stdout)
    [connector] = report["connectors"]
    assert connector["state"] == "done"
    assert connector["events_by_type"] == {"temperature": len(endpoint.bodies)}


def test_until_ends_it(cloud: emulator.Emulator, endpoint: Receiver, run: Run) -> None:
    """What is later was delivered: the connector was mended by then."""
    now_s = cloud.clock.now()
    since, until = timestamp(now_s - 2 * HOUR_S), timestamp(now_s - HOUR_S)

    done = run("backfill", INGEST, "--since", since, "--until", until, "--auto-approve")

    assert done.returncode == 0, done.stderr
    stamps = [body["event"]["timestamp"] for body in endpoint.bodies]
    assert since <= min(stamps)
    assert max(stamps) < until
    assert len(stamps) > 3 * 25


def test_a_dry_run_sends_nothing(endpoint: Receiver, run: Run, tmp_path: Path) -> None:
    """It reads and counts exactly what would be delivered, and remembers nothing."""
    options: tuple[str, ...] = ("backfill", INGEST, "--since", "1h")
    counted = run(*options, "--dry-run", "--format", "json", "--resume", "state")
    assert counted.returncode == 0, counted.stderr
    assert endpoint.attempts == 0
    assert not (tmp_path / "state").exists()

    run(*options, "--auto-approve", "--resume", "state")

    report = json.loads(counted.stdout)
    assert report["summary"]["delivered"] == 0
    assert abs(report["connectors"][0]["events"] - len(endpoint.bodies)) <= 6  # a minute passed


def test_nobody_can_answer(endpoint: Receiver, run: Run) -> None:
    """It says how much it would be, asks, and refuses where nobody answers."""
    done = run("backfill", INGEST, "--since", "1h")

    assert done.returncode == 3
    assert endpoint.attempts == 0
    assert "type yes, or run with --auto-approve" in done.stderr
    assert f"  {INGEST}  " in done.stdout
    assert " events of 3 devices, 3 calls, to http://127.0.0.1" in done.stdout
    report = run("backfill", INGEST, "--since", "1h", "--format", "json", "-q")
    assert report.returncode == 3
    assert json.loads(report.stdout)["refused"].startswith("not approved")
    assert f"  {INGEST}  " in report.stderr


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("queue", "--since", "1h"), 3, "--to URL, or use 'dcsync watch --since TIME"),
        (("temperatures", "--since", "1h"), 1, "variable UNSET is not set"),
        (("ingest", "--since", "40d"), 64, "31 days"),
        (("ingest", "--since", "1h", "--until", "2h"), 64, "--until: must be after --since"),
        (("ingest", "--since", "0s"), 64, "--since: must be before now"),
        (("ingest", "--since", "soon"), 64, "is not a time in the past"),
        (("nothing", "--since", "1h"), 64, "nothing is declared at"),
        (("ingest", "--since", "1h", "--to", "http://far.example.com"), 64, "https"),
        (("ingest",), 64, "--since"),
        (("ingest", "--since", "1h", "--to", ""), 64, "--to: is empty: is a variable not set?"),
        (("ingest", "--since", "1h", "--resume", " "), 64, "--resume: is empty"),
    ],
)
def test_what_is_refused(
    options: tuple[str, ...], code: int, words: str, endpoint: Receiver, run: Run
) -> None:
    """Each with what to do instead, before anything is sent."""
    address, *rest = options
    done = run("backfill", f"{OSLO}/{address}", *rest, "--auto-approve")

    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert endpoint.attempts == 0


def test_a_queue_can_be_filled_elsewhere(endpoint: Receiver, run: Run) -> None:
    """`--to` takes the events of a type that has no endpoint, unsigned."""
    done = run("backfill", f"{OSLO}/queue", "--since", "1h", "--to", endpoint.url, "--auto-approve")

    assert done.returncode == 0, done.stderr
    assert len(endpoint.bodies) > 3 * 25
    assert "X-Dt-Signature" not in endpoint.headers[0]


@pytest.mark.slow
def test_a_failing_endpoint_stops_it_and_skips_nothing(
    cloud: emulator.Emulator, endpoint: Receiver, run: Run
) -> None:
    """What was delivered is remembered; the next start goes on, and nothing is missing."""
    since_s = cloud.clock.now() - 2 * HOUR_S
    options: tuple[str, ...] = ("backfill", INGEST, "--since", timestamp(since_s), "--auto-approve")
    options += ("--resume", "state", "--max-in-flight", "2")
    endpoint.answer = lambda number: 200 if number <= 50 else 500

    stopped = run(*options)
    taken = len(endpoint.bodies)
    endpoint.answer = lambda _: 200
    resumed = run(*options)
    again = run(*options)

    assert stopped.returncode == 5, stopped.stderr
    assert "was not accepted in 6 attempts: 500" in stopped.stdout
    assert "run the same command to continue from there" in stopped.stderr
    assert taken == 50
    assert resumed.returncode == again.returncode == 0, resumed.stderr
    assert resumed.stdout.startswith("Backfill what is left of ")
    assert "Nothing is left to deliver." in again.stdout
    assert endpoint.by_device == history(cloud, since_s)


@pytest.mark.slow
def test_a_disk_that_is_full_ends_in_a_report(run: Run, endpoint: Receiver) -> None:
    """Of what was delivered, and of the file; the next run repeats only what was not noted."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_disk(number: int) -> int:
        if number == 7:
            resource.setrlimit(resource.RLIMIT_FSIZE, (50, before[1]))
        return 200

    endpoint.answer = fill_disk
    arguments = ("backfill", INGEST, "--since", "2h", "--resume", "b.state", "--auto-approve")
    try:
        stopped = run(*arguments, "--format", "json", "--max-in-flight", "1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finished = run(*arguments)

    [connector] = json.loads(stopped.stdout)["connectors"]
    assert (stopped.returncode, connector["state"], connector["events"]) == (5, "stopped", 6)
    assert "b.state: cannot be written: " in connector["error"]
    problem, advice = stopped.stderr.splitlines()[-2:]
    assert problem.startswith("dcsync: b.state: cannot be written: ")
    assert advice == "b.state: run the same command to continue from there"
    assert finished.returncode == 0, finished.stderr
    assert len(endpoint.event_ids) == len(set(endpoint.event_ids)) + 1


def test_nothing_delivered_is_a_failure(
    endpoint: Receiver, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the endpoint takes nothing the exit code says that nothing was changed."""
    monkeypatch.setattr(backfilling, "ATTEMPTS", 1)
    endpoint.answer = lambda _: 401

    done = run("backfill", INGEST, "--since", "1h", "--auto-approve", "--format", "json")

    assert done.returncode == 1
    report = json.loads(done.stdout)["connectors"][0]
    assert (report["state"], report["events"]) == ("stopped", 0)
    assert "401" in report["error"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_endpoint_is_obeyed(
    status: int, cloud: emulator.Emulator, run: Run, endpoint: Receiver
) -> None:
    """Retry-After pauses everything, and uses up no attempt as long as something is taken."""
    since_s = cloud.clock.now() - HOUR_S / 4
    endpoint.retry_after = "0"
    # Two of three devices may hear of a refusal only after the next was taken: ten would be enough.
    endpoint.answer = lambda number: status if number % 10 < 6 else 200

    done = run("backfill", INGEST, "--since", timestamp(since_s), "--auto-approve")

    assert done.returncode == 0, done.stderr
    assert endpoint.by_device == history(cloud, since_s)


def test_a_busy_endpoint_that_takes_nothing_stops_it(run: Run, endpoint: Receiver) -> None:
    """After ten pauses in a row without a delivery it is a failing one."""
    endpoint.retry_after = "0"
    endpoint.answer = lambda _: 503

    done = run("backfill", INGEST, "--since", "1h", "--auto-approve", "--max-in-flight", "1")

    assert done.returncode == 1
    assert "was not accepted in 11 attempts: 503" in done.stdout
    assert endpoint.attempts == 11


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_history_that_cannot_be_read(
    format: str, cloud: emulator.Emulator, endpoint: Receiver, run: Run
) -> None:
    """The API fails in the middle: it stops, says so, and goes on later."""
    since_s = cloud.clock.now() - HOUR_S
    options: tuple[str, ...] = ("backfill", INGEST, "--since", timestamp(since_s), "--auto-approve")
    options += ("--resume", "state", "--max-in-flight", "1", "--format", format)
    fault = cloud.fail(path="*/events", after=4, count=None, status=403)

    stopped = run(*options)
    cloud.heal(fault)
    resumed = run(*options)

    assert stopped.returncode == 5, stopped.stderr
    assert "403" in stopped.stdout
    assert resumed.returncode == 0, resumed.stderr
    assert endpoint.by_device == history(cloud, since_s)


@pytest.mark.parametrize("calls_before", [0, 1])
def test_a_device_that_is_gone(
    calls_before: int, cloud: emulator.Emulator, endpoint: Receiver, run: Run
) -> None:
    """Since the listing, or since it was sampled: the others' history is delivered, its is not,
    which is said."""
    path = "*/devices/*01/events"
    gone = cloud.fail(path=path, count=None, after=calls_before, status=404)

    done = run("backfill", INGEST, "--since", "1h", "--auto-approve")

    assert gone
    assert done.returncode == 5
    assert "no history left, devices: dc0t5vro6h15oko00001" in done.stdout
    assert len(endpoint.by_device) == 2


@pytest.mark.slow
def test_duplicates_of_the_history_are_delivered_once(
    cloud: emulator.Emulator, endpoint: Receiver, run: Run
) -> None:
    """Pages that shift while they are read bring events twice, or odd bounds."""
    cloud.switch(history_end="exclusive", max_events_page_size=7, history_too_old="reject")

    done = run("backfill", INGEST, "--since", "3h", "--auto-approve")

    assert done.returncode == 0, done.stderr
    ids = endpoint.event_ids
    assert len(set(ids)) == len(ids) > 3 * 30


@pytest.mark.slow
@pytest.mark.timeout(180)  # three processes on a busy machine
def test_kills_and_faults_lose_nothing(
    cloud: emulator.Emulator, endpoint: Receiver, tmp_path: Path, run: Run
) -> None:
    """SIGKILL at any delivery, an endpoint and an API with faults: afterwards all is there, in
    order, and of each start at most what was in flight came twice."""
    since_s = cloud.clock.now() - 2 * HOUR_S
    wanted = history(cloud, since_s)
    cloud.fail(path="*/events", count=1, after=5, status=503)
    in_flight, kills = 3, (7, 60)
    options: tuple[str, ...] = ("backfill", INGEST, "--since", timestamp(since_s), "--auto-approve")
    options += ("--resume", "state", "--max-in-flight", str(in_flight))

    codes = [killed(cloud, endpoint, tmp_path, at, *options) for at in kills]
    repeats = len(endpoint.bodies) - len(set(endpoint.event_ids))
    dice = random.Random(7)
    endpoint.answer = lambda _: dice.choice((200,) * 8 + (500, 0))
    resumed = run(*options)

    assert codes == [-signal.SIGKILL] * 2
    assert resumed.returncode == 0, resumed.stderr
    assert endpoint.by_device == wanted
    assert repeats <= len(kills) * in_flight


def killed(
    cloud: emulator.Emulator, endpoint: Receiver, folder: Path, at: int, *options: str
) -> int:
    """Runs the command, killed while its delivery of that number is being answered."""
    started, first = threading.Event(), endpoint.attempts

    def answer(attempt: int) -> int:
        started.wait(30)
        if attempt == first + at:
            process.kill()
        return 200

    endpoint.answer = answer
    process = subprocess.Popen(
        [sys.executable, "-m", "dcsync", *options],
        cwd=folder,
        env={**os.environ, **cloud.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started.set()
    return process.wait(60)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_finishes_what_is_in_flight(
    number: signal.Signals, endpoint: Receiver, cloud: emulator.Emulator, run: Run
) -> None:
    """Exit 130, with the report and the file from which the next start goes on: nothing twice."""
    since_s = cloud.clock.now() - 2 * HOUR_S
    options: tuple[str, ...] = ("backfill", INGEST, "--since", timestamp(since_s), "--auto-approve")
    options += ("--resume", "state", "--max-in-flight", "2")

    def answer(attempt: int) -> int:
        if attempt == 20:
            os.kill(os.getpid(), number)
        return 200

    endpoint.answer = answer
    stopped = run(*options)
    before = len(endpoint.bodies)
    resumed = run(*options)

    assert stopped.returncode == 130, stopped.stderr
    assert f"Backfill: {before} delivered, failed attempts 0." in stopped.stdout
    assert "run the same command to continue from there" in stopped.stderr
    assert resumed.returncode == 0
    assert endpoint.by_device == history(cloud, since_s)
    assert len(set(endpoint.event_ids)) == len(endpoint.event_ids)

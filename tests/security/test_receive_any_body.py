"""No body ends `receive`: whatever is accepted is printed, on one line, and the next one served."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dcsync.emulator.telemetry.event_types import EVENT_TYPES
from tests.examples import examples

KINDS = st.sampled_from(
    [*EVENT_TYPES, "labelsChanged", "", "::error::x", "a\nb", "\ud800", "__class__"]
)
NAMES = st.sampled_from(
    [
        *("eventId", "targetName", "eventType", "data", "timestamp", "labels", "metadata", "name"),
        *(
            "projectId",
            "added",
            "modified",
            "removed",
            "value",
            "state",
            "updateTime",
            *EVENT_TYPES,
        ),
    ]
)
WORDS = st.sampled_from(
    [
        *(
            "",
            "projects/a/devices/b",
            "projects",
            "2026-03-01T12:00:00Z",
            "9999-12-31T23:59:59-23:59",
        ),
        *("0001-01-01T00:00:00+23:59", "\ud800", "\udc00\ud800", "a\nb", "\r", "\x1b[2J", "\u202e"),
        *("{value}", "{0.__class__}", "%s", "##[error]x", "::warning::x", "x" * 5000, "\0"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(max_size=9)
    | KINDS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | WORDS, inner, max_size=4),
    max_leaves=10,
)
EVENTS = st.dictionaries(NAMES, VALUES, max_size=4) | st.fixed_dictionaries(
    {"eventType": KINDS, "data": VALUES, "timestamp": WORDS | VALUES},
    optional={"eventId": VALUES, "targetName": VALUES},
)
PUSHES = st.fixed_dictionaries(
    {"event": EVENTS | VALUES}, optional={"labels": VALUES, "metadata": VALUES}
)


class Receiver:
    """`dcsync receive` as a process whose output is read all the time."""

    def __init__(self, folder: Path, form: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dcsync", "receive", "--format", form],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stderr is not None
        url = self.process.stderr.readline().decode().split()[-1]
        self.connection = http.client.HTTPConnection(url.split("/")[2], timeout=20)
        self.accepted = 0
        self.printed: list[bytes] = []
        self.notes: list[bytes] = []
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,))
            for lines, stream in (
                (self.printed, self.process.stdout),
                (self.notes, self.process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    def push(self, body: bytes) -> int:
        self.connection.request("POST", "/", body)
        answer = self.connection.getresponse()
        answer.read()
        self.accepted += answer.status == 200
        return answer.status

    def end(self) -> int:
        """Its exit code, once everything it printed was read."""
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code


@pytest.fixture(scope="module", params=["text", "json"])
def receiver(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Receiver]:
    """One receiver for all bodies; at the end each that it accepted is a line."""
    started = Receiver(tmp_path_factory.mktemp("receive"), request.param)
    yield started
    last = json.dumps({"event": {"eventId": "the last one"}}).encode()
    assert started.push(last) == 200
    code = started.end()
    assert code == 0, b"".join(started.notes)
    assert len(started.printed) == started.accepted
    assert not any(b"bug" in note or b"Traceback" in note for note in started.notes)
    if request.param == "json":
        for line in started.printed:
            assert isinstance(json.loads(line.decode("ascii"), parse_constant=pytest.fail), dict)


def changed(**data: Any) -> dict[str, Any]:
    return {"event": {"eventType": "labelsChanged", "data": data}}


@pytest.mark.slow
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PUSHES | VALUES)
@example(changed(removed=5))
@example(changed(removed=[{}, [], None]))
@example(changed(added=[1], modified="x"))
@example(changed(added={"a": {"b": []}}))
@example({"event": {"eventId": {"a": []}, "eventType": ["temperature"], "data": []}})
@example({"event": {"eventType": "temperature", "data": {"temperature": 5}}})
@example({"event": {"eventType": "\ud800", "timestamp": 10**400, "targetName": 7}})
@example({"event": {}, "labels": {"name": {}, "a": [1], "b": None}, "metadata": {"projectId": {}}})
def test_any_json_is_printed_or_refused(receiver: Receiver, push: Any) -> None:
    """Any JSON at all: 200 where it is an event of sorts, else 400."""
    is_push = isinstance(push, dict) and isinstance(push.get("event"), dict)
    assert receiver.push(json.dumps(push).encode()) == (200 if is_push else 400)


NESTED = [
    b'{"event":' + b'{"a":' * deep + b"1" + b"}" * deep + b"}" for deep in (70, 400, 900, 50_000)
]
LISTS = [
    b'{"event":{"data":' + b"[" * deep + b"]" * deep + b"}}" for deep in (70, 400, 990, 300_000)
]


@pytest.mark.parametrize(
    "body",
    [
        *NESTED,
        *LISTS,
        b'{"event":{"a":NaN}}',
        b'{"event":{"a":-Infinity}}',
        b'{"event":{"a":1e999}}',
        b'{"event":{"a":' + b"9" * 5000 + b"}}",
        b'{"event":{"a":"\xff"}}',
        b'{"event":{"a":"\xed\xa0\x80"}}',
        b'\xef\xbb\xbf{"event":{}}',
        '{"event":{}}'.encode("utf-16"),
        '{"event":{}}'.encode("utf-32-le"),
        b'{"event":{}}{"event":{}}',
        b'{"event":{},}',
        b"{'event':{}}",
        b"",
        b"\0",
        b"null",
    ],
    ids=lambda body: f"{body[:24]!r} {len(body)}",
)
def test_what_is_no_json_is_refused(receiver: Receiver, body: bytes) -> None:
    """What JSON has no word for, other encodings and deep nesting are answered 400."""
    assert receiver.push(body) == 400


def test_the_last_of_equal_keys_counts(receiver: Receiver) -> None:
    """As every JSON parser in use has it."""
    assert receiver.push(b'{"event":5,"event":{"eventId":"a","eventId":"b"}}') == 200


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_any_bytes_are_refused(receiver: Receiver, body: bytes) -> None:
    """Bytes that are no JSON object are answered 400."""
    assert receiver.push(body) == 400

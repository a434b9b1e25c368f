"""Events from before the cloud started, generated on demand: no memory, no waiting.

A device's event at a time depends on its id and the time only, so every page of a history is
consistent.
"""

from __future__ import annotations

import random
from base64 import b32hexencode
from collections.abc import Iterator
from hashlib import sha256

from dcsync.emulator.clock import timestamp
from dcsync.emulator.telemetry import events
from dcsync.emulator.telemetry.event_types import EVENTS_OF, STATES
from dcsync.emulator.telemetry.life import measurement
from dcsync.emulator.wire import Json

_EVERY = {"networkStatus": 4, "batteryStatus": 96}
"""Heartbeats from one to the next."""


class GeneratedHistory:
    """The history of `span_s` seconds before `until_s`, with a heartbeat every `heartbeat_s`."""

    def __init__(self, until_s: float, span_s: float, heartbeat_s: float) -> None:
        self._from_s, self._until_s = until_s - span_s, until_s
        self._heartbeat_s = heartbeat_s

    def newest_first(self, device: Json, from_s: float, until_s: float) -> Iterator[Json]:
        """The events from `from_s` to `until_s`, both inclusive, by time and then by id."""
        from_s, until_s = max(from_s, self._from_s), min(until_s, self._until_s)
        if from_s >= until_s:
            return
        beat = self._beat(device, until_s)
        while (moment_s := self._moment_s(device, beat)) >= from_s:
            yield from self._at(device, beat, moment_s)
            beat -= 1

    def newest(self, device: Json) -> dict[str, Json]:
        """The last event of each type, as a device reports it."""
        latest: dict[str, Json] = {}
        last = self._beat(device, self._until_s)
        for beat in (last, *(last - last % every for every in _EVERY.values())):
            moment_s = self._moment_s(device, beat)
            for event in self._at(device, beat, moment_s) if moment_s >= self._from_s else ():
                latest.setdefault(event["eventType"], event)
        return latest

    def _beat(self, device: Json, until_s: float) -> int:
        """The number of the last heartbeat up to a time."""
        beat = int(until_s // self._heartbeat_s) + 1
        while self._moment_s(device, beat) > until_s:
            beat -= 1
        return beat

    def _moment_s(self, device: Json, beat: int) -> float:
        """Each device has its own offset; whole microseconds, like timestamps."""
        share = int.from_bytes(sha256(device["name"].encode()).digest()[:2]) / 65536
        return round((beat + share) * self._heartbeat_s, 6)

    def _at(self, device: Json, beat: int, moment_s: float) -> list[Json]:
        dice = random.Random(f"{device['name']} {beat}")  # noqa: S311 - plausible values, not keys
        found = [
            _event(device, event_type, data, moment_s)
            for event_type, data in _payloads(device["type"], beat, dice)
        ]
        return sorted(found, key=lambda event: str(event["eventId"]), reverse=True)


def _payloads(device_type: str, beat: int, dice: random.Random) -> list[tuple[str, Json]]:
    """What a device of this type sends at a heartbeat."""
    possible = EVENTS_OF[device_type]
    own = measurement(device_type, dice)
    changing = [kind for kind in possible if kind in STATES and kind != "probeWireStatus"]
    own += [(kind, {"state": STATES[kind][beat % 2]}) for kind in changing]
    own = [(kind, {"total": beat % 1_000_000} if "total" in data else data) for kind, data in own]
    own = own or [("touch", {})]
    regular = {"networkStatus": {"signalStrength": 70}, "batteryStatus": {"percentage": 90}}
    for kind, every in _EVERY.items():
        if kind in possible and beat % every == 0:
            own.append((kind, dict(regular[kind])))
    return own


def _event(device: Json, event_type: str, data: Json, moment_s: float) -> Json:
    data = {**data, "updateTime": timestamp(moment_s)}
    event = events.of_device(device, event_type, data, moment_s)
    event["eventId"] = _event_id(f"{device['name']} {event_type} {moment_s}", moment_s)
    return event


def _event_id(text: str, moment_s: float) -> str:
    """In the API's format: sorts by time, the rest is derived from the event."""
    raw = (int(moment_s) & 0xFFFFFFFF).to_bytes(4) + sha256(text.encode()).digest()[:8]
    return b32hexencode(raw).decode().lower().rstrip("=")

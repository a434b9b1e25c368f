"""A sample event for an HTTP_PUSH connector's endpoint, signed as the cloud signs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from dcsync.cloud.arrival import Arrival
from dcsync.deliver import Delivery
from dcsync.deliver.post import Poster
from dcsync.doctor.facts import Sample
from dcsync.model import Declared, DeclaredProject
from dcsync.watch.devices import WatchedDevice

DEVICE_ID = "emudcsyncdoctor00000000"
"""An emulated device's id has 23 characters and begins with `emu`: receivers can distinguish the
sample from what sensors send (docs/api.md section 1)."""
EVENT_ID = "dcsyncdoctorsample00"


def sample_for(project: DeclaredProject, declared: Declared, unix_s: float) -> Delivery:
    """A touch event, which every sensor can send, of a device that is named as a sample."""
    time = datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    name = f"projects/{project.project_id}/devices/{DEVICE_ID}"
    event = {
        "eventId": EVENT_ID,
        "targetName": name,
        "eventType": "touch",
        "data": {"touch": {"updateTime": time}},
        "timestamp": time,
    }
    text = json.dumps(event, separators=(",", ":")).encode()
    device = WatchedDevice(DEVICE_ID, "temperature", {"name": "dcsync doctor, a sample"})
    return Delivery(
        declared.address,
        project.project_id,
        device,
        Arrival(EVENT_ID, name, "touch", time, text),
        declared.connector.labels,
    )


def post(delivery: Delivery, poster: Poster, *, is_hidden: bool = False) -> Sample:
    """Post it once. The error names the host unless it is hidden."""
    done = poster(delivery)
    trouble = "it could not be reached" if done.problem and is_hidden else done.problem
    return Sample(delivery.address, done.status, done.seconds, trouble)

"""Publishes a temperature with samples between heartbeats, and reads all samples back as lists."""

import os
from datetime import UTC, datetime, timedelta

import dcsync as dt

DEVICE_ID, PROJECT_ID = os.environ["DEVICE_ID"], os.environ["PROJECT_ID"]

now = datetime.now(UTC).replace(tzinfo=None)  # scripts have datetime.utcnow()
samples = [
    dt.events.TemperatureSample(celsius=22.3 - step, timestamp=now - timedelta(minutes=3 * step))
    for step in range(5)
]
dt.Emulator.publish_event(
    device_id=DEVICE_ID,
    project_id=PROJECT_ID,
    data=dt.events.Temperature(celsius=22.3, timestamp=now, samples=samples),
)

times, values = [], []
for event in dt.EventHistory.list_events(
    device_id=DEVICE_ID,
    project_id=PROJECT_ID,
    event_types=[dt.events.TEMPERATURE],
    start_time=datetime.now(UTC).replace(tzinfo=None) - timedelta(days=7),
):
    times += [sample.timestamp for sample in event.data.samples]
    values += [sample.celsius for sample in event.data.samples]

print(values)
print(len(times), times[0].utcoffset())

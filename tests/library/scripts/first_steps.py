"""A sensor, a label, its history and what it sends next, with logs."""

import os

import dcsync as dt

dt.log_level = dt.logging.WARNING

sensor = dt.Device.get_device(os.environ["DEVICE_ID"])
print(sensor)

errors = dt.Device.set_label(sensor.device_id, sensor.project_id, key="nb", value="99")
print("labels not set:", len(errors))

history = dt.EventHistory.list_events(
    sensor.device_id, sensor.project_id, event_types=[dt.events.TOUCH, dt.events.TEMPERATURE]
)
print([event.event_type for event in history])

for event in dt.Stream.event_stream(sensor.project_id):
    print(event.data.celsius)
    break

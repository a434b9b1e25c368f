"""The humidity that a sensor measured in the last seven days, one line an event."""

import os
from datetime import datetime, timedelta

import dcsync as dt

dt.default_auth = dt.Auth.service_account(
    os.getenv("DT_SERVICE_ACCOUNT_KEY_ID", ""),
    os.getenv("DT_SERVICE_ACCOUNT_SECRET", ""),
    os.getenv("DT_SERVICE_ACCOUNT_EMAIL", ""),
)

events = dt.EventHistory.list_events(
    device_id=os.getenv("HUMIDITY_ID", ""),
    project_id=os.getenv("PROJECT_ID", ""),
    event_types=[dt.events.HUMIDITY],
    start_time=datetime.now() - timedelta(7),  # noqa: DTZ005 - as scripts have it
)
for event in events:
    print(f"{event.data.relative_humidity} %, {event.data.celsius} degrees")

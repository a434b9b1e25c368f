"""A user's script, never run: mypy (`make check`) and pyright (test_typing.py) read it strictly.

What is ignored below are mistakes; a checker that no longer finds one says so.
"""

from __future__ import annotations

from typing import assert_type

import dcsync as dt


def connector_of(project_id: str) -> str:
    """Create, look at, update, delete."""
    created = dt.DataConnector.create_data_connector(
        project_id=project_id,
        config=dt.DataConnector.HttpPushConfig(url="https://ingest.example.com/dt"),
        event_types=[dt.events.TEMPERATURE],
        labels=["room"],
    )
    assert_type(created, dt.DataConnector)
    listed = dt.DataConnector.list_data_connectors(project_id, request_timeout=5.0)
    assert_type(listed, list[dt.DataConnector])
    if isinstance(created.config, dt.DataConnector.HttpPushConfig):
        created.config.headers = {"Authorization": "Bearer abc"}
    dt.DataConnector.update_data_connector(created.data_connector_id, project_id, status="ACTIVE")
    dt.DataConnector.delete_data_connector(created.data_connector_id, project_id)
    return created.display_name


def temperatures(project_id: str) -> list[float | None]:
    """A stream, and what may go wrong with it."""
    found: list[float | None] = []
    try:
        for event in dt.Stream.event_stream(project_id, event_types=[dt.events.TEMPERATURE]):
            assert_type(event, dt.events.Event)
            if isinstance(event.data, dt.events.Temperature):
                assert_type(event.data.celsius, float | None)
                found.append(event.data.celsius)
    except dt.errors.NotFound as error:
        print(error.status, error)  # noqa: T201 - it is what a user writes
    return found


def settings() -> dt.Client:
    """The module's attributes, and a client beside them."""
    dt.default_auth = dt.Auth.service_account("id", "secret", "email@example.com")
    dt.log_level = dt.logging.DEBUG
    dt.request_timeout = 5.0
    return dt.Client(auth=dt.default_auth)


def mistakes(project_id: int) -> None:
    """Each is found before the script is run."""
    dt.DataConnector.list_data_connectors(project_id)  # type: ignore[arg-type]
    dt.DataConnector.HttpPushConfig(uri="https://ingest.example.com")  # type: ignore[call-arg]
    dt.DataConnector.get_metrics("id", "project", timeout=5)  # type: ignore[call-arg]
    dt.Stream.event_streams("project")  # type: ignore[attr-defined]
    dt.Stream.event_stream("project", request_timeout="soon")  # type: ignore[arg-type]
    dt.data_connector  # type: ignore[attr-defined] # noqa: B018 - looked at only

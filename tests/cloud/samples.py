"""Resources as the API writes them."""

from __future__ import annotations

from typing import Any

from dcsync.model import Connector, HttpPushConfig, Secret

PROJECT = "c0md3pm0p7bet3vico8g"
OTHER_PROJECT = "c14u9p094l47cdv1o3pg"
CONNECTOR = "c16pegipidie7lltrefg"

SECRET = "correct-horse-battery"
HEADER = "Bearer staple-of-the-matter"


def connector_id(number: int) -> str:
    """A plausible connector id."""
    return f"c16pegipidie7{number:07d}"


def resource(number: int | None = None, *, project: str = PROJECT, **fields: Any) -> dict[str, Any]:
    """An HTTP_PUSH connector."""
    own_id = CONNECTOR if number is None else connector_id(number)
    return {
        "name": f"projects/{project}/dataconnectors/{own_id}",
        "displayName": "prod",
        "type": "HTTP_PUSH",
        "status": "ACTIVE",
        "events": ["temperature", "touch"],
        "labels": ["name"],
        "httpConfig": {
            "url": "https://example.com/dt",
            "signatureSecret": SECRET,
            "headers": {"Authorization": HEADER},
        },
        **fields,
    }


def page(*resources: dict[str, Any], token: str = "") -> dict[str, Any]:
    """A page of a listing."""
    return {"dataConnectors": list(resources), "nextPageToken": token}


def declared() -> Connector:
    """A connector to create."""
    return Connector(
        project_id=PROJECT,
        data_connector_id="",
        display_name="prod",
        type="HTTP_PUSH",
        status="",
        event_types=("touch",),
        labels=(),
        config=HttpPushConfig(
            url="https://example.com/dt",
            signature_secret=Secret(SECRET),
            headers={"Authorization": Secret(HEADER)},
        ),
    )

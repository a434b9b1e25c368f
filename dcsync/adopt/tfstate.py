"""The connectors that a Terraform state manages. Reads ids only: the values come from the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dcsync.dataclass import dataclass
from dcsync.errors import DcsyncError

VERSION = 4
_NAME = re.compile(r"projects/([0-9A-Za-z_-]+)/data[cC]onnectors/([0-9A-Za-z_-]+)")


@dataclass(frozen=True, slots=True)
class ManagedConnector:
    """A connector and its address in Terraform."""

    address: str
    project_id: str
    data_connector_id: str


def managed_connectors(text: str, name: str) -> tuple[ManagedConnector, ...]:
    """All Data Connectors in a state file, by resource name. DcsyncError for another file."""
    try:
        state = json.loads(text)
        if state["version"] != VERSION:
            raise DcsyncError(f"{name} is not a Terraform state of version {VERSION}")
        return tuple(_connectors(state["resources"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DcsyncError(f"{name} is not a Terraform state") from None


def _connectors(resources: list[dict[str, Any]]) -> Iterator[ManagedConnector]:
    for resource in resources:
        if resource.get("mode") != "managed":
            continue
        for instance in resource["instances"]:
            for value in map(str, instance["attributes"].values()):
                if match := _NAME.fullmatch(value):
                    yield ManagedConnector(_address(resource, instance), match[1], match[2])
                    break


def _address(resource: dict[str, Any], instance: dict[str, Any]) -> str:
    module = f"{resource['module']}." if resource.get("module") else ""
    key = instance.get("index_key")
    index = "" if key is None else f"[{json.dumps(key)}]"
    return f"{module}{resource['type']}.{resource['name']}{index}"

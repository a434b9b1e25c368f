"""One event on its way to an endpoint: the body, exactly as the cloud sends it. Values only."""

from __future__ import annotations

import json

import msgspec
from msgspec import Struct

from dcsync.cloud.arrival import Arrival
from dcsync.watch.devices import WatchedDevice


class Delivery(Struct, frozen=True, gc=False):
    """An event for the connector at `address`; `device` is as it was when the event came.

    Deliveries of one device keep their order. `label_keys` are those that the connector declares.
    No dataclass, since there may be thousands a second.
    """

    address: str
    project_id: str
    device: WatchedDevice
    arrival: Arrival
    label_keys: tuple[str, ...] = ()

    @property
    def body(self) -> bytes:
        """The request's body: compact JSON with the keys in the cloud's order (section 9.1).

        The event is passed on byte for byte, so that no number changes its form.
        """
        device = self.device
        own = {key: device.labels[key] for key in self.label_keys if key in device.labels}
        metadata = {
            "deviceId": device.device_id,
            "projectId": self.project_id,
            "deviceType": device.type,
            "productNumber": device.product_number,
        }
        return b'{"event":%b,"labels":%b,"metadata":%b}' % (
            self.arrival.text,
            _json(own),
            _json(metadata),
        )


def _json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half of a surrogate pair passes as an escape only
        return json.dumps(value, separators=(",", ":")).encode()

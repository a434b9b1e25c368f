"""Data of the events about the state of devices and gateways (docs/api.md section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from dcsync.library.events.payload import Key, Many, Moment, Payload


@dataclass
class NetworkStatusCloudConnector(Payload):
    """A Cloud Connector that receives the sensor; strength in percent, RSSI in dBm."""

    device_id: Annotated[str | None, Key("id")]
    signal_strength: Annotated[int | None, Key("signalStrength")]
    rssi: Annotated[int | None, Key("rssi")]


@dataclass
class NetworkStatus(Payload):
    """How well a sensor is received; strength in percent, RSSI in dBm."""

    event_type: ClassVar[str] = "networkStatus"
    signal_strength: Annotated[int | None, Key("signalStrength")] = None
    rssi: Annotated[int | None, Key("rssi")] = None
    transmission_mode: Annotated[str | None, Key("transmissionMode")] = None
    cloud_connectors: Annotated[
        list[NetworkStatusCloudConnector] | None,
        Many("cloudConnectors", NetworkStatusCloudConnector),
    ] = None
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class BatteryStatus(Payload):
    """The remaining battery, in percent."""

    event_type: ClassVar[str] = "batteryStatus"
    percentage: Annotated[int | None, Key("percentage")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class LabelsChanged(Payload):
    """Labels of a device were changed. `timestamp` is the event's: the data has none."""

    event_type: ClassVar[str] = "labelsChanged"
    is_bare: ClassVar[bool] = True
    added: Annotated[dict[str, str] | None, Key("added")]
    modified: Annotated[dict[str, str] | None, Key("modified")]
    removed: Annotated[list[str] | None, Key("removed")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class ConnectionStatus(Payload):
    """`connection` is ETHERNET, CELLULAR, SDS or OFFLINE; `available` lists the alternatives."""

    event_type: ClassVar[str] = "connectionStatus"
    CONNECTION_ETHERNET: ClassVar[str] = "ETHERNET"
    CONNECTION_CELLULAR: ClassVar[str] = "CELLULAR"
    CONNECTION_SDS: ClassVar[str] = "SDS"
    CONNECTION_OFFLINE: ClassVar[str] = "OFFLINE"
    connection: Annotated[str | None, Key("connection")]
    available: Annotated[list[str] | None, Key("available")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class EthernetStatus(Payload):
    """The gateway's Ethernet; `errors` are objects of code and message."""

    event_type: ClassVar[str] = "ethernetStatus"
    mac_address: Annotated[str | None, Key("macAddress")]
    ip_address: Annotated[str | None, Key("ipAddress")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None
    errors: Annotated[list[dict[str, Any]] | None, Key("errors")] = None


@dataclass
class CellularStatus(Payload):
    """The gateway's cellular network, strength in percent; `errors` are code and message."""

    event_type: ClassVar[str] = "cellularStatus"
    signal_strength: Annotated[int | None, Key("signalStrength")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None
    errors: Annotated[list[dict[str, Any]] | None, Key("errors")] = None

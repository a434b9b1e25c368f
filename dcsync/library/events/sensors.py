"""Data of the events that sensors measure (docs/api.md section 8). Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from dcsync.library.events.payload import Key, Many, Moment, Payload, fahrenheit


@dataclass
class Touch(Payload):
    """The sensor was touched."""

    event_type: ClassVar[str] = "touch"
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class TemperatureSample(Payload):
    """One of the measurements between two heartbeats."""

    celsius: Annotated[float | None, Key("value")]
    timestamp: Annotated[datetime | None, Moment("sampleTime")]

    @property
    def fahrenheit(self) -> float | None:
        """The temperature in degrees Fahrenheit."""
        return fahrenheit(self.celsius)


@dataclass
class Temperature(Payload):
    """A temperature; `is_backfilled` marks data that was sent late."""

    event_type: ClassVar[str] = "temperature"
    celsius: Annotated[float | None, Key("value")]
    samples: Annotated[list[TemperatureSample] | None, Many("samples", TemperatureSample)] = None
    is_backfilled: Annotated[bool | None, Key("isBackfilled")] = None
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None

    @property
    def fahrenheit(self) -> float | None:
        """The temperature in degrees Fahrenheit."""
        return fahrenheit(self.celsius)


@dataclass
class ObjectPresent(Payload):
    """`state` is PRESENT or NOT_PRESENT."""

    event_type: ClassVar[str] = "objectPresent"
    STATE_PRESENT: ClassVar[str] = "PRESENT"
    STATE_NOT_PRESENT: ClassVar[str] = "NOT_PRESENT"
    state: Annotated[str | None, Key("state")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class HumiditySample(Payload):
    """One of the measurements between two heartbeats."""

    celsius: Annotated[float | None, Key("temperature")]
    relative_humidity: Annotated[float | None, Key("relativeHumidity")]
    timestamp: Annotated[datetime | None, Moment("sampleTime")]

    @property
    def fahrenheit(self) -> float | None:
        """The temperature in degrees Fahrenheit."""
        return fahrenheit(self.celsius)


@dataclass
class Humidity(Payload):
    """Temperature, and relative humidity in percent."""

    event_type: ClassVar[str] = "humidity"
    celsius: Annotated[float | None, Key("temperature")]
    relative_humidity: Annotated[float | None, Key("relativeHumidity")]
    samples: Annotated[list[HumiditySample] | None, Many("samples", HumiditySample)] = None
    is_backfilled: Annotated[bool | None, Key("isBackfilled")] = None
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None

    @property
    def fahrenheit(self) -> float | None:
        """The temperature in degrees Fahrenheit."""
        return fahrenheit(self.celsius)


@dataclass
class ObjectPresentCount(Payload):
    """How often an object was detected since the sensor was made."""

    event_type: ClassVar[str] = "objectPresentCount"
    total: Annotated[int | None, Key("total")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class TouchCount(Payload):
    """How often the sensor was touched since it was made."""

    event_type: ClassVar[str] = "touchCount"
    total: Annotated[int | None, Key("total")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class WaterPresent(Payload):
    """`state` is PRESENT or NOT_PRESENT."""

    event_type: ClassVar[str] = "waterPresent"
    STATE_PRESENT: ClassVar[str] = "PRESENT"
    STATE_NOT_PRESENT: ClassVar[str] = "NOT_PRESENT"
    state: Annotated[str | None, Key("state")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class Co2(Payload):
    """Carbon dioxide in parts per million."""

    event_type: ClassVar[str] = "co2"
    ppm: Annotated[int | None, Key("ppm")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class Pressure(Payload):
    """Air pressure in pascal."""

    event_type: ClassVar[str] = "pressure"
    pascal: Annotated[float | None, Key("pascal")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class Motion(Payload):
    """`state` is MOTION_DETECTED or NO_MOTION_DETECTED."""

    event_type: ClassVar[str] = "motion"
    STATE_MOTION_DETECTED: ClassVar[str] = "MOTION_DETECTED"
    STATE_NO_MOTION_DETECTED: ClassVar[str] = "NO_MOTION_DETECTED"
    state: Annotated[str | None, Key("state")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class DeskOccupancy(Payload):
    """`state` is OCCUPIED or NOT_OCCUPIED."""

    event_type: ClassVar[str] = "deskOccupancy"
    STATE_OCCUPIED: ClassVar[str] = "OCCUPIED"
    STATE_NOT_OCCUPIED: ClassVar[str] = "NOT_OCCUPIED"
    state: Annotated[str | None, Key("state")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None
    remarks: Annotated[list[str] | None, Key("remarks")] = None


@dataclass
class Contact(Payload):
    """`state` is OPEN or CLOSED."""

    event_type: ClassVar[str] = "contact"
    STATE_OPEN: ClassVar[str] = "OPEN"
    STATE_CLOSED: ClassVar[str] = "CLOSED"
    state: Annotated[str | None, Key("state")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None


@dataclass
class ProbeWireStatus(Payload):
    """How a probe is wired: TWO_WIRE, THREE_WIRE, FOUR_WIRE or an invalid configuration."""

    event_type: ClassVar[str] = "probeWireStatus"
    STATE_TWO_WIRE: ClassVar[str] = "TWO_WIRE"
    STATE_THREE_WIRE: ClassVar[str] = "THREE_WIRE"
    STATE_FOUR_WIRE: ClassVar[str] = "FOUR_WIRE"
    STATE_INVALID_WIRE_CONFIGURATION: ClassVar[str] = "INVALID_WIRE_CONFIGURATION"
    STATE_INVALID_COEFFICIENT_CONFIGURATION: ClassVar[str] = "INVALID_COEFFICIENT_CONFIGURATION"
    state: Annotated[str | None, Key("state")]
    timestamp: Annotated[datetime | None, Moment("updateTime")] = None

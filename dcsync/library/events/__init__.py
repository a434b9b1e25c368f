"""`dt.events`: event types, and the data of each."""

from dcsync.library.events.event import DATA_CLASSES, Event
from dcsync.library.events.sensors import (
    Co2,
    Contact,
    DeskOccupancy,
    Humidity,
    HumiditySample,
    Motion,
    ObjectPresent,
    ObjectPresentCount,
    Pressure,
    ProbeWireStatus,
    Temperature,
    TemperatureSample,
    Touch,
    TouchCount,
    WaterPresent,
)
from dcsync.library.events.status import (
    BatteryStatus,
    CellularStatus,
    ConnectionStatus,
    EthernetStatus,
    LabelsChanged,
    NetworkStatus,
    NetworkStatusCloudConnector,
)

TOUCH = "touch"
TEMPERATURE = "temperature"
OBJECT_PRESENT = "objectPresent"
HUMIDITY = "humidity"
OBJECT_PRESENT_COUNT = "objectPresentCount"
TOUCH_COUNT = "touchCount"
WATER_PRESENT = "waterPresent"
NETWORK_STATUS = "networkStatus"
BATTERY_STATUS = "batteryStatus"
LABELS_CHANGED = "labelsChanged"
CONNECTION_STATUS = "connectionStatus"
ETHERNET_STATUS = "ethernetStatus"
CELLULAR_STATUS = "cellularStatus"
CO2 = "co2"
PRESSURE = "pressure"
MOTION = "motion"
DESK_OCCUPANCY = "deskOccupancy"
CONTACT = "contact"
PROBE_WIRE_STATUS = "probeWireStatus"

EVENT_TYPES = [
    TOUCH,
    TEMPERATURE,
    OBJECT_PRESENT,
    HUMIDITY,
    OBJECT_PRESENT_COUNT,
    TOUCH_COUNT,
    WATER_PRESENT,
    NETWORK_STATUS,
    BATTERY_STATUS,
    LABELS_CHANGED,
    CONNECTION_STATUS,
    ETHERNET_STATUS,
    CELLULAR_STATUS,
    CO2,
    PRESSURE,
    MOTION,
    DESK_OCCUPANCY,
    CONTACT,
    PROBE_WIRE_STATUS,
]
"""Every known event type (docs/api.md section 8)."""

__all__ = [
    "BATTERY_STATUS",
    "CELLULAR_STATUS",
    "CO2",
    "CONNECTION_STATUS",
    "CONTACT",
    "DATA_CLASSES",
    "DESK_OCCUPANCY",
    "ETHERNET_STATUS",
    "EVENT_TYPES",
    "HUMIDITY",
    "LABELS_CHANGED",
    "MOTION",
    "NETWORK_STATUS",
    "OBJECT_PRESENT",
    "OBJECT_PRESENT_COUNT",
    "PRESSURE",
    "PROBE_WIRE_STATUS",
    "TEMPERATURE",
    "TOUCH",
    "TOUCH_COUNT",
    "WATER_PRESENT",
    "BatteryStatus",
    "CellularStatus",
    "Co2",
    "ConnectionStatus",
    "Contact",
    "DeskOccupancy",
    "EthernetStatus",
    "Event",
    "Humidity",
    "HumiditySample",
    "LabelsChanged",
    "Motion",
    "NetworkStatus",
    "NetworkStatusCloudConnector",
    "ObjectPresent",
    "ObjectPresentCount",
    "Pressure",
    "ProbeWireStatus",
    "Temperature",
    "TemperatureSample",
    "Touch",
    "TouchCount",
    "WaterPresent",
]

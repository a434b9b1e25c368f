"""The words that the API knows today; a newer cloud may know more."""

EVENT_TYPES = (
    "touch",
    "temperature",
    "objectPresent",
    "humidity",
    "objectPresentCount",
    "touchCount",
    "waterPresent",
    "co2",
    "pressure",
    "motion",
    "deskOccupancy",
    "contact",
    "probeWireStatus",
    "batteryStatus",
    "networkStatus",
    "labelsChanged",
    "connectionStatus",
    "ethernetStatus",
    "cellularStatus",
)
"""Event types known today (docs/api.md section 8). A newer cloud may know more."""

DEVICE_TYPES = (
    "temperature",
    "proximity",
    "touch",
    "humidity",
    "proximityCounter",
    "touchCounter",
    "waterDetector",
    "ccon",
    "co2",
    "motion",
    "deskOccupancy",
    "contact",
)
"""Device types known today (docs/api.md section 6.1)."""

"""A local endpoint that accepts pushes and checks both signature schemes. Prints nothing."""

from dcsync.receive.endpoint import Answer, Delivery, Endpoint, Mischief
from dcsync.receive.server import serving
from dcsync.receive.signature import SharedSecret

__all__ = ["Answer", "Delivery", "Endpoint", "Mischief", "SharedSecret", "serving"]

"""A local endpoint that accepts pushes and checks both signature schemes. Prints nothing."""

from dcsync.receive.arrivals import Arrivals
from dcsync.receive.endpoint import Answer, Delivery, Endpoint, Mischief
from dcsync.receive.fetching import fetcher
from dcsync.receive.keys import KeyRing, problem_with_issuer
from dcsync.receive.server import serving
from dcsync.receive.signature import DT_ISSUER, PublicKey, SharedSecret

__all__ = [
    "DT_ISSUER",
    "Answer",
    "Arrivals",
    "Delivery",
    "Endpoint",
    "KeyRing",
    "Mischief",
    "PublicKey",
    "SharedSecret",
    "fetcher",
    "problem_with_issuer",
    "serving",
]

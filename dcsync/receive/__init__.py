"""A local endpoint that accepts pushes and checks both signature schemes. Prints nothing."""

from dcsync.receive.endpoint import AcceptedPush, Endpoint, FaultInjection, PushResponse
from dcsync.receive.fetching import fetcher
from dcsync.receive.keys import KeyRing, issuer_problem
from dcsync.receive.response_queue import ResponseQueue
from dcsync.receive.server import serving
from dcsync.receive.signature import DT_ISSUER, PublicKey, SharedSecret

__all__ = [
    "DT_ISSUER",
    "AcceptedPush",
    "Endpoint",
    "FaultInjection",
    "KeyRing",
    "PublicKey",
    "PushResponse",
    "ResponseQueue",
    "SharedSecret",
    "fetcher",
    "issuer_problem",
    "serving",
]

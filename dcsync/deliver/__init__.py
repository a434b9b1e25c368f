"""Delivers events as an HTTP_PUSH Data Connector would (docs/api.md section 9).

Who takes which event is decided elsewhere. Shares nothing with the emulator's deliveries: each is
tested against the other.
"""

from dcsync.deliver.courier import Courier
from dcsync.deliver.delivery import Delivery
from dcsync.deliver.persistence import Persistence, Report
from dcsync.deliver.post import HttpPoster, Post
from dcsync.deliver.target import Target, target_of

__all__ = [
    "Courier",
    "Delivery",
    "HttpPoster",
    "Persistence",
    "Post",
    "Report",
    "Target",
    "target_of",
]

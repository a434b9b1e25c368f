"""Event streams without gaps, filtered by the declarations. Prints nothing."""

from dcsync.watch.filters import EventFilter, Interest, interest_of
from dcsync.watch.follow import Follower
from dcsync.watch.happenings import (
    Checkpoint,
    Failed,
    Gap,
    Happening,
    Joined,
    Lost,
    MatchedEvent,
    News,
)
from dcsync.watch.merge import Watched, watching
from dcsync.watch.tally import Tally

__all__ = [
    "Checkpoint",
    "EventFilter",
    "Failed",
    "Follower",
    "Gap",
    "Happening",
    "Interest",
    "Joined",
    "Lost",
    "MatchedEvent",
    "News",
    "Tally",
    "Watched",
    "interest_of",
    "watching",
]

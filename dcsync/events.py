"""`dt.events`: event types, and the data of each; `from dcsync.events import Temperature` works."""

from dcsync.library.events import *  # noqa: F403 - exactly what it offers
from dcsync.library.events import __all__ as __all__

"""Executes a Plan through the Writer and yields an Outcome per operation.

Decides nothing: the Plan says what to do, the declarations have the values to send.
"""

from dcsync.apply.engine import Engine
from dcsync.apply.outcome import Outcome, Status
from dcsync.apply.sync import Sync
from dcsync.apply.syncing import sync_all, syncs_of

__all__ = ["Engine", "Outcome", "Status", "Sync", "sync_all", "syncs_of"]

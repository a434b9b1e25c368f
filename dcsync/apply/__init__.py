"""Executes a Plan through the Writer and yields an Outcome for each operation.

Decides nothing: what to do is in the Plan, which values to send is in the declarations.
"""

from dcsync.apply.engine import Engine
from dcsync.apply.outcome import Outcome, Status
from dcsync.apply.sync import Sync
from dcsync.apply.syncing import sync_all, syncs_of

__all__ = ["Engine", "Outcome", "Status", "Sync", "sync_all", "syncs_of"]
